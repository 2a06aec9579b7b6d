import { type Change, type Dream, DreamPhase } from '#dream'

type Script = (dream: Dream) => readonly Change[] | Promise<readonly Change[]>

/** The last phase of every dream, which plans what a test says. */
export class ScriptedPhase extends DreamPhase<void> {
  readonly name = 'prune'
  script: Script = () => []

  /** Takes the place of the last phase of those. */
  static in(phases: DreamPhase[]): ScriptedPhase {
    const phase = new ScriptedPhase()
    const own = phases.findIndex((other) => other.name === phase.name)
    phases.splice(own === -1 ? phases.length : own, 1, phase)
    return phase
  }

  async read(): Promise<void> {}

  async plan(dream: Dream): Promise<{ changes: readonly Change[]; counts: Record<string, number> }> {
    return { changes: await this.script(dream), counts: {} }
  }
}
