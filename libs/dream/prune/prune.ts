import { DAY_MS, FIRST_STABILITY, retrievability } from '#kernel'

/** What decides whether a trace is trivial. */
export interface Fading {
  readonly salience: number
  /** When it was recorded or last recalled, whichever is later. */
  readonly seen: Date
  /** Of its memory, in days; undefined when it was never recalled. */
  readonly stability: number | undefined
}

/** Below it a trace says little: an utterance without names, numbers and detail begins at .45. */
export const LOW_SALIENCE = 0.5
/** Below it a trace is as good as forgotten: what was never recalled is after three days, what was recalled thrice after ten. */
export const LOW_RETRIEVABILITY = 0.05

/** Whether it says little and nobody has missed it, by the forgetting curve. Pure. */
export function isTrivial({ salience, seen, stability }: Fading, now: Date): boolean {
  return salience < LOW_SALIENCE && retrievability((now.getTime() - seen.getTime()) / DAY_MS, stability ?? FIRST_STABILITY) < LOW_RETRIEVABILITY
}
