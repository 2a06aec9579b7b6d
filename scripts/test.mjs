#!/usr/bin/env node
// What `npm test` runs, in a fresh clone too: installs when nothing is installed, builds, then jest on two workers. Arguments go to jest;
// naming suites or tests (`npm test -- forget`, `npm test -- -t "keeps away"`) leaves out coverage, which only the whole can reach.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const args = process.argv.slice(2)

/** Runs a command to its end and stops here when it fails. */
function run(what, command, options) {
  console.log(`\n> ${what}`)
  const { status, signal, error } = spawnSync(command, options, { cwd: root, stdio: 'inherit' })
  if (error) console.error(`${command}: ${error.message}`)
  if (status !== 0) process.exit(status ?? (signal ? 1 : 70))
}

/**
 * Postgres with pgvector and Redis, for the suites of server mode, where this machine is a Debian that we may install on. Elsewhere the
 * suites themselves say what is missing.
 */
function installServers() {
  const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env
  if ((TEST_DATABASE_URL && TEST_REDIS_URL) || args.some((arg) => arg === 'embedded' || arg === '--selectProjects=embedded')) return
  const installed = existsSync('/usr/bin/redis-server')
    && [15, 16, 17, 18].some((version) => existsSync(`/usr/share/postgresql/${version}/extension/vector.control`))
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  if (installed || process.getuid?.() !== 0 || !/^ID=debian$/m.test(release) || !/^VERSION_ID="?1[23]"?$/m.test(release)) return
  run('installing Postgres with pgvector, and Redis', 'bash', [join(root, 'test', 'servers', 'install-debian.sh')])
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
if (!existsSync(join(root, 'node_modules', 'jest'))) run('installing dependencies', npm, ['install', '--no-save', '--include=dev', '--no-audit', '--no-fund'])
installServers()
run('building', npm, ['run', '--silent', 'build'])

const whole = args.every((arg) => arg.startsWith('--') && !arg.startsWith('--testNamePattern') && !arg.startsWith('--testPathPattern'))
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js')
const workers = args.some((arg) => /^(--maxWorkers|--runInBand|-i$|-w$)/.test(arg)) ? [] : ['--maxWorkers=2']
run(`jest ${args.join(' ')}`, process.execPath, [jest, ...workers, ...(whole ? ['--coverage', '--coverageReporters=text-summary', '--coverageReporters=json-summary'] : []), ...args])
