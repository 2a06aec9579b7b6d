#!/usr/bin/env node
// What `npm test` runs, in a fresh clone too: installs when nothing is installed, builds, then jest on two workers. Arguments go to jest;
// naming suites or tests (`npm test -- forget`, `npm test -- -t "keeps away"`) leaves out coverage, which only the whole can reach.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
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

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
if (!existsSync(join(root, 'node_modules', 'jest'))) run('installing dependencies', npm, ['install', '--no-save', '--include=dev', '--no-audit', '--no-fund'])
run('building', npm, ['run', '--silent', 'build'])

const whole = args.every((arg) => arg.startsWith('--') && !arg.startsWith('--testNamePattern') && !arg.startsWith('--testPathPattern'))
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js')
const workers = args.some((arg) => /^(--maxWorkers|--runInBand|-i$|-w$)/.test(arg)) ? [] : ['--maxWorkers=2']
run(`jest ${args.join(' ')}`, process.execPath, [jest, ...workers, ...(whole ? ['--coverage', '--coverageReporters=text-summary', '--coverageReporters=json-summary'] : []), ...args])
