import { groups } from '#kernel'
import { canonicalKey, fold, isDistinctive, negations, words } from '#language'
import type { DerivedEdge } from '../change'
import type { DayTrace } from '../phase'

/** Least share of the words of both that two wordings of one thing have in common. */
const LEAST_SHARE = 0.8

/** An episode that may say what another one says. */
export interface Said {
  readonly id: string
  readonly speaker: string | null
  readonly content: string
  readonly occurredAt: Date
}

/** From each repetition to the oldest that says the same, by the same speaker, where one of both is of the day: both are kept. Pure. */
export function duplicates(traces: readonly DayTrace[], others: readonly Said[]): DerivedEdge[] {
  const day = new Set(traces.map((t) => t.id))
  const all = [...others, ...traces].filter((t) => isDistinctive(t.content))
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
    if (earlier.speaker !== later.speaker || !isDistinctive(earlier.content) || !isDistinctive(later.content) || fold(earlier.content) === fold(later.content)) return []
    if (turnsOf(earlier.content) !== turnsOf(later.content)) return []
    const [own, other] = [earlier, later].map(({ content }) => new Set(canonicalKey(content).split(' '))) as [Set<string>, Set<string>]
    const common = [...own].filter((word) => other.has(word)).length
    const share = Math.round(100 * common / (own.size + other.size - common)) / 100
    return share >= LEAST_SHARE ? [edge(later.id, earlier.id, share, 'words')] : []
  })
}

/** Numbers and negations of a text. */
function turnsOf(content: string): string {
  const numbers = canonicalKey(content).split(' ').filter((word) => /\p{N}/u.test(word)).sort()
  return JSON.stringify([numbers, negations(words(content)).length])
}

function edge(src: string, dst: string, weight: number, matched: 'text' | 'words'): DerivedEdge {
  return { src, dst, type: 'duplicate_of', weight, meta: { matched, share: weight } }
}

function byAge(a: Said, b: Said): number {
  return +a.occurredAt - +b.occurredAt || (a.id < b.id ? -1 : 1)
}
