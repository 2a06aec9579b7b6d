import { cosine, type Vector } from '#kernel'
import type { Change, DerivedEdge } from '../change'
import type { DayTrace } from '../phase'

/** That two stand on one day, by its summary, says little of either. */
const SAME_DAY = 0.3
const CAUSE = 0.7
const MOST_PARTICIPANTS = 8
/** Summaries that one is connected with by topic. */
const TOPICS = 2
/** How alike two summaries must be beside what any two are, in standard deviations. */
const ABOVE = 1

/** Each trace of the day to the day's node, which another may have been before; never each to each. Pure. */
export function sameDay(traces: readonly DayTrace[], node: string | undefined, stored: readonly DerivedEdge[]): Change[] {
  if (node === undefined) return []
  const there = new Set(stored.filter((edge) => edge.dst === node).map((edge) => edge.src))
  return [
    ...stored.filter((edge) => edge.dst !== node).map(({ src, dst, type, ...before }): Change => ({ op: 'remove', edge: { src, dst, type }, before })),
    ...traces.filter((t) => !there.has(t.id)).map((t): Change => ({ op: 'create', edge: { src: t.id, dst: node, type: 'same_day', weight: SAME_DAY } })),
  ]
}

const BECAUSE = /^\W*(?:because|'?cause|cuz|since that)\b/i
const THEREFORE = /^\W*(?:(?:and |so )?(?:that's|that is|which is|this is) why|therefore|hence|as a result|consequently)\b/i

/** From cause to effect, where the next turn of an episode says so: "Because…", "That's why…". Pure. */
export function causes(episodes: readonly (readonly DayTrace[])[]): DerivedEdge[] {
  return episodes.flatMap((turns) => turns.slice(1).flatMap((turn, i): DerivedEdge[] => {
    const before = turns[i]!
    // A question is no cause, and no effect.
    if (before.sessionId !== turn.sessionId || /[?？]\s*$/.test(before.content)) return []
    if (BECAUSE.test(turn.content)) return [{ src: turn.id, dst: before.id, type: 'causes', weight: CAUSE }]
    return THEREFORE.test(turn.content) ? [{ src: before.id, dst: turn.id, type: 'causes', weight: CAUSE }] : []
  }))
}

/** A summary, with the direction of what it sums up. */
export interface Node {
  readonly id: string
  readonly vector: Vector
}

/** Summaries of the day to those before, and among themselves, that are about the same. Pure. */
export function sameTopic(fresh: readonly Node[], before: readonly Node[]): DerivedEdge[] {
  const pairs = fresh.flatMap((a, i) => [...fresh.slice(i + 1), ...before].map((b) => ({ a, b, weight: Math.max(0, cosine(a.vector, b.vector)) })))
  const mean = pairs.reduce((sum, { weight }) => sum + weight, 0) / Math.max(1, pairs.length)
  const deviation = Math.sqrt(pairs.reduce((sum, { weight }) => sum + (weight - mean) ** 2, 0) / Math.max(1, pairs.length))
  const kept = new Map<string, number>()
  return pairs.filter(({ weight }) => weight > mean + ABOVE * deviation).sort((x, y) => y.weight - x.weight || (x.b.id < y.b.id ? -1 : 1)).flatMap(({ a, b, weight }): DerivedEdge[] => {
    const used = (id: string): number => kept.get(id) ?? 0
    if (used(a.id) >= TOPICS || used(b.id) >= TOPICS) return []
    for (const { id } of [a, b]) kept.set(id, used(id) + 1)
    return [{ src: a.id, dst: b.id, type: 'same_topic', weight: Math.round(Math.min(1, weight) * 1e4) / 1e4 }]
  })
}

/** Each summary to those who take part in what it sums up: (entities by trace) the speakers, the most talkative first. Pure. */
export function participants(summaries: readonly { readonly id: string; readonly turns: readonly DayTrace[] }[], entityOf: (speaker: string) => string | undefined): DerivedEdge[] {
  return summaries.flatMap(({ id, turns }) => {
    const count = new Map<string, number>()
    for (const { speaker } of turns) {
      const entity = speaker === null ? undefined : entityOf(speaker)
      if (entity !== undefined) count.set(entity, (count.get(entity) ?? 0) + 1)
    }
    const most = [...count].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, MOST_PARTICIPANTS)
    return most.map(([dst, n]): DerivedEdge => ({ src: id, dst, type: 'participant', weight: Math.round(100 * n / turns.length) / 100 }))
  })
}
