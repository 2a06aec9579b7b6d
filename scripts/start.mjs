// What `npm start` runs: installs and builds when that is due, says so on standard error, and becomes the server, or, with an argument, the
// dream-worker (`node scripts/start.mjs worker`), the demo, or that command of the command line. Nothing but Node is needed for it, and no
// syntax or import that a Node too old for the product would stumble over before it could say so.
import { spawnSync } from 'child_process'
import { existsSync, readdirSync, statSync, utimesSync } from 'fs'
import { dirname, join } from 'path'
import { fileURLToPath, pathToFileURL } from 'url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const at = (...parts) => join(root, ...parts)
const say = (text) => process.stderr.write(`${text}\n`)

function fail(cause, cure) {
  say(`Reverie cannot start. ${cause}\n${cure}`)
  process.exit(1)
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || major === 21 || (major === 20 && minor < 19)) {
    fail(`It needs Node 20.19 or later (not 21); this is ${process.versions.node}.`, 'Install Node 20 or 22 from https://nodejs.org and start again.')
  }
}

/** When a file was last changed; 0 when it is not there. */
function changed(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0
}

/** When the last of the sources below a folder was changed; tests are none. */
function newest(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((latest, entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'testing' ? latest : Math.max(latest, newest(path))
    return /\.(spec|contract)\.ts$/.test(entry.name) ? latest : Math.max(latest, changed(path))
  }, 0)
}

function npm(args, failure) {
  // Its output is progress, too: standard output belongs to the server's one line.
  const own = process.env.npm_execpath
  const [command, before] = own && /\.c?js$/.test(own) ? [process.execPath, [own]] : ['npm', []]
  const { status } = spawnSync(command, [...before, ...args], { cwd: root, stdio: ['ignore', 2, 2], shell: command === 'npm' && process.platform === 'win32' })
  if (status !== 0) fail(failure, 'What went wrong stands above; correct it and start again.')
}

function install() {
  // What npm itself keeps about what is installed.
  const installed = at('node_modules', '.package-lock.json')
  if (changed(installed) >= changed(at('package-lock.json'))) return
  say('Installing what it needs (once; a minute or so) …')
  // Not `npm ci`: that refuses on registries which lack optional packages of other platforms. --no-save leaves package-lock.json as it is.
  npm(['install', '--no-save', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], 'npm could not install what it needs.')
  // npm leaves the file alone when there was nothing to do.
  utimesSync(installed, new Date(), new Date())
}

function build() {
  const sources = Math.max(
    ...['apps', 'libs', 'migrations'].map((folder) => newest(at(folder))),
    ...['package.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build-model.mjs', 'scripts/copy-assets.mjs'].map((file) => changed(at(file))),
    changed(at('node_modules', '.package-lock.json')),
  )
  if (changed(at('dist', '.built')) >= sources) return
  say('Building (once; some seconds) …')
  npm(['run', '--silent', 'build'], 'It could not be built.')
}

checkNode()
install()
build()
// Whoever starts it and from wherever (a host of MCP does so from anywhere): ./data is the same folder.
process.chdir(root)
const asked = process.argv[2]
const PROGRAMS = new Map([
  [undefined, at('dist', 'apps', 'api', 'main.js')],
  ['worker', at('dist', 'apps', 'dream-worker', 'main.js')],
  ['demo', at('scripts', 'demo.mjs')],
])
const program = PROGRAMS.get(asked) || at('dist', 'apps', 'cli', 'main.js')
if (asked === undefined) say('Starting …')
// In this process: signals then reach the server with nobody in between.
import(pathToFileURL(program).href).catch((error) => fail(error.message, 'Remove the folder dist and start again.'))
