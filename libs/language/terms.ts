import { compoundParts } from './compounds'
import { type Detected, detect, plausible } from './detect'
import type { Found, Language } from './language'
import { dateWords } from './dates'
import { type Part, parts, WORD } from './numbers'
import { isUnspaced, pairs } from './scripts'
import { stems } from './stem'
import { STOP_WORDS } from './stop-words'

const ASCII = /^[\x00-\x7f]*$/
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/g
/** French and Italian articles run into the next word: l'ami, dell'arte. */
const ELISION = /(?<![\p{L}\p{N}'])(?:l|d|j|qu|c|n|m|t|s|un|dell|nell|all|dall|sull|quell|quest|lorsqu|jusqu|puisqu)'(?=[aeiouhàâèéêîïôœæ])/gu
const SENTENCE_END = /(?<=[.!?…])\s+|[\n\r。！？]+/u

/**
 * The words a text is found by: stemmed, stop words removed, in order, repeated as often as they occur. The same function serves memories
 * and queries. A sentence that is clearly German, French, Spanish, Portuguese, Italian or Dutch, or stands in a text that is, is stemmed by
 * that language's rules, and every word whose English stem differs is given under that too. One that could be of several languages
 * is stemmed by each, so that a question of two words meets what it means. Cyrillic is stemmed as Russian; Chinese, Japanese, Korean and Thai
 * become pairs of characters; German compounds are found by their parts, numbers, dates and addresses as wholes.
 */
export function terms(text: string): string[] {
  return analyse(text).flatMap(({ own, parts }) => [...own, ...parts])
}

/** A term to look for. Terms of one word of the question have one number: any of them is that word. */
export interface Sought {
  readonly term: string
  readonly word: number
}

/** The distinct terms of a question, numbered by the word that they stand for; a part of a compound is a word of its own. */
export function soughtTerms(text: string): Sought[] {
  const out = new Map<string, number>()
  let word = 0
  for (const { own, parts } of analyse(text)) {
    word++
    for (const term of own) if (!out.has(term)) out.set(term, word)
    for (const term of parts) if (!out.has(term)) out.set(term, ++word)
  }
  return [...out].map(([term, word]) => ({ term, word }))
}

/** The number of words in a text without stop words: its length, whatever forms each word is found by. */
export function wordCount(text: string): number {
  return analyse(text).length
}

/** How often the speaker's name and the date count as words of a trace (measured: 1 to 2 are alike). */
const CONTEXT_WORD_COUNT = 2

/** Words of a trace with their counts: its own, and those of its context (speaker, date), which count as said twice. */
export function termCounts(own: readonly string[], context: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const term of own) counts.set(term, (counts.get(term) ?? 0) + 1)
  for (const term of new Set(context)) counts.set(term, (counts.get(term) ?? 0) + CONTEXT_WORD_COUNT)
  return counts
}

/** The distinct words of content in a text, in order, each by its most telling term; all of them are in terms(). */
export function contentWords(text: string): string[] {
  return [...new Set(analyse(text).map(({ own }) => own[0]!))]
}

/**
 * Whether a text contains every content word of a query, by any of a word's terms, so that it holds across an
 * uncertain language; a part of a compound is not the word. False for a query without content words.
 */
export function containsContentWords(text: string, query: string): boolean {
  const wanted = analyse(query)
  if (wanted.length === 0) return false
  const present = new Set(terms(text))
  return wanted.every(({ own }) => own.some((term) => present.has(term)))
}

/** The terms under which a day is found: its number, month, year and weekday, as terms() would give them. */
export function dateTerms(date: Date, timeZone: string): string[] {
  return dateWords(date, timeZone).map((word) => stems(word.toLowerCase(), 'en')[0]!)
}

/** Lower-case words, before stop words are removed and stems taken. */
export function words(text: string): string[] {
  return clean(text).match(WORD) ?? []
}

/** In lower case and one form of Unicode, without apostrophes. */
function clean(text: string): string {
  const ascii = ASCII.test(text)
  let lower = (ascii ? text : text.replace(INVISIBLE, '').replace(/[’‘ʼ´]/g, "'").normalize('NFKC')).toLowerCase()
  if (!ascii) lower = lower.normalize('NFC')
  if (lower.includes('`')) lower = lower.replace(/`/g, "'")
  if (lower.includes("'")) lower = lower.replace(/'s(?![\p{L}\p{N}])/gu, '').replace(ELISION, '').replace(/'/g, '')
  return lower
}

/** Each content word of a text with its terms. */
function analyse(text: string): Found[] {
  const sentences = text.split(SENTENCE_END).map((sentence) => parts(clean(sentence)))
  const all = sentences.flat().filter(isWord)
  const whole = detect(all)
  let uncertain: readonly Language[] | undefined
  const out: Found[] = []
  for (const sentence of sentences) {
    const own = sentences.length === 1 ? whole : detect(sentence.filter(isWord))
    const told = own.sure ? own : whole.sure ? whole : { ...own, sure: false }
    const languages = told.sure ? [told.language] : (uncertain ??= ['en', ...plausible(all)])
    for (const part of sentence) find(part, told, languages, out)
  }
  return out
}

function isWord(part: Part): part is string {
  return typeof part === 'string'
}

function find(part: Part, told: Detected, languages: readonly Language[], out: Found[]): void {
  if (!isWord(part)) out.push({ own: part.map((term) => stems(term, 'en')[0]!), parts: [] })
  // One hint may be a name (Los Angeles, Die Hard): stem by it, but drop nothing for it.
  else if (STOP_WORDS[told.sure ? told.language : 'en'].has(part)) return
  else if (isUnspaced(part)) out.push(...pairs(part, (run) => [{ own: stems(run, told.language), parts: [] }]))
  else if (!STOP_WORDS.ru.has(part)) out.push(...word(part, languages))
}

/** A sign that only lengthens (the Arabic tatweel) folds to nothing, and is none. */
function word(text: string, languages: readonly Language[]): Found[] {
  const [first, ...others] = languages
  const own = others.length === 0 ? stems(text, first!) : [...new Set(languages.flatMap((language) => stems(text, language)))]
  if (own.length === 0 || own[0] === '') return []
  return [{ own, parts: languages.includes('de') ? compoundParts(text) : [] }]
}
