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

const STEMMERS: Readonly<Record<Exclude<Language, 'en'>, (word: string) => string>> = {
  de: german, fr: french, es: spanish, pt: portuguese, it: italian, nl: dutch, ru: russian,
}
const ORDINAL = /^(\d+)(?:st|nd|rd|th)$/
const LATIN_WORD = /^[a-z]+$/
const CYRILLIC = /\p{Script=Cyrillic}/u
/** Longer than any word; a stemmer's work grows with it. */
const LONGEST = 40
const REMEMBERED = 50_000
const caches = new Map<Language, Map<string, readonly string[]>>()

/**
 * The terms one word is stored and sought under, the most telling first. An English word has one. A word of another
 * language has its own stem and, where that differs, the stem English rules give it: so a short query whose language
 * cannot be told meets texts whose language could.
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

function compute(word: string, language: Language): readonly string[] {
  if (word.length > LONGEST) return [foldAccents(word)]
  if (CYRILLIC.test(word)) return [foldAccents(russian(foldAccents(word)))]
  const folded = foldAccents(word)
  const english = stemEnglish(folded)
  if (language === 'en' || language === 'ru' || !/^\p{Script=Latin}+$/u.test(word)) return [english]
  const date = englishDateWord(word, language)
  const own = date === undefined ? foldAccents(STEMMERS[language](word)) : stemEnglish(date)
  return own === english || own === '' ? [english] : [own, english]
}

function stemEnglish(folded: string): string {
  if (LATIN_WORD.test(folded)) return porter2(folded)
  const ordinal = ORDINAL.exec(folded)
  return ordinal ? ordinal[1]! : folded
}
