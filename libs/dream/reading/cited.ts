import { contentWords, entities, words } from '#language'

/** A source as a sentence may cite it. */
export interface CitedSource {
  readonly id: string
  /** What it says. */
  readonly content: string
  /** What is known of it beside its words: who speaks, and when. */
  readonly aside: string
}

/** Something that a model wrote, and the numbers of the sources that it claims to have it from, the first one 1. */
export interface Claimed {
  readonly text: string
  readonly sources: readonly number[]
}

/** Why something that a model wrote was dropped. */
export type Drop = 'uncited' | 'unknown_source' | 'invented' | 'too_long'

/** A sentence with the ids of its sources, or why it is none. */
export type Checked = { readonly text: string; readonly sources: readonly string[] } | { readonly drop: Drop }

/** A sentence of more characters is none. */
const LONGEST = 500
/** Words that say a number; what says none of a source's cannot be from it. */
const NUMBER = /\p{N}+(?:[.,:]\p{N}+)*/gu
const NUMBER_WORDS: Readonly<Record<string, string>> = Object.fromEntries(
  'zero one two three four five six seven eight nine ten eleven twelve'.split(' ').map((word, n) => [String(n), word]))

/**
 * Keeps a sentence only if it cites sources that there are and names nothing that none of them says: a name or number that is in no cited source
 * was invented, or taken from another. A cheap check: a model that twists what the sources say without new names passes it. Pure.
 */
export function checked({ text, sources: numbers }: Claimed, sources: readonly CitedSource[]): Checked {
  const line = text.replace(/\s+/gu, ' ').replace(/\s*[[(](?:sources? )?\d+(?:, ?\d+)*[\])]/giu, '').trim()
  if (numbers.length === 0 || line === '') return { drop: 'uncited' }
  if (line.length > LONGEST) return { drop: 'too_long' }
  const cited = [...new Set(numbers)].map((n) => sources[n - 1])
  if (cited.some((source) => source === undefined)) return { drop: 'unknown_source' }
  const known = cited.map((source) => source!)
  return isGrounded(line, known) ? { text: line, sources: known.map((source) => source.id) } : { drop: 'invented' }
}

/** Whether every name and number of a text is in one of the sources, or in what is known of it. */
export function isGrounded(text: string, sources: readonly CitedSource[]): boolean {
  const said = sources.map((source) => `${source.content}\n${source.aside}`).join('\n')
  const spoken = new Set(words(said))
  const numbers = new Set(said.match(NUMBER) ?? [])
  const terms = new Set(contentWords(said))
  const names = entities(text).flatMap((entity) => words(entity.name))
  return names.every((word) => spoken.has(word) || contentWords(word).every((term) => terms.has(term)))
    && (text.match(NUMBER) ?? []).every((number) => numbers.has(number) || spoken.has(NUMBER_WORDS[number] ?? ''))
}

/** The share of a text's words of content that the sources say, 0..1; 1 for a text without any. */
export function coverage(text: string, sources: readonly CitedSource[]): number {
  const wanted = contentWords(text)
  const said = new Set(sources.flatMap((source) => contentWords(`${source.content}\n${source.aside}`)))
  return wanted.length === 0 ? 1 : wanted.filter((word) => said.has(word)).length / wanted.length
}
