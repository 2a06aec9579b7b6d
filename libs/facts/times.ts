import { en } from 'chrono-node'
import { DateTime } from 'luxon'

const NUMBERS: Readonly<Record<string, number>> = {
  a: 1, an: 1, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, eleven: 11, twelve: 12, fifteen: 15, twenty: 20, thirty: 30, forty: 40, fifty: 50,
  'a couple of': 2, 'a few': 3,
}
const YEAR = /\b(?:in|since|around|back in|until|from|early|late|of)\s+((?:19|20)\d\d)\b(?!\s*(?:-|people|times|square))/i
const COUNTS = Object.keys(NUMBERS).sort((a, b) => b.length - a.length).join('|')
const LASTING = new RegExp(`\\bfor (?:about |over |almost |nearly |more than |the (?:last|past) )?(${COUNTS}|\\d{1,2}) (year|month|week|day)s?\\b`, 'i')
const NOT_PAST = /\b(?:next|tomorrow|tonight|upcoming|until|between)\b/i

/** A local day that a text tells of; what it leaves open begins at its start. */
function startOf(year: number, month: number, day: number, zone: string): Date {
  return DateTime.fromObject({ year, month, day }, { zone }).toJSDate()
}

/**
 * When something that is past at `at` began, by what a text says of it: "in May", "two years ago", "since 2019", "for ten years" (`lasting`
 * alone: "I worked there for ten years" does not say when). Undefined when it says nothing, several things, or a time to come.
 */
export function beganAt(text: string, at: Date, zone: string, lasting: boolean): Date | undefined {
  if (NOT_PAST.test(text)) return undefined
  const here = DateTime.fromJSDate(at, { zone })
  const span = LASTING.exec(text)
  if (span) {
    if (!lasting) return undefined
    const count = NUMBERS[span[1]!.toLowerCase()] ?? Number(span[1])
    const unit = span[2]!.toLowerCase() as 'year' | 'month' | 'week' | 'day'
    const began = here.minus({ [unit]: count }).startOf(unit === 'year' ? 'year' : unit === 'month' ? 'month' : 'day')
    return began.toJSDate()
  }
  const found = en.casual.parse(text, { instant: at, timezone: here.offset })
  const year = YEAR.exec(text)
  if (found.length === 0) return year ? pastOnly(startOf(Number(year[1]), 1, 1, zone), at) : undefined
  if (found.length > 1 || found[0]!.end) return undefined
  const start = found[0]!.start
  const sure = (part: 'year' | 'month' | 'day' | 'weekday'): boolean => start.isCertain(part)
  const [y, m, d] = [start.get('year')!, start.get('month')!, start.get('day')!]
  const vague = /^(?:a |\d|\w+ )?.*\b(?:years?|months?) ago$|^last (?:year|month)$/i.exec(found[0]!.text)
  if (vague) return pastOnly(/year/i.test(vague[0]) ? startOf(y, 1, 1, zone) : startOf(y, m, 1, zone), at)
  if (sure('weekday') && !sure('day')) return lastWeekday(here, start.get('weekday')!, zone)
  if (sure('month') && !sure('year')) {
    const guess = startOf(y, m, sure('day') ? d : 1, zone)
    return guess <= at ? guess : startOf(y - 1, m, sure('day') ? d : 1, zone)
  }
  return pastOnly(startOf(y, m, sure('month') && !sure('day') ? 1 : d, zone), at)
}

function pastOnly(date: Date, at: Date): Date | undefined {
  return date <= at ? date : undefined
}

/** "on Sunday", of something past: the last one before today. */
function lastWeekday(here: DateTime, weekday: number, zone: string): Date {
  const iso = weekday === 0 ? 7 : weekday
  const back = (here.weekday - iso + 7) % 7 || 7
  const day = here.minus({ days: back })
  return startOf(day.year, day.month, day.day, zone)
}

const MONTHS = 'january|february|march|april|may|june|july|august|september|october|november|december'
const ORDINAL = '(\\d{1,2})(?:st|nd|rd|th)?'
const OF_YEAR = '(?:,?\\s+((?:19|20)\\d\\d))?'
const MONTH_DAY = new RegExp(`\\b(${MONTHS})(?:\\s+(?:the\\s+)?${ORDINAL}\\b)?${OF_YEAR}|\\b(?:the\\s+)?${ORDINAL}\\s+(?:of\\s+)?(${MONTHS})${OF_YEAR}`, 'i')

/** A day of the year as people say it, in one form: "3 March", "October", "14 July 1990". */
export function dayOfYear(text: string): string | undefined {
  const match = MONTH_DAY.exec(text)
  if (!match) return undefined
  // The second way of writing has the day before the month.
  const [day, month, year] = match[5] ? [match[4], match[5], match[6]] : [match[2], match[1], match[3]]
  const named = month![0]!.toUpperCase() + month!.slice(1).toLowerCase()
  return [day === undefined ? undefined : String(Number(day)), named, year].filter((part) => part !== undefined).join(' ')
}
