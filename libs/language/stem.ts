import porter2 = require('wink-porter2-stemmer')
import { stemmer as german } from '@orama/stemmers/german'
import { stemmer as french } from '@orama/stemmers/french'
import { stemmer as spanish } from '@orama/stemmers/spanish'
import { stemmer as portuguese } from '@orama/stemmers/portuguese'
import { stemmer as italian } from '@orama/stemmers/italian'
import { stemmer as dutch } from '@orama/stemmers/dutch'
import { stemmer as russian } from '@orama/stemmers/russian'
import type { Language } from './language'
import { foldAccents } from './fold'
import { englishDateWord } from './dates'

type Foreign = Exclude<Language, 'en'>
type Rules = readonly (readonly [RegExp, string])[]

const STEMMERS: Readonly<Record<Foreign, (word: string) => string>> = {
  de: german, fr: french, es: spanish, pt: portuguese, it: italian, nl: dutch, ru: russian,
}
/** What Snowball's rules leave apart, before and after them. They need not make words, only the same of a word's forms. */
const BEFORE: Readonly<Partial<Record<Foreign, Rules>>> = {
  // Umlauts as typed without them: Muenchen. As in Snowball's second German stemmer.
  de: [[/(?<![aeiouyq])ue/g, 'ü'], [/(?<![aeiouy])oe/g, 'ö'], [/(?<![aeiouy])ae/g, 'ä']],
  // corações, pães; animais, hotéis, lençóis.
  pt: [[/(?:[õo]e|[ãa]e|ão|ao)s?$/, 'ao'], [/(?<=.{2})ais$/, 'al'], [/(?<=.{2})éis$/, 'el'], [/(?<=.{2})óis$/, 'ol']],
  // luces, felices.
  es: [[/(?<=.{2})ces$/, 'z']],
}
const AFTER: Readonly<Partial<Record<Foreign, Rules>>> = {
  // huizen, brieven; zussen; woont beside wonen.
  nl: [[/(?<=.{3})t$/, ''], [/([a-z])\1$/, '$1'], [/([aeou])\1(?=[^aeiou]$)/, '$1'], [/z$/, 's'], [/v$/, 'f']],
  // gatto, ginocchio.
  it: [[/([a-z])\1$/, '$1'], [/(?<=c)ch$|(?<=g)h$/, '']],
  // кошек, люблю; знаешь.
  ru: [[/(?<=[^аеиоуыэюя])[еоё]к$/, 'к'], [/(?<=[бпвмф])л$/, '']],
}
/** Stems that want a second pass: fietsen leaves fiets, and fiets fiet; работаю leaves работа. */
const LEAVES: Readonly<Partial<Record<Foreign, RegExp>>> = { nl: /s$/, ru: /[аеиоуыэюя]$/ }
const ORDINAL = /^(\d+)(?:st|nd|rd|th)$/
const LATIN_WORD = /^[a-z]+$/
const LATIN = /^\p{Script=Latin}+$/u
const CYRILLIC = /\p{Script=Cyrillic}/u
/** Longer than any word; a stemmer's work grows with it. */
const LONGEST = 40
const REMEMBERED = 50_000
const caches = new Map<Language, Map<string, readonly string[]>>()

/**
 * The terms one word is stored and sought under, the most telling first. An English word has one. A word of another
 * language has its own stem (of the word as written and without its accents, where that differs), the English name of a month or a
 * weekday, and the stem that English rules give it: so a short query whose language cannot be told meets texts whose language could.
 */
export function stems(word: string, language: Language): readonly string[] {
  let cache = caches.get(language)
  if (cache === undefined) caches.set(language, (cache = new Map()))
  let found = cache.get(word)
  if (found === undefined) {
    if (cache.size >= REMEMBERED) cache.clear()
    cache.set(word, (found = compute(word, language)))
  }
  return found
}

/** The stem of a word by the rules of a language other than English, without accents. Lower case. */
export function ownStem(word: string, language: Foreign): string {
  const stem = STEMMERS[language](apply(BEFORE[language], word))
  return apply(AFTER[language], foldAccents(LEAVES[language]?.test(stem) ? STEMMERS[language](stem) : stem))
}

function compute(word: string, language: Language): readonly string[] {
  if (word.length > LONGEST) return [foldAccents(word)]
  const folded = foldAccents(word)
  if (CYRILLIC.test(word)) return distinct([ownStem(folded, 'ru'), englishDate(folded, 'ru')])
  const english = stemEnglish(folded)
  if (language === 'en' || language === 'ru' || !LATIN.test(word)) return [english]
  const date = englishDate(word, language)
  if (date !== undefined) return distinct([date, english])
  return distinct([ownStem(word, language), ownStem(folded, language), english])
}

function englishDate(word: string, language: Language): string | undefined {
  const date = englishDateWord(word, language)
  return date === undefined ? undefined : stemEnglish(date)
}

function distinct(terms: readonly (string | undefined)[]): string[] {
  return [...new Set(terms)].filter((term) => term !== undefined && term !== '') as string[]
}

function apply(rules: Rules | undefined, word: string): string {
  return (rules ?? []).reduce((now, [from, to]) => now.replace(from, to), word)
}

function stemEnglish(folded: string): string {
  if (LATIN_WORD.test(folded)) return porter2(folded)
  const ordinal = ORDINAL.exec(folded)
  return ordinal ? ordinal[1]! : folded
}
