import { Info } from 'luxon'
import { plainCharacters } from './characters'
import { marked } from './marks'

const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'it', 'nl', 'ru'] as const
const SHORT = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** Months by their names in plain characters, 1 to 12. */
const MONTHS = new Map<string, number>([
  ...LANGUAGES.flatMap((locale) => [...Info.months('long', { locale }), ...Info.monthsFormat('long', { locale })].map((name, i): [string, number] => [plainCharacters(name), i % 12 + 1])),
  ...SHORT.map((name, i): [string, number] => [name, i + 1]), ['sept', 9],
])
const MONTH = `(${[...MONTHS.keys()].sort((a, b) => b.length - a.length).join('|')})`
const DAY = '(\\d{1,2})(?:st|nd|rd|th|er|o|\\.)?'
const YEAR = '(\\d{4})'
const START = '(?<![\\p{L}\\p{N}]|[\\p{N}][.,:/-])'
const END = '(?![\\p{L}\\p{N}]|[.,:/-]\\p{N})'

const DAY_MONTH = new RegExp(`${START}${DAY}[ -]?(?:of |de |di )?${MONTH}\\.?(?:[ ,-]{1,2}(?:of |de |del )?${YEAR})?${END}`, 'gu')
const MONTH_DAY = new RegExp(`${START}${MONTH}\\.? ?${DAY}(?:,? ${YEAR})?${END}`, 'gu')
const YEAR_FIRST = new RegExp(`${START}${YEAR}([-/.])(\\d{1,2})\\2(\\d{1,2})(?!\\p{N}|[.,:/-]\\p{N})`, 'gu')
const YEAR_LAST = new RegExp(`${START}(\\d{1,2})([-/.])(\\d{1,2})\\2${YEAR}${END}`, 'gu')

/**
 * Writes days that a text in plain characters names as one form, marked: 5 May 2025, May 5th, 2025, 5. Mai 2025, 13/5/2025 and 2025-05-05. 05/06/2025 is two
 * days, by where one lives, and stays as it is; so does what is no day (31 June), or has a year of two digits.
 */
export function foldDays(text: string): string {
  if (!/\d/.test(text)) return text
  return text
    .replace(YEAR_FIRST, (all, year: string, _: string, month: string, day: string) => dayOf(all, year, Number(month), Number(day)))
    .replace(YEAR_LAST, (all, first: string, _: string, second: string, year: string) => {
      const [a, b] = [Number(first), Number(second)]
      if (a > 12 || a === b) return dayOf(all, year, b, a)
      return b > 12 ? dayOf(all, year, a, b) : all
    })
    .replace(DAY_MONTH, (all, day: string, month: string, year?: string) => dayOf(all, year, MONTHS.get(month)!, Number(day)))
    .replace(MONTH_DAY, (all, month: string, day: string, year?: string) => dayOf(all, year, MONTHS.get(month)!, Number(day)))
}

/** The marked form of a day, without a year if none is said; the text itself when there is no such day. */
function dayOf(text: string, year: string | undefined, month: number, day: number): string {
  const last = month >= 1 && month <= 12 ? new Date(Date.UTC(Number(year ?? 2000), month, 0)).getUTCDate() : 0
  return day >= 1 && day <= last ? marked(`${year ?? '-'}-${two(month)}-${two(day)}`) : text
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}
