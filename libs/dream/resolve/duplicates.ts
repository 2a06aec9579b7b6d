import { groups } from '#kernel'
import { canonicalKey, contentWords, fold } from '#language'
import type { DerivedEdge } from '../change'
import type { DayTrace } from '../phase'

/** A text of fewer content words may be said again and again without being the same thing said twice. */
const FEWEST_WORDS = 4
/** Least share of the words of both that two wordings of one thing have in common. */
const LEAST_SHARE = 0.8
/** Words that turn a statement round, in the languages that are stemmed. */
const NEGATION = /^(?:not|no|never|none|nothing|without|cannot|.+n['’]t|nicht|kein\p{L}*|nie|ohne|ne|pas|jamais|sans|nunca|sin|não|sem|non|mai|senza|niet|geen|nooit|zonder|не|нет|никогда|без)$/u

/** An episode that may say what another one says. */
export interface Said {
  readonly id: string
  readonly speaker: string | null
  readonly content: string
  readonly occurredAt: Date
}

/** Whether a text is long enough to be recognised. */
export function isTelling(content: string): boolean {
  return contentWords(content).length >= FEWEST_WORDS
}

/** From each repetition to the oldest that says the same, by the same speaker, where one of both is of the day: both are kept. Pure. */
export function duplicates(traces: readonly DayTrace[], others: readonly Said[]): DerivedEdge[] {
  const day = new Set(traces.map((t) => t.id))
  const all = [...others, ...traces].filter((t) => isTelling(t.content))
  return [...groups(all, ({ speaker, content }) => JSON.stringify([speaker, fold(content)])).values()].flatMap((same) => {
    const [oldest, ...later] = [...same].sort(byAge)
    return later.filter(({ id }) => day.has(id) || day.has(oldest!.id)).map(({ id }): DerivedEdge => edge(id, oldest!.id, 1, 'text'))
  })
}

/**
 * Of pairs that are alike, those that say one thing in nearly the same words, by the same speaker: from the later to the earlier. Numbers and
 * negations are what near wordings differ by when they say something else, and vectors hardly see them. Pure.
 */
export function nearDuplicates(pairs: readonly (readonly [Said, Said])[]): DerivedEdge[] {
  return pairs.flatMap((pair) => {
    const [earlier, later] = [...pair].sort(byAge) as [Said, Said]
    if (earlier.speaker !== later.speaker || !isTelling(earlier.content) || !isTelling(later.content) || fold(earlier.content) === fold(later.content)) return []
    const [a, b] = [earlier, later].map(({ content }) => canonicalKey(content).split(' ')) as [string[], string[]]
    if (turnsOf(a) !== turnsOf(b)) return []
    const [own, other] = [new Set(a), new Set(b)]
    const common = [...own].filter((word) => other.has(word)).length
    const share = Math.round(100 * common / (own.size + other.size - common)) / 100
    return share >= LEAST_SHARE ? [edge(later.id, earlier.id, share, 'words')] : []
  })
}

/** Numbers and negations of a text. */
function turnsOf(words: readonly string[]): string {
  return JSON.stringify([words.filter((word) => /\p{N}/u.test(word)).sort(), words.filter((word) => NEGATION.test(word)).length])
}

function edge(src: string, dst: string, weight: number, matched: 'text' | 'words'): DerivedEdge {
  return { src, dst, type: 'duplicate_of', weight, meta: { matched, share: weight } }
}

function byAge(a: Said, b: Said): number {
  return +a.occurredAt - +b.occurredAt || (a.id < b.id ? -1 : 1)
}
