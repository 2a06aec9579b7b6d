import { DateTime } from 'luxon'

const DATE = /^\d{4}-\d{2}-\d{2}$/
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}(:?\d{2})?)$/i

/** True for an ISO 8601 time with offset, and for a date, which begins where the user is. */
export function isInstant(text: string): boolean {
  if (!DATE.test(text) && !TIME.test(text)) return false
  const read = DateTime.fromISO(text, { zone: 'utc' })
  // A year that Postgres has, also in the zone farthest from ours.
  return read.isValid && read.year >= 1 && read.year <= 9998
}

/** The instant of a text for which `isInstant` holds; a date is its first moment in `zone`. */
export function instantOf(text: string, zone: string): Date {
  return DateTime.fromISO(text, { zone }).toJSDate()
}

/** Whether one of these texts is a date, whose instant depends on the user's time zone. */
export function needsZone(texts: readonly (string | undefined)[]): boolean {
  return texts.some((text) => text !== undefined && DATE.test(text))
}
