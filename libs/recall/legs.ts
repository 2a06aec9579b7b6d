/** Candidates taken from each leg, whatever k is: a score must not depend on k. The words' leg is the strongest. */
export const LEG = { words: 200, vectors: 150, graph: 60, newest: 200, period: 40 } as const
/** What a leg takes before the rare trace that is not live drops out. */
export const OVERFETCH = 2

/** What a leg found in a statement of its own: traces, and what it measured of each; lists in the store's own form, handed back as they came. */
export interface Found {
  readonly ids: string
  readonly values: string
}

/** What a leg found that had nothing to look for. */
export const NOTHING_FOUND: Found = { ids: '{}', values: '{}' }
