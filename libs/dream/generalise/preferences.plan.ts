import type { Change, DerivedTrace } from '../change'
import type { Dream } from '../phase'
import type { Known } from './knowledge.store'
import { type Preference, confidenceOf, matterOf } from './preferences'
import { gist } from './gist'

/**
 * Preferences that the day teaches: new ones, surer ones, and those in whose favour an older one is closed. What a caller wrote or amended
 * is left alone, and so is what was said after the day. Pure.
 * @param known live preferences about the same matters
 */
export function planPreferences(dream: Dream, found: readonly Preference[], known: readonly Known[]): Change[] {
  return found.flatMap((one): Change[] => {
    const same = known.filter((other) => matterOf(other.holder, other.metadata.key as string) === matterOf(one.holder, one.key))
    if (same.some((other) => other.metadata.origin !== 'dream')) return []
    const latest = same[0]
    const agrees = latest?.metadata.mind === one.mind && (one.mind !== 'is' || latest.metadata.value === one.value)
    if (latest && agrees) return agreed(one, latest)
    if (latest && latest.occurredAt > one.at) return []
    const made = traceOf(dream, one)
    return [{ op: 'create', trace: made }, ...same.map((other): Change => ({ op: 'supersede', trace: other.id, by: made.id, reason: 'a later statement about the same', at: one.at }))]
  })
}

/** What was known is said again: more sources, and surer. */
function agreed(one: Preference, known: Known): Change[] {
  const more = one.sources.filter((id) => !known.sources.includes(id))
  if (more.length === 0) return []
  const all = known.sources.length + more.length
  // The doubt that the first statement left, by as many more.
  const confidence = Math.max(known.confidence, confidenceOf(one.sure, all))
  return [
    ...more.map((dst): Change => ({ op: 'create', edge: { src: known.id, dst, type: 'derived_from', weight: 1 } })),
    ...(confidence === known.confidence ? [] : [{ op: 'update' as const, trace: known.id, before: { confidence: known.confidence }, after: { confidence } }]),
  ]
}

function traceOf(dream: Dream, { holder, key, value, mind, content, sources, at, confidence }: Preference): DerivedTrace {
  return {
    id: dream.id(`preference:${matterOf(holder, key)}`), kind: 'preference', content, sources, occurredAt: at, confidence, speaker: holder,
    metadata: { origin: 'dream', key, value, mind, source: 'conversation' }, ...gist(dream, sources),
  }
}
