import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Api } from './api'

const ROOT = resolve(__dirname, '../..')
const MAIN = join(ROOT, 'dist/apps/api/main.js')

function newest(dir: string): number {
  return Math.max(0, ...readdirSync(dir, { withFileTypes: true }).map((entry) =>
    entry.isDirectory() ? newest(join(dir, entry.name)) : /\.spec\.ts$/.test(entry.name) ? 0 : statSync(join(dir, entry.name)).mtimeMs))
}

/** Builds the product when a source is newer than what was built. */
export function ensureBuilt(): void {
  const built = existsSync(MAIN) ? statSync(MAIN).mtimeMs : 0
  if (['apps', 'libs', 'migrations'].some((top) => newest(join(ROOT, top)) > built)) execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'pipe' })
}

/** The built product as a process of its own. */
export class Child {
  readonly api: Api
  /** Resolves with the exit code, or the signal's name. */
  readonly exited: Promise<number | string>
  output = ''
  errors = ''

  private constructor(private readonly process: ChildProcess, readonly url: string) {
    this.api = new Api(url)
    this.process.stdout!.setEncoding('utf8').on('data', (text: string) => (this.output += text))
    this.process.stderr!.setEncoding('utf8').on('data', (text: string) => (this.errors += text))
    this.exited = new Promise((done) => this.process.once('close', (code, signal) => done(code ?? signal!)))
  }

  /** Starts it; the environment is all that is given here, so no setting of this machine leaks in. */
  static start(env: Record<string, string> & { DATA_DIR: string; PORT: string }): Child {
    const { PATH = '' } = process.env
    // Elsewhere than the repository, whose .env is none of the tests' business.
    const cwd = resolve(env.DATA_DIR, '..')
    const child = spawn(process.execPath, [MAIN], { cwd, env: { PATH, HOST: '127.0.0.1', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    return new Child(child, `http://127.0.0.1:${env.PORT}`)
  }

  /** Resolves when it says on standard output where it listens; fails when it ends before. */
  async ready(): Promise<this> {
    const said = new Promise<void>((done) => {
      const look = (): void => (this.output.includes(this.url.replace('http://', '')) ? done() : undefined)
      this.process.stdout!.on('data', look)
      look()
    })
    const ended = this.exited.then((code) => {
      throw new Error(`it ended with ${code}: ${this.output}${this.errors}`)
    })
    await Promise.race([said, ended])
    return this
  }

  async kill(signal: NodeJS.Signals): Promise<number | string> {
    this.process.kill(signal)
    return this.exited
  }
}
