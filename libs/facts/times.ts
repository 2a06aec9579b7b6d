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

type Unit = 'year' | 'month' | 'day'

/** The local year, month or day in which something began. */
export interface Began {
  readonly from: Date
  /** The end of it, or `at` if that is earlier. */
  readonly until: Date
}

/**
 * When something that is past at `at` began, by what a text says of it: "in May", "two years ago", "since 2019", "for ten years" (`lasting`
 * alone: "I worked there for ten years" does not say when). Undefined when it says nothing, several things, or a time to come.
 */
export function began(text: string, at: Date, zone: string, lasting: boolean): Began | undefined {
  if (NOT_PAST.test(text)) return undefined
  const here = DateTime.fromJSDate(at, { zone })
  const within = (day: DateTime, unit: Unit): Began | undefined => {
    const from = day.startOf(unit)
    return from.isValid && from <= here ? { from: from.toJSDate(), until: DateTime.min(from.endOf(unit), here).toJSDate() } : undefined
  }
  const span = LASTING.exec(text)
  if (span) {
    const unit = span[2]!.toLowerCase() as Unit | 'week'
    return lasting ? within(here.minus({ [unit]: NUMBERS[span[1]!.toLowerCase()] ?? Number(span[1]) }), unit === 'week' ? 'day' : unit) : undefined
  }
  const found = en.casual.parse(text, { instant: at, timezone: here.offset })
  const year = YEAR.exec(text)
  if (found.length === 0) return year ? within(DateTime.fromObject({ year: Number(year[1]) }, { zone }), 'year') : undefined
  if (found.length > 1 || found[0]!.end) return undefined
  const { start, text: told } = found[0]!
  const sure = (part: Unit | 'weekday'): boolean => start.isCertain(part)
  const day = DateTime.fromObject({ year: start.get('year')!, month: start.get('month')!, day: start.get('day')! }, { zone })
  if (/\byears? ago$|^last year$/i.test(told)) return within(day, 'year')
  if (/\bmonths? ago$|^last month$/i.test(told)) return within(day, 'month')
  // The last one before today.
  if (sure('weekday') && !sure('day')) return within(here.minus({ days: (here.weekday - (start.get('weekday') || 7) + 7) % 7 || 7 }), 'day')
  if (sure('month')) {
    const unit = sure('day') ? 'day' : 'month'
    return within(!sure('year') && day.startOf(unit) > here ? day.minus({ years: 1 }) : day, unit)
  }
  return within(day, 'day')
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
