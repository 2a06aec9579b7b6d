import type { Sql } from '#database'
import { StoreSetting } from '#episodic-memory'
import { attempt, type Clock } from '#kernel'
import type { MaintenanceReport, MaintenanceStep, StepReport } from './maintenance.types'

/** What is done for the store as a whole, outside of any user's dreams: step by step, one after the other. */
export class Maintenance {
  private readonly setting: StoreSetting<{ at: string; steps: readonly StepReport[] }>

  constructor(sql: Sql, private readonly clock: Clock, private readonly steps: readonly MaintenanceStep[]) {
    this.setting = new StoreSetting(sql, 'maintenance')
  }

  /**
   * Does every step now, and keeps a report in the store. One that fails does not keep the others from being done.
   * @throws the signal's reason when it is aborted: nothing is reported then, and what was done stays done
   */
  async run(signal: AbortSignal = new AbortController().signal): Promise<MaintenanceReport> {
    const at = this.clock.now()
    const steps: StepReport[] = []
    for (const step of this.steps) {
      signal.throwIfAborted()
      steps.push({ name: step.name, ...await attempt(() => step.run(signal)) })
    }
    signal.throwIfAborted()
    await this.setting.write({ at: at.toISOString(), steps }, at)
    return { at, steps }
  }

  /** Whether a run that is finished began at the instant or later. */
  async doneSince(instant: Date): Promise<boolean> {
    const last = await this.last()
    return last !== undefined && last.at >= instant
  }

  /** The report of the last run that was finished; undefined when there is none. */
  async last(): Promise<MaintenanceReport | undefined> {
    const stored = await this.setting.read()
    return stored && { at: new Date(stored.at), steps: stored.steps }
  }
}
