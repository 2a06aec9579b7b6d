/**
 * The date formats of the evaluation files, read as UTC, and one instant for each message:
 * messages that share a date get successive seconds, so that their order holds. Pure.
 */

const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']

/** @param {string} word a month by its name or the first three letters or more of it */
function month(word) {
  const low = word.toLowerCase()
  return low.length < 3 ? -1 : MONTHS.findIndex((name) => name.startsWith(low))
}

/**
 * @param {number} y
 * @param {number} m 0..11
 * @param {number} d
 * @returns {number | null} null where the calendar has no such day
 */
function instant(y, m, d, h = 12, min = 0, s = 0) {
  const ms = Date.UTC(y, m, d, h, min, s)
  const back = new Date(ms)
  return back.getUTCMonth() === m && back.getUTCDate() === d && back.getUTCHours() === h && min < 60 && s < 60 ? ms : null
}

/**
 * Milliseconds since the epoch, or null when the text is empty or names no date. A date without a time is noon.
 * @param {unknown} text "1:56 pm on 8 May, 2023" | "March-15-2024" | "2023-12-25" | "2023/12/25 (Mon) 23:40" | an ISO time | "8 May 2023" | ""
 * @returns {number | null}
 */
function parseWhen(text) {
  if (typeof text !== 'string' || !text.trim()) return null
  const s = text.trim().replace(/\s*\((?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\)/i, '')
  let m = /^(?:(\d{1,2}):(\d{2})\s*(am|pm)?\s+on\s+)?(\d{1,2})\s+([a-z]+)\.?,?\s+(\d{4})$/i.exec(s)
  if (m) {
    const half = m[3]?.toLowerCase()
    const hour = m[1] === undefined ? 12 : half ? (Number(m[1]) % 12) + (half === 'pm' ? 12 : 0) : Number(m[1])
    return month(m[5]) < 0 ? null : instant(Number(m[6]), month(m[5]), Number(m[4]), hour, Number(m[2] ?? 0))
  }
  m = /^([a-z]+)[-\s]+(\d{1,2})(?:st|nd|rd|th)?,?[-\s]+(\d{4})$/i.exec(s)
  if (m) return month(m[1]) < 0 ? null : instant(Number(m[3]), month(m[1]), Number(m[2]))
  m = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(s)
  if (m) return instant(Number(m[1]), Number(m[2]) - 1, Number(m[3]))
  m = /^(\d{4})[-/](\d{2})[-/](\d{2})[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/.exec(s)
  if (m) return instant(Number(m[1]), Number(m[2]) - 1, Number(m[3]), Number(m[4]), Number(m[5]), Number(m[6] ?? 0))
  if (/^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/.test(s)) return Number.isNaN(Date.parse(s)) ? null : Date.parse(s)
  return null
}

/**
 * One instant for each message, in order; undefined where the date is missing or not understood.
 * @param {unknown[]} dates
 * @returns {(string | undefined)[]} ISO 8601 in UTC
 */
function stamp(dates) {
  /** @type {Map<number, number>} */
  const used = new Map()
  return dates.map((text) => {
    const base = parseWhen(text)
    if (base === null) return undefined
    const n = used.get(base) ?? 0
    used.set(base, n + 1)
    return new Date(base + n * 1000).toISOString()
  })
}

module.exports = { parseWhen, stamp }
