import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The folder of Postgres' programs and the path of redis-server; undefined for what this machine lacks. */
export interface Programs {
  readonly postgres?: string
  readonly redis?: string
}

const DEBIAN = '/usr/lib/postgresql'

/** Looks where Debian puts things, then along PATH. A Postgres without pgvector is none. */
export function findPrograms({ PATH = '' }: NodeJS.ProcessEnv = process.env): Programs {
  const path = PATH.split(delimiter).filter(Boolean)
  const debian = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)).map((version) => join(DEBIAN, version, 'bin')) : []
  return {
    postgres: [...debian, ...path].find((bin) => existsSync(join(bin, 'initdb')) && hasVector(bin)),
    redis: ['/usr/bin', ...path].map((bin) => join(bin, 'redis-server')).find((file) => existsSync(file)),
  }
}

/** Debian keeps extensions by version below /usr/share; others beside the programs. */
function hasVector(bin: string): boolean {
  const version = /\/postgresql\/(\d+)\/bin$/.exec(bin)?.[1]
  const shares = version ? [`/usr/share/postgresql/${version}`] : [join(bin, '../share/postgresql'), join(bin, '../share')]
  return shares.some((share) => existsSync(join(share, 'extension', 'vector.control')))
}

/** Whom Postgres runs as: it refuses to be root. Undefined means as ourselves. */
export function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'))
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  return user && { uid: Number(user[2]), gid: Number(user[3]) }
}

/** What a person reads who has neither servers nor addresses of some. */
export function whatIsMissing({ postgres, redis }: Programs, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const missing = [
    ...(postgres || env.TEST_DATABASE_URL ? [] : ['Postgres with pgvector (0.7 or later)']),
    ...(redis || env.TEST_REDIS_URL ? [] : ['Redis (7 or later)']),
  ]
  if (missing.length === 0) return undefined
  return [
    `The suites of server mode need ${missing.join(' and ')}, which this machine does not have.`,
    '- As root on Debian 12 or 13, `npm test` installs them by itself (test/servers/install-debian.sh).',
    '- Or install them as your system does, so that initdb, postgres and redis-server are on PATH; nothing else has to be set up.',
    '- Or name running ones: TEST_DATABASE_URL (a user that may create databases and roles) and TEST_REDIS_URL.',
    '- Or leave these suites out: `npm test -- --selectProjects embedded`.',
  ].join('\n')
}
