import { DateTime, type DurationLike } from 'luxon'
import { invalid } from '#kernel'

/** Bounds of when something happened: from inclusive, until exclusive. */
export interface TimeWindow {
  readonly from?: Date
  readonly until?: Date
}

const UNITS: Readonly<Record<string, string>> = { s: 'seconds', m: 'minutes', h: 'hours', d: 'days', w: 'weeks', mo: 'months', y: 'years' }

/**
 * A caller's window: a span before `now` (`7d`, `24h`, `2w`, `3mo`, `1y`), a day, month or year (`2025-05-08`, `2025-05`, `2025`), or
 * two ends of a range, one of which may be missing (`2025-05-01..2025-05-31`, `2025-05..`). Ends without a time are whole days, months
 * or years of the zone, inclusive. A span has no end, for the clocks of callers may run ahead, unless `now` is a time that the caller named.
 * @throws ReverieError invalid_request
 */
export function parseTimeWindow(text: string, now: Date, zone: string, named = false): TimeWindow {
  const trimmed = text.trim()
  const span = /^(\d{1,5})\s*(mo|[smhdwy])$/.exec(trimmed)
  if (span) {
    const duration: DurationLike = { [UNITS[span[2]!]!]: Number(span[1]) }
    const from = DateTime.fromJSDate(now, { zone }).minus(duration)
    if (!from.isValid || from.year < 0) throw malformed()
    return { from: from.toJSDate(), ...(named ? { until: new Date(now.getTime() + 1) } : {}) }
  }
  const ends = trimmed.split('..')
  if (ends.length > 2 || trimmed === '..') throw malformed()
  const [first = '', last = first] = ends.map((end) => end.trim())
  if (ends.length === 1 && first === '') throw malformed()
  const from = first === '' ? undefined : periodOf(first, zone).start
  const until = last === '' ? undefined : periodOf(last, zone).end
  if (from && until && from >= until) throw invalid('time_window', 'ends before it begins')
  return { from, until }
}

/** The period that an end names: [start, end). An exact instant is one millisecond long, so that it is inclusive too. */
function periodOf(text: string, zone: string): { start: Date; end: Date } {
  const unit = /^\d{4}$/.test(text) ? 'year' : /^\d{4}-\d{2}$/.test(text) ? 'month' : /^\d{4}-\d{2}-\d{2}$/.test(text) ? 'day' : undefined
  if (unit === undefined && !/^\d{4}-\d{2}-\d{2}T/.test(text)) throw malformed()
  const at = DateTime.fromISO(text, { zone })
  if (!at.isValid) throw malformed()
  const end = unit === undefined ? at.plus({ milliseconds: 1 }) : at.startOf(unit).plus({ [`${unit}s`]: 1 })
  return { start: (unit === undefined ? at : at.startOf(unit)).toJSDate(), end: end.toJSDate() }
}

function malformed(): Error {
  return invalid('time_window', 'must be like 7d, 24h, 2025-05-08, 2025-05 or 2025-05-01..2025-05-31')
}
