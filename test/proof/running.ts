import { Program } from '../support/built'

/** A process of the built product that can be killed and started again. */
export class Running {
  private program: Program | undefined

  /** @param main @param env @param cwd as of Program */
  constructor(readonly name: string, private readonly main: string, private readonly env: Record<string, string>, private readonly cwd: string) {}

  /** Resolves when it says on standard output that it listens or works. @throws when it ends before, with what it said */
  async start(): Promise<void> {
    this.program = new Program(this.main, this.cwd, this.env)
    await this.program.says('\n')
  }

  /** Answers the exit code or, when it was killed, the signal; undefined when it had ended before. */
  async stop(signal: NodeJS.Signals): Promise<number | string | undefined> {
    const { program } = this
    this.program = undefined
    return program && !program.ended ? program.kill(signal) : undefined
  }
}
