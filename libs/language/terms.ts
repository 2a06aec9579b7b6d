import { detect } from './detect'
import type { Language } from './language'
import { dateWords } from './dates'
import { stems } from './stem'
import { STOP_WORDS } from './stop-words'

const ASCII = /^[\x00-\x7f]*$/
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/g
/** French and Italian articles run into the next word: l'ami, dell'arte. */
const ELISION = /(?<![\p{L}\p{N}'])(?:l|d|j|qu|c|n|m|t|s|un|dell|nell|all|dall|sull|quell|quest|lorsqu|jusqu|puisqu)'(?=[aeiouhàâèéêîïôœæ])/gu
/** Scripts written without spaces, and Korean, whose endings cling to the word. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]/u
const RUNS = /[\p{Script=Han}々]+|\p{Script=Hiragana}+|[\p{Script=Katakana}ー]+|\p{Script=Hangul}+|[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{M}]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々]+/gu
/** Chinese characters that mostly join words. Text is cut at them, in queries as in memories, so nothing is lost by it. */
const PARTICLES = /[的了是在吗呢吧啊我你他她它们和与也很都就这那有不]/u

/**
 * The words a text is found by: stemmed, stop words removed, in order, repeated as often as they occur. The same
 * function serves memories and queries. A text that is clearly German, French, Spanish, Portuguese, Italian or Dutch
 * is stemmed by that language's rules, and every word whose English stem differs is given under that too; Cyrillic is
 * stemmed as Russian; Chinese, Japanese, Korean and Thai become pairs of characters.
 */
export function terms(text: string): string[] {
  const out: string[] = []
  for (const variants of analyse(text)) for (const term of variants) out.push(term)
  return out
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
  const out = new Set<string>()
  for (const variants of analyse(text)) out.add(variants[0]!)
  return [...out]
}

/**
 * Whether a text contains every content word of a query, by any of a word's terms, so that it holds across an
 * uncertain language. False for a query without content words.
 */
export function containsContentWords(text: string, query: string): boolean {
  const wanted = analyse(query)
  if (wanted.length === 0) return false
  const present = new Set(terms(text))
  return wanted.every((variants) => variants.some((term) => present.has(term)))
}

/** The terms under which a day is found: its number, month, year and weekday, as terms() would give them. */
export function dateTerms(date: Date, timeZone: string): string[] {
  return dateWords(date, timeZone).map((word) => stems(word.toLowerCase(), 'en')[0]!)
}

/** Lower-case words, before stop words are removed and stems taken. */
export function words(text: string): string[] {
  const ascii = ASCII.test(text)
  let lower = (ascii ? text : text.replace(INVISIBLE, '').replace(/[’‘ʼ´]/g, "'").normalize('NFKC')).toLowerCase()
  if (!ascii) lower = lower.normalize('NFC')
  if (lower.includes('`')) lower = lower.replace(/`/g, "'")
  if (lower.includes("'")) lower = lower.replace(/'s(?![\p{L}\p{N}])/gu, '').replace(ELISION, '').replace(/'/g, '')
  return lower.match(WORD) ?? []
}

/** Each content word of a text with its terms. */
function analyse(text: string): (readonly string[])[] {
  const all = words(text)
  const { language, sure } = detect(all)
  const stop = STOP_WORDS[language]
  const out: (readonly string[])[] = []
  for (const word of all) {
    // One hint may be a name (Los Angeles, Die Hard): stem by it, but drop nothing for it.
    if (sure ? stop.has(word) : STOP_WORDS.en.has(word)) continue
    if (word.charCodeAt(0) < 0x370 && word.charCodeAt(word.length - 1) < 0x370) out.push(stems(word, language))
    else other(word, language, out)
  }
  return out
}

function other(word: string, language: Language, out: (readonly string[])[]): void {
  if (!UNSPACED.test(word)) {
    if (!STOP_WORDS.ru.has(word)) add(stems(word, language), out)
    return
  }
  for (const run of word.match(RUNS) ?? []) {
    // A mark that was cut from its character says nothing.
    if (/^\p{M}+$/u.test(run)) continue
    if (!UNSPACED.test(run)) add(stems(run, language), out)
    else for (const piece of run.split(PARTICLES)) pairs(piece, out)
  }
}

/** A sign that only lengthens (the Arabic tatweel) folds to nothing. */
function add(variants: readonly string[], out: (readonly string[])[]): void {
  const left = variants.filter((term) => term !== '')
  if (left.length > 0) out.push(left)
}

function pairs(run: string, out: (readonly string[])[]): void {
  const chars = [...run]
  // A lone Hiragana is a particle or an ending; a lone character of another script is a word.
  if (chars.length === 1 && !/\p{Script=Hiragana}/u.test(run)) out.push([run])
  for (let i = 0; i + 1 < chars.length; i++) out.push([chars[i]! + chars[i + 1]!])
}
