import type { Found } from './language'

/** Scripts written without spaces, and Korean, whose endings cling to the word. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]/u
const RUNS = /[\p{Script=Han}々]+|\p{Script=Hiragana}+|[\p{Script=Katakana}ー]+|\p{Script=Hangul}+|[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{M}]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々]+/gu
/** Chinese characters that mostly join words. Text is cut at them, in queries as in memories, so nothing is lost by it. */
const PARTICLES = /[的了是在吗呢吧啊我你他她它们和与也很都就这那有不]/u
/** Korean endings that make a word of one syllable two: 집에 (at the house). */
const KOREAN_ENDING = /^(\p{Script=Hangul})(?:은|는|이|가|을|를|의|에|에서|에게|도|와|과|로|으로|만|까지|부터|랑)$/u
/** Signs that stand on or after a letter belong to it: Thai and its neighbours write vowels and tones so. */
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Whether a word has characters of such a script. */
export function isUnspaced(word: string): boolean {
  return UNSPACED.test(word)
}

/**
 * The pairs of characters that such a word is found by, and characters alone as their parts; runs in other scripts go to `other`. Pairs
 * need no dictionary, so that a newer one never makes stored words unfindable.
 */
export function pairs(word: string, other: (run: string) => readonly Found[]): Found[] {
  const out: Found[] = []
  for (const run of word.match(RUNS) ?? []) {
    // A mark that was cut from its character says nothing.
    if (/^\p{M}+$/u.test(run)) continue
    if (!isUnspaced(run)) out.push(...other(run))
    else for (const piece of run.split(PARTICLES)) out.push(...pairsOf(piece))
  }
  return out
}

function pairsOf(piece: string): Found[] {
  const chars = Array.from(graphemes.segment(piece), ({ segment }) => segment)
  // A lone Hiragana is a particle or an ending; a lone character of another script is a word.
  if (chars.length === 1) return /\p{Script=Hiragana}/u.test(piece) ? [] : [{ own: [piece], parts: [] }]
  const alone = /^[\p{Script=Han}々]/u.test(piece) ? chars : (KOREAN_ENDING.exec(piece)?.slice(1, 2) ?? [])
  return chars.slice(1).map((char, i) => ({ own: [chars[i]! + char], parts: i === 0 ? alone : [] }))
}
