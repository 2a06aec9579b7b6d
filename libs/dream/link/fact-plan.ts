import { sentenceOf, slotOf, tripleKey } from '#facts'
import { groups } from '#kernel'
import { nameKey } from '#language'
import type { Change } from '../change'
import type { DayTrace } from '../phase'
import { citationOf, combined, type Evidence, type Fact, startOf } from './fact'
import type { Statement } from './statements'

export interface FactPlanning {
  readonly statements: readonly Statement[]
  /** What was known of the same subjects and predicates. */
  readonly known: readonly Fact[]
  /** Ids of the entities that each trace mentions, by their keys. */
  readonly mentioned: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** The id of a slot, which facts are found by. */
  readonly slotId: (slot: string) => string
  readonly id: (role: string) => string
}

/**
 * What the day's statements make of the facts: a new one, or another source of one that is known, which is surer then. What is said to have held
 * while a closed fact did is a source of that; what is said after it was closed begins a new one. Pure.
 */
export function planFacts({ statements, known, mentioned, slotId, id }: FactPlanning): { changes: Change[]; facts: number; sources: number } {
  const byTriple = groups(known, ({ triple }) => tripleKey(triple))
  const changes: Change[] = []
  let [facts, sources] = [0, 0]
  for (const [key, said] of groups(statements, ({ claim }) => tripleKey(claim.triple))) {
    const there = byTriple.get(key) ?? []
    const fresh: Statement[] = []
    const added = new Map<Fact, Evidence[]>()
    for (const one of said) {
      const evidence = evidenceFrom(one)
      if (there.some((fact) => fact.evidence.some((other) => other.source === evidence.source))) continue
      const home = there.find((fact) => fact.validUntil === null) ?? there.find((fact) => evidence.holds <= fact.validUntil!)
      if (home) added.set(home, [...(added.get(home) ?? []), evidence])
      else fresh.push(one)
    }
    for (const [fact, more] of added) changes.push(...support(fact, distinct(more)))
    if (fresh.length > 0) changes.push(...create(fresh, id(`fact:${key}#${there.length}`), slotId(slotOf(fresh[0]!.claim.triple)), mentioned))
    facts += fresh.length > 0 ? 1 : 0
    sources += [...added.values()].reduce((sum, more) => sum + more.length, 0)
  }
  return { changes, facts, sources }
}

function evidenceFrom({ claim, source, by }: Statement): Evidence {
  return { source: source.id, by, said: source.occurredAt, holds: claim.holds, confidence: claim.confidence, changed: claim.changed, ...(claim.from ? { from: claim.from } : {}) }
}

function distinct(evidence: readonly Evidence[]): Evidence[] {
  return [...new Map(evidence.map((one) => [one.source, one])).values()]
}

function support(fact: Fact, more: readonly Evidence[]): Change[] {
  const all = [...fact.evidence, ...more]
  const [confidence, from] = [combined(all), startOf(all)]
  const surer = confidence === fact.confidence ? [{}, {}] : [{ confidence: fact.confidence }, { confidence }]
  const sooner = from >= fact.validFrom ? [{}, {}] : [{ validFrom: fact.validFrom.toISOString() }, { validFrom: from.toISOString() }]
  const [before, after] = [{ ...surer[0], ...sooner[0] }, { ...surer[1], ...sooner[1] }]
  return [
    ...more.map((one): Change => ({ op: 'create', edge: { src: fact.id, dst: one.source, type: 'derived_from', weight: 1, meta: citationOf(one) } })),
    ...(Object.keys(after).length === 0 ? [] : [{ op: 'update', trace: fact.id, before, after } as const]),
  ]
}

function create(said: readonly Statement[], id: string, slot: string, mentioned: FactPlanning['mentioned']): Change[] {
  const { triple } = said[0]!.claim
  const evidence = distinct(said.map(evidenceFrom))
  const traces = [...new Map(said.map(({ source }) => [source.id, source])).values()]
  const alike = <K extends keyof DayTrace>(field: K): DayTrace[K] | null => (traces.every((t) => t[field] === traces[0]![field]) ? traces[0]![field] : null)
  const names = [nameKey(triple.subject), nameKey(triple.object)]
  const entities = new Set(traces.flatMap((t) => names.flatMap((name) => mentioned.get(t.id)?.get(name) ?? [])))
  return [
    {
      op: 'create',
      trace: {
        id, kind: 'fact', content: sentenceOf(triple), triple, confidence: combined(evidence), sources: traces.map((t) => t.id),
        citations: Object.fromEntries(evidence.map((one) => [one.source, citationOf(one)])),
        occurredAt: traces.at(-1)!.occurredAt, validFrom: startOf(evidence), salience: Math.max(...traces.map((t) => t.salience)),
        retention: alike('retention') ?? 'personal', project: alike('project'), metadata: { origin: 'dream', slot },
      },
    },
    ...[...entities].map((dst): Change => ({ op: 'create', edge: { src: id, dst, type: 'mentions', weight: 1 } })),
  ]
}
