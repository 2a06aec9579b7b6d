import type { Language } from './language'
import { STOP_WORDS } from './stop-words'


/** What a text's language seems to be; `sure` is false when a single hint decided. */
export interface Detected {
  readonly language: Language
  readonly sure: boolean
}

const CANDIDATES = ['de', 'fr', 'es', 'pt', 'it', 'nl'] as const
const ENGLISH_BIT = 1 << CANDIDATES.length
const ENGLISH: Detected = { language: 'en', sure: true }
/** More words than this add no certainty. */
const LOOK_AT = 150
const bits = new Map<string, number>()
for (const word of STOP_WORDS.en) bits.set(word, ENGLISH_BIT)
CANDIDATES.forEach((language, i) => {
  for (const word of STOP_WORDS[language]) if (word.length > 1) bits.set(word, (bits.get(word) ?? 0) | (1 << i))
})
/** Letters that one of the languages owns among the eight. */
const LETTERS: readonly (readonly [RegExp, number])[] = [
  [/[ßäöü]/, 1 << 0],
  [/[êœ]/, 1 << 1],
  [/ñ/, 1 << 2],
  [/[ãõ]/, 1 << 3],
]

/**
 * The language of a text in Latin script, told by its function words: no model, no guess from letters alone. English
 * unless another language has clearly more of them. (Cyrillic words are stemmed as Russian whatever the text is.)
 */
export function detect(words: readonly string[]): Detected {
  const hits = new Array<number>(CANDIDATES.length).fill(0)
  let english = 0
  const seen = new Set<string>()
  for (const word of words) {
    if (seen.size >= LOOK_AT) break
    // A lone letter tells nothing: "I" opens English sentences and Italian ones.
    if (word.length === 1 || seen.has(word)) continue
    seen.add(word)
    const mask = bits.get(word)
    if (mask === ENGLISH_BIT) english++
    else if (mask !== undefined) {
      if (mask & ENGLISH_BIT) english++
      for (let i = 0; i < hits.length; i++) if (mask & (1 << i)) hits[i]!++
    }
  }
  const most = Math.max(...hits)
  if (most === 0 || most <= english) return ENGLISH
  const leaders = CANDIDATES.filter((_, i) => hits[i] === most)
  const language = leaders.length === 1 ? leaders[0]! : byLetters(words, leaders)
  return { language, sure: most >= 2 && most - english >= 2 }
}

/** Settles a draw; the first in our order when letters do not tell. */
function byLetters(words: readonly string[], leaders: readonly (typeof CANDIDATES)[number][]): Language {
  const text = words.join(' ')
  for (const [letters, mask] of LETTERS) {
    const owner = leaders.find((language) => mask === 1 << CANDIDATES.indexOf(language))
    if (owner !== undefined && letters.test(text)) return owner
  }
  return leaders[0]!
}
