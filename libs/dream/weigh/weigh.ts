/** What a trace is weighed by. */
export interface Weighed {
  /** As it was before any dream weighed it. */
  readonly first: number
  /** Distance of what it says from what is usually said, 0..2; undefined when it has no vector. */
  readonly distance: number | undefined
  /** How many edges it has. */
  readonly degree: number
}

/** How far surprise and connectedness, each at its most, move a salience: less than names and detail do at first. */
const REACH = 0.1

/**
 * Saliences anew: more for what is surprising (far from the usual) and for what much is connected to, less for what is neither. Each counts by
 * its relation to the mean of the day, x / (x + mean): ½ for an average trace, which keeps its salience; nothing moves further than REACH twice.
 * Pure.
 */
export function weigh(traces: readonly Weighed[]): number[] {
  const meanDistance = mean(traces.flatMap((t) => (t.distance === undefined ? [] : [t.distance])))
  const meanDegree = mean(traces.map((t) => t.degree))
  return traces.map(({ first, distance, degree }) => {
    const surprise = distance === undefined ? 0 : share(distance, meanDistance) - 0.5
    const connected = share(degree, meanDegree) - 0.5
    return Math.round(Math.min(1, Math.max(0, first + 2 * REACH * (surprise + connected))) * 1000) / 1000
  })
}

function share(x: number, usual: number): number {
  return x + usual === 0 ? 0.5 : x / (x + usual)
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length
}
