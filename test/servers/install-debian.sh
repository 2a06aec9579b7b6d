#!/usr/bin/env bash
# Installs what the suites of server mode need, as root: Postgres with pgvector, and Redis. On Debian 12 pgvector is too old for halfvec
# (0.4), so it is built from the source package of Debian 13 with Debian's own tools; everything comes from the mirror that this machine
# uses already. The branch for Debian 13 is written from its package list and was not tried on one.
# Packages start no services of their own here: the suites start private instances.
set -euo pipefail
. /etc/os-release
case "${ID:-}-${VERSION_ID:-}" in
  debian-12 | debian-13) ;;
  *) echo "this is ${PRETTY_NAME:-an unknown system}, not Debian 12 or 13" >&2; exit 1 ;;
esac
[ "$(id -u)" -eq 0 ] || { echo 'this needs root' >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive
# No cluster in /var/lib/postgresql, and nothing that listens afterwards.
install -d /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
work=$(mktemp -d)
policy=
trap 'rm -rf "$work" ${policy:+"$policy"}' EXIT
if [ ! -e /usr/sbin/policy-rc.d ]; then
  policy=/usr/sbin/policy-rc.d
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod +x "$policy"
fi
apt-get update -qq

if [ "$VERSION_ID" = 13 ]; then
  apt-get install -y -qq --no-install-recommends postgresql-17 postgresql-17-pgvector redis-server
  exit 0
fi

apt-get install -y -qq --no-install-recommends postgresql-15 redis-server
[ -f /usr/share/postgresql/15/extension/vector.control ] && exit 0
apt-get install -y -qq --no-install-recommends postgresql-server-dev-15 build-essential dpkg-dev debian-archive-keyring
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' | head -n 1)
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" > "$work/sources.list"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
apt=(apt-get -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/nonexistent -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
cd "$work"
"${apt[@]}" update -qq
"${apt[@]}" source --only-source pgvector > /dev/null
cd pgvector-*/
# OPTFLAGS: for any processor of this kind, not for this one alone.
make -s -j"$(nproc)" OPTFLAGS='' with_llvm=no PG_CONFIG=/usr/lib/postgresql/15/bin/pg_config
make -s install with_llvm=no PG_CONFIG=/usr/lib/postgresql/15/bin/pg_config
