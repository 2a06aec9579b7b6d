import type { Trace } from '#episodic-memory'
import { FOCUS_HALF_LIFE_MS, type FocusItem } from '#working-memory'

/**
 * What is in mind, by id, with its weight; or what was at an earlier instant, as far as that is still known: what entered or was renewed
 * later does not count.
 * @param items what is in mind at `now`, with its weights of now
 */
export function mindAt(items: readonly FocusItem[], now: Date, asOf?: Date): Map<string, number> {
  const durable = items.filter((item) => item.durable)
  if (asOf === undefined) return new Map(durable.map((item) => [item.id, item.weight]))
  const lessFaded = 2 ** ((now.getTime() - asOf.getTime()) / FOCUS_HALF_LIFE_MS)
  return new Map(durable.filter((item) => item.at <= asOf).map((item) => [item.id, item.weight * lessFaded]))
}

/** A trace without what became of it after an instant: corrections, and accesses, whose count then is not known. */
export function asKnown(trace: Trace, asOf?: Date): Trace {
  if (asOf === undefined) return trace
  const corrected = trace.validUntil !== null && trace.validUntil > asOf
  const accessed = trace.lastAccessedAt !== null && trace.lastAccessedAt > asOf
  return {
    ...trace,
    ...(corrected ? { validUntil: null, supersededBy: null } : {}),
    ...(accessed ? { accessCount: 0, lastAccessedAt: null } : {}),
  }
}
