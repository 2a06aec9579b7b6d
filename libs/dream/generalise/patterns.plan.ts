import { derivedUuid } from '#kernel'
import type { Change } from '../change'
import type { Dream } from '../phase'
import { gist } from './gist'
import type { Known } from './knowledge.store'
import type { Pattern } from './patterns'

/** By what a pattern is found again: its key, but not in words that its sources say. */
export function identityOf(userId: string, pattern: Pick<Pattern, 'key'>): string {
  return derivedUuid(userId, `pattern:${pattern.key}`)
}

/** Patterns that the day shows first, and those that it adds to. Pure. @param known live patterns of the same identities */
export function planPatterns(dream: Dream, found: readonly Pattern[], known: readonly Known[]): Change[] {
  const before = new Map(known.map((one) => [one.metadata.identity, one]))
  return found.flatMap((one): Change[] => {
    const identity = identityOf(dream.user.id, one)
    const old = before.get(identity)
    // What a caller has amended is the caller's.
    if (old) return old.metadata.origin === 'dream' ? added(one, old) : []
    return [{
      op: 'create', trace: {
        id: dream.id(`pattern:${identity}`), kind: 'pattern', content: one.content, sources: one.sources, occurredAt: one.at, confidence: one.confidence, speaker: one.holder,
        metadata: { origin: 'dream', kind: one.kind, frequency: one.frequency, identity }, ...gist(dream, one.sources),
      },
    }]
  })
}

/** More of it: what was counted anew counts, what is told statement by statement adds up. */
function added(one: Pattern, old: Known): Change[] {
  const more = one.sources.filter((id) => !old.sources.includes(id))
  if (more.length === 0) return []
  const frequency = Math.max(one.frequency, Number(old.metadata.frequency) + (one.told ? more.length : 0))
  const confidence = Math.max(one.confidence, one.told ? old.confidence : 0)
  return [
    ...more.map((dst): Change => ({ op: 'create', edge: { src: old.id, dst, type: 'derived_from', weight: 1 } })),
    {
      op: 'update', trace: old.id, before: { metadata: old.metadata, confidence: old.confidence }, after: { metadata: { ...old.metadata, frequency }, confidence },
    },
  ]
}
