import { type Sql } from '#database'
import { type Clock, kindOfError, ReverieError } from '#kernel'
import type { MaintenanceReport, MaintenanceStep, StepReport } from './maintenance.types'

/** Name of the row in `setting`. */
const NAME = 'maintenance'

/** What is done for the store as a whole, outside of any user's dreams: step by step, one after the other. */
export class Maintenance {
  constructor(private readonly sql: Sql, private readonly clock: Clock, private readonly steps: readonly MaintenanceStep[]) {}

  /**
   * Does every step now, and keeps a report in the store. One that fails does not keep the others from being done.
   * @throws the signal's reason when it is aborted: nothing is reported then, and what was done stays done
   */
  async run(signal: AbortSignal = new AbortController().signal): Promise<MaintenanceReport> {
    const at = this.clock.now()
    const steps: StepReport[] = []
    for (const step of this.steps) {
      signal.throwIfAborted()
      steps.push(await this.take(step, signal))
    }
    signal.throwIfAborted()
    await this.sql.run('maintenance', `insert into setting (name, value, updated_at) values ($1, $2, $3)
      on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at`, [NAME, JSON.stringify({ at, steps }), at])
    return { at, steps }
  }

  /** Whether a run that is finished began at the instant or later. */
  async doneSince(instant: Date): Promise<boolean> {
    const last = await this.last()
    return last !== undefined && last.at >= instant
  }

  /** The report of the last run that was finished; undefined when there is none. */
  async last(): Promise<MaintenanceReport | undefined> {
    const row = await this.sql.one<{ value: { at: string; steps: StepReport[] } }>('maintenance', 'select value from setting where name = $1', [NAME])
    return row && { at: new Date(row.value.at), steps: row.value.steps }
  }

  private async take(step: MaintenanceStep, signal: AbortSignal): Promise<StepReport> {
    const from = performance.now()
    const ms = (): number => Math.round(performance.now() - from)
    try {
      const did = await step.run(signal)
      return { name: step.name, ms: ms(), did, error: null }
    } catch (error) {
      return { name: step.name, ms: ms(), did: [], error: error instanceof ReverieError ? error.message : kindOfError(error) }
    }
  }
}
