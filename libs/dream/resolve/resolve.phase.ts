import { Injectable } from '@nestjs/common'
import { tripleKey } from '#facts'
import type { Change, Planned } from '../change'
import { evidenceOf, type Evidence, type Fact } from '../link/fact'
import { FactReader, type Withered } from '../link/fact.reader'
import { type DayTrace, type Dream, DreamPhase, type PhasePlan } from '../phase'
import { speakerKey } from '../speakers'
import { duplicates, nearDuplicates, type Said } from './duplicates'
import { DuplicateReader } from './duplicate.reader'
import { settle, touched } from './settle'

interface Read {
  readonly known: readonly Fact[]
  readonly withered: readonly Withered[]
  readonly same: readonly Said[]
  readonly alike: readonly (readonly [Said, Said])[]
}

/** What stands against each other: repetitions, facts that newer ones end, contradictions, facts whose sources were corrected. Episodes are never changed. */
@Injectable()
export class ResolvePhase extends DreamPhase<Read> {
  readonly name = 'resolve'

  constructor(private readonly facts: FactReader, private readonly doubles: DuplicateReader) {
    super()
  }

  async read(dream: Dream): Promise<Read> {
    const { user, planned, traces } = dream
    const supported = new Set(planned.edges('derived_from').map((edge) => edge.src))
    const fresh = planned.traces('fact').flatMap((t) => t.triple ?? [])
    return {
      known: await this.facts.near(user, [...fresh, ...await this.facts.triples(user, [...supported])]),
      withered: await this.facts.withered(user, traces.map((t) => t.id)),
      same: await this.doubles.same(dream),
      alike: await this.doubles.alike(dream),
    }
  }

  plan({ planned, traces }: Dream, { known, withered, same, alike }: Read): PhasePlan {
    const all = withPlanned(known, planned, traces)
    const keys = new Set(all.filter((fact) => fact.moved).map((fact) => tripleKey(fact.triple)))
    const { changes, superseded, contradictions } = settle(touched(all, keys))
    const doubles = [...duplicates(traces, same), ...nearDuplicates(alike)]
    const closed = planned.superseded()
    const revived = new Set(planned.edges('derived_from').map((edge) => edge.src))
    const ended = withered.filter(({ fact }) => !closed.has(fact) && !revived.has(fact))
    return {
      changes: [
        ...changes,
        ...ended.map(({ fact, by }): Change => ({ op: 'supersede', trace: fact, by, reason: 'what it was derived from was corrected' })),
        ...doubles.map((edge): Change => ({ op: 'create', edge })),
      ],
      counts: { superseded, contradictions, corrected: ended.length, duplicates: doubles.length },
    }
  }
}

/** The facts as they will be when what is planned is done; `moved` are those that it makes or gives a source. */
function withPlanned(known: readonly Fact[], planned: Planned, traces: readonly DayTrace[]): (Fact & { readonly moved: boolean })[] {
  const day = new Map(traces.map((t) => [t.id, t]))
  const evidence = (source: string, meta: Readonly<Record<string, unknown>> | undefined): Evidence[] => {
    const trace = day.get(source)
    return trace ? [evidenceOf(meta, { source, said: trace.occurredAt, by: speakerKey(trace.speaker) })] : []
  }
  const more = planned.edges('derived_from')
  const old = known.map((fact) => {
    const added = more.filter((edge) => edge.src === fact.id).flatMap((edge) => evidence(edge.dst, edge.meta))
    return { ...fact, evidence: [...fact.evidence, ...added], moved: added.length > 0 }
  })
  const fresh = planned.traces('fact').flatMap(({ id, triple, confidence = 1, sources, citations, occurredAt, validFrom = occurredAt, validUntil = null }) => {
    const all = sources.flatMap((source) => evidence(source, citations?.[source]))
    return triple === undefined || all.length === 0 ? [] : [{ id, triple, confidence, evidence: all, validFrom, validUntil, moved: true }]
  })
  return [...old, ...fresh]
}
