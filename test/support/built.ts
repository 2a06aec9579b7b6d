import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Api } from './api'

const ROOT = resolve(__dirname, '../..')
/** Where the main files of the built programs are. */
export const DIST = join(ROOT, 'dist/apps')
const MAIN = join(DIST, 'api/main.js')
/** Flags of node for a program that lives for seconds, as test/servers/embedded-environment.cjs sets them. */
export const BRIEF = ['--liftoff-only']

function newest(dir: string): number {
  return Math.max(0, ...readdirSync(dir, { withFileTypes: true }).map((entry) =>
    entry.isDirectory() ? newest(join(dir, entry.name)) : /\.spec\.ts$/.test(entry.name) ? 0 : statSync(join(dir, entry.name)).mtimeMs))
}

/** Builds the product when a source is newer than what was built. */
export function ensureBuilt(): void {
  const built = existsSync(MAIN) ? statSync(MAIN).mtimeMs : 0
  if (['apps', 'libs', 'migrations'].some((top) => newest(join(ROOT, top)) > built)) execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'pipe' })
}

/** A program of the built product as a process of its own. */
export class Program {
  /** Resolves with the exit code, or the signal's name. */
  readonly exited: Promise<number | string>
  output = ''
  errors = ''
  private readonly process: ChildProcess

  get ended(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null
  }

  /**
   * @param main its main file below dist/apps
   * @param cwd elsewhere than the repository, whose .env is none of the tests' business
   * @param env all of its environment but PATH, so no setting of this machine leaks in
   */
  constructor(main: string, cwd: string, env: Record<string, string>) {
    this.process = spawn(process.execPath, [...BRIEF, join(DIST, main)], { cwd, env: { PATH: process.env.PATH ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    this.process.stdout!.setEncoding('utf8').on('data', (text: string) => (this.output += text))
    this.process.stderr!.setEncoding('utf8').on('data', (text: string) => (this.errors += text))
    this.exited = new Promise((done) => this.process.once('close', (code, signal) => done(code ?? signal!)))
  }

  /** Resolves when it says the text on standard output; fails when it ends before. */
  async says(text: string): Promise<this> {
    const said = new Promise<void>((done) => {
      const look = (): void => (this.output.includes(text) ? done() : undefined)
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

/** The built api as a process of its own. */
export class Child extends Program {
  readonly api: Api

  private constructor(cwd: string, env: Record<string, string>, readonly url: string) {
    super('api/main.js', cwd, env)
    this.api = new Api(url)
  }

  static start(env: Record<string, string> & { DATA_DIR: string; PORT: string }): Child {
    return new Child(resolve(env.DATA_DIR, '..'), { HOST: '127.0.0.1', ...env }, `http://127.0.0.1:${env.PORT}`)
  }

  /** Resolves when it says where it listens. */
  ready(): Promise<this> {
    return this.says(this.url.replace('http://', ''))
  }
}
