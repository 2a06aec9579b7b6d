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

export interface StepReport {
  readonly name: string
  readonly ms: number
  readonly did: readonly string[]
  /** Why it broke off, in words that quote nothing; null when it did not. */
  readonly error: string | null
}

/** What was done for the store, and when that began. */
export interface MaintenanceReport {
  readonly at: Date
  readonly steps: readonly StepReport[]
}
