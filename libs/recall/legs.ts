/** Candidates taken from each leg, whatever k is: a score must not depend on k. The words' leg is the strongest. */
export const LEG = { words: 200, vectors: 150, graph: 60, newest: 200, period: 40 } as const
/** What a leg takes before the rare trace that is not live drops out. */
export const OVERFETCH = 2
