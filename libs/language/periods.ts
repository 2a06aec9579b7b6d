import { type Chrono, de, en, es, fr, it, nl, type ParsedResult, pt, ru } from 'chrono-node'
import { DateTime, Info } from 'luxon'
import { englishDateWord, monthNumber } from './dates'
import type { Language } from './language'
import { words } from './terms'
import { languageOfTimes } from './time-words'

/** A span of time that a text names: [from, until). */
export interface Period {
  readonly from: Date
  readonly until: Date
}

const PARSERS: Readonly<Record<Language, Chrono>> = {
  en: en.casual, de: de.casual, fr: fr.casual, es: es.casual, pt: pt.casual, it: it.casual, nl: nl.casual, ru: ru.casual,
}
/** Characters that are read, and periods that are kept. */
const MOST_READ = 1_000
const MOST = 12
/** A month or day without its year is meant in any of so many years. */
const YEARS_BACK = 5
const UNITS = ['day', 'month', 'year'] as const
type Unit = (typeof UNITS)[number]

/** Chrono leaves these alone, and "in 2023"; in English "may" alone is a verb. */
const LAST_MONTH = new RegExp(`\\blast\\s+(${Info.months('long', { locale: 'en' }).join('|')})\\b`, 'gi')
const YEAR = /(?<![\p{L}\p{N}])(?:19|20)\d\d(?![\p{L}\p{N}])/gu

interface Named {
  readonly start: DateTime
  readonly end: DateTime
  readonly yearly: boolean
}

/**
 * The past periods that a text names, seen from `reference` in a time zone: "yesterday", "two weeks ago", "last May", "in 2023", "on 3 June". A
 * month or day without a year is given for each of the last years. Read by chrono in eight languages, as far as it has them (Spanish and
 * Portuguese: no "last week"); months and years that stand alone are read beside it. What lies ahead of `reference` names nothing that happened.
 */
export function periods(text: string, reference: Date, zone: string): Period[] {
  const read = text.slice(0, MOST_READ)
  const here = DateTime.fromJSDate(reference, { zone })
  if (!here.isValid) return []
  return namedIn(read, languageOfTimes(read, words(read)), here).flatMap((one) => past(one, here)).slice(0, MOST)
}

function namedIn(text: string, language: Language, here: DateTime): Named[] {
  const out: Named[] = []
  // What is read is blanked, so that it is read once.
  let rest = text
  const read = (index: number, length: number, named: readonly Named[]): void => {
    out.push(...named)
    rest = rest.slice(0, index) + ' '.repeat(length) + rest.slice(index + length)
  }
  const span = (unit: 'month' | 'year', start: DateTime, yearly: boolean): Named => ({ start, end: start.plus({ [unit]: 1 }), yearly })
  const latest = (month: number): DateTime => {
    const start = DateTime.fromObject({ year: here.year, month }, { zone: here.zone })
    return start > here ? start.minus({ years: 1 }) : start
  }
  if (language === 'en') {
    for (const { index, 0: found, 1: name } of rest.matchAll(LAST_MONTH)) read(index, found.length, [span('month', latest(monthNumber(name!.toLowerCase())!), false)])
  }
  for (const result of PARSERS[language].parse(rest, { instant: here.toJSDate(), timezone: here.offset })) read(result.index, result.text.length, named(result, here))
  for (const [year] of rest.matchAll(YEAR)) out.push(span('year', DateTime.fromObject({ year: Number(year) }, { zone: here.zone }), false))
  if (language === 'en') return out
  const months = words(rest).flatMap((word) => monthNumber(englishDateWord(word, language)) ?? [])
  return [...out, ...months.map((month) => span('month', latest(month), true))]
}

/** What chrono found; nothing when it is no more exact than an hour of an unnamed day ("now", "in the evening"). */
function named({ start, end }: ParsedResult, here: DateTime): Named[] {
  if (start.isCertain('second')) return []
  const period = (of: typeof start): Named | undefined => {
    const unit: Unit | undefined = of.isCertain('weekday') ? 'day' : UNITS.find((one) => of.isCertain(one))
    if (unit === undefined) return undefined
    let at = DateTime.fromObject({ year: of.get('year')!, month: of.get('month')!, day: of.get('day')! }, { zone: here.zone }).startOf(unit)
    const byWeekday = !of.isCertain('day') && of.isCertain('weekday')
    if (byWeekday && at > here) at = at.minus({ weeks: 1 })
    return { start: at, end: at.plus({ [unit]: 1 }), yearly: of.isCertain('month') && !of.isCertain('year') }
  }
  const first = period(start)
  const last = end ? period(end) : first
  return first && last ? [{ start: first.start, end: last.end > first.start ? last.end : first.end, yearly: first.yearly && last.yearly }] : []
}

function past({ start, end, yearly }: Named, here: DateTime): Period[] {
  const back = yearly ? Array.from({ length: YEARS_BACK + 1 }, (_, i) => i) : [0]
  return back.flatMap((years) => {
    const from = start.minus({ years })
    return from > here ? [] : [{ from: from.toJSDate(), until: end.minus({ years }).toJSDate() }]
  })
}
