import type { Language } from './language'
import { known } from './names'
import { STOP_WORDS } from './stop-words'

/** What a text's language seems to be; `sure` is false when too little speaks for it. */
export interface Detected {
  readonly language: Language
  readonly sure: boolean
}

const CANDIDATES = ['de', 'fr', 'es', 'pt', 'it', 'nl'] as const
type Candidate = (typeof CANDIDATES)[number]
const ENGLISH_BIT = 1 << CANDIDATES.length
const ENGLISH: Detected = { language: 'en', sure: true }
const UNKNOWN: Detected = { language: 'en', sure: false }
/** More words than this add no certainty. */
const LOOK_AT = 150
const bits = new Map<string, number>()
for (const word of STOP_WORDS.en) bits.set(word, ENGLISH_BIT)
CANDIDATES.forEach((language, i) => {
  for (const word of STOP_WORDS[language]) bits.set(word, (bits.get(word) ?? 0) | (1 << i))
})
/** Letters beyond a to z that a language writes. */
const LETTERS: Readonly<Record<Candidate, string>> = {
  de: 'äöüß', fr: 'àâæçéèêëîïôœùûü', es: 'áéíñóúü', pt: 'áâãàçéêíóôõú', it: 'àèéìíîòóù', nl: 'áéèêëïóöü',
}
/** Letters that one of the languages owns among the eight. */
const OWN_LETTERS: readonly (readonly [RegExp, Candidate])[] = [[/[ßäöü]/, 'de'], [/[êœ]/, 'fr'], [/ñ/, 'es'], [/[ãõ]/, 'pt']]

/**
 * The language of a text in Latin script, told by its function words: no model, no guess from letters alone. English
 * unless another language has clearly more of them; sure of it when one of its words is no other language's.
 * (Cyrillic words are stemmed as Russian whatever the text is.)
 */
export function detect(words: readonly string[]): Detected {
  const hits = new Array<number>(CANDIDATES.length).fill(0)
  let english = 0
  let onlyEnglish = false
  const seen = new Set<string>()
  for (const word of words) {
    if (seen.size >= LOOK_AT) break
    // A lone plain letter tells nothing: "I" opens English sentences and Italian ones.
    if (seen.has(word) || /^[a-z]$/.test(word)) continue
    seen.add(word)
    const mask = bits.get(word)
    if (mask === undefined) continue
    if (mask & ENGLISH_BIT) english++
    if (mask === ENGLISH_BIT) onlyEnglish = true
    else for (let i = 0; i < hits.length; i++) if (mask & (1 << i)) hits[i]!++
  }
  const most = Math.max(...hits)
  if (most <= english) return onlyEnglish ? ENGLISH : UNKNOWN
  const leaders = CANDIDATES.filter((_, i) => hits[i] === most)
  const language = leaders.length === 1 ? leaders[0]! : byLetters(words, leaders)
  return { language, sure: most >= 2 && most - english >= 2 }
}

/**
 * The languages other than English that a text may be in, for all that its letters say; none when a dictionary knows all of its words as
 * plain English ones.
 */
export function plausible(words: readonly string[]): readonly Language[] {
  const foreign = new Set(words.join('').replace(/[\x00-\x7f]/g, ''))
  if (foreign.size === 0 && words.every(isEnglish)) return []
  return CANDIDATES.filter((language) => [...foreign].every((letter) => LETTERS[language].includes(letter)))
}

function isEnglish(word: string): boolean {
  const kind = known(word)
  return kind === 'common' || kind === 'function' || /\d/.test(word) || word.length === 1
}

/** Settles a draw; the first in our order when letters do not tell. */
function byLetters(words: readonly string[], leaders: readonly Candidate[]): Language {
  const text = words.join(' ')
  for (const [letters, owner] of OWN_LETTERS) if (leaders.includes(owner) && letters.test(text)) return owner
  return leaders[0]!
}
