/** Days of stability that a new memory has, how many times more each recall gives it, and the most it can have. */
export const FIRST_STABILITY = 1
export const STABILITY_GROWTH = 1.5
export const LONGEST_STABILITY = 365

/**
 * Retrievability R = exp(−Δt / S), Ebbinghaus' forgetting curve.
 * @param days Δt since it was recorded or last recalled
 * @param stability S in days; it grows with each recall
 */
export function retrievability(days: number, stability: number): number {
  return Math.exp(-Math.max(0, days) / Math.max(stability, 1e-6))
}
