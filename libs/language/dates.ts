import { DateTime, Info } from 'luxon'
import type { Language } from './language'

const ENGLISH_MONTHS = Info.months('long', { locale: 'en' })
const ENGLISH_WEEKDAYS = Info.weekdays('long', { locale: 'en' })
const names = new Map<Language, Map<string, string>>()

/** The day number, month, year and weekday of an instant in a time zone, in English; unknown zones count as UTC. */
export function dateWords(date: Date, timeZone: string): string[] {
  let at = DateTime.fromJSDate(date, { zone: timeZone })
  if (!at.isValid) at = DateTime.fromJSDate(date, { zone: 'utc' })
  if (!at.isValid) return []
  return [String(at.day), ENGLISH_MONTHS[at.month - 1]!, String(at.year), ENGLISH_WEEKDAYS[at.weekday - 1]!]
}

/** The English name of a month by its number, lower case; undefined beyond 1 to 12. */
export function englishMonth(month: number): string | undefined {
  return ENGLISH_MONTHS[month - 1]?.toLowerCase()
}

/** The number of a month by its English name, lower case; undefined for anything else. */
export function monthNumber(name: string | undefined): number | undefined {
  const at = ENGLISH_MONTHS.findIndex((month) => month.toLowerCase() === name)
  return at < 0 ? undefined : at + 1
}

/** The English name of a month or weekday written in another language, lower case: dates are stored in English. */
export function englishDateWord(word: string, language: Language): string | undefined {
  let map = names.get(language)
  if (map === undefined) names.set(language, (map = namesIn(language)))
  return map.get(word)
}

function namesIn(language: Language): Map<string, string> {
  const map = new Map<string, string>()
  // As a heading and within a date: май, 5 мая.
  for (const months of [Info.months('long', { locale: language }), Info.monthsFormat('long', { locale: language })]) {
    months.forEach((name, i) => map.set(name.toLowerCase(), ENGLISH_MONTHS[i]!.toLowerCase()))
  }
  Info.weekdays('long', { locale: language }).forEach((name, i) => {
    // Portuguese weekdays are two words (segunda-feira); the first alone means other things.
    if (!/^\p{L}+$/u.test(name)) return
    // Russian says on which day by another ending: в субботу.
    for (const form of [name, name.replace(/а$/, 'у')]) map.set(form.toLowerCase(), ENGLISH_WEEKDAYS[i]!.toLowerCase())
  })
  return map
}
