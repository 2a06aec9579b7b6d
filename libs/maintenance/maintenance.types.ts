import type { Attempt } from '#kernel'

/** One thing that a night does for the store. */
export interface MaintenanceStep {
  /** One word. */
  readonly name: string
  /**
   * Does what is due, and nothing where nothing is: it may be run at any time, again, and by two processes at once.
   * @param signal aborted when this process is to end: what is left is done another time
   * @returns what it changed, a line each, without content and without users
   */
  run(signal: AbortSignal): Promise<readonly string[]>
}

export interface StepReport extends Attempt {
  readonly name: string
}

/** What was done for the store, and when that began. */
export interface MaintenanceReport {
  readonly at: Date
  readonly steps: readonly StepReport[]
}
