import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'

export const DIST = resolve(__dirname, '../../dist/apps')

/** A process of the built product that can be killed and started again. */
export class Running {
  private child: ChildProcess | undefined
  private said = ''

  /**
   * @param main its main file below dist/apps
   * @param env all of its environment but PATH
   * @param cwd elsewhere than the repository, whose .env is none of its business
   */
  constructor(readonly name: string, private readonly main: string, private readonly env: Record<string, string>, private readonly cwd: string) {}

  /** Resolves when it says on standard output that it listens or works. @throws when it ends before, with what it said */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [join(DIST, this.main)], { cwd: this.cwd, env: { PATH: process.env.PATH ?? '', ...this.env }, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child = child
    this.said = ''
    const keep = (text: Buffer): void => {
      this.said = (this.said + text.toString()).slice(-4000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`${this.name} ended with ${code ?? signal}: ${this.said}`)
    })
    // A later end is awaited by `stop`, which asked for it.
    ended.catch(() => undefined)
    await Promise.race([once(child.stdout, 'data'), ended])
  }

  /** Answers the exit code or, when it was killed, the signal. */
  async stop(signal: NodeJS.Signals): Promise<number | string | undefined> {
    const { child } = this
    this.child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return undefined
    const ended = once(child, 'exit')
    child.kill(signal)
    const [code, by] = await ended as [number | null, string | null]
    return code ?? by!
  }
}
