import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { slotOf, type Triple } from '#facts'
import { entityUuid, type User } from '#kernel'
import { speakerKey } from '../speakers'
import { evidenceOf, type Fact } from './fact'

/** A fact whose sources have all been corrected, and the correction of one of them. */
export interface Withered {
  readonly fact: string
  readonly by: string
}

interface Row {
  readonly id: string
  readonly triple: Triple
  readonly confidence: number
  readonly validFrom: Date
  readonly validUntil: Date | null
  readonly evidence: readonly { readonly source: string; readonly speaker: string | null; readonly said: string; readonly meta: Record<string, unknown> | null }[]
}

/** The id under which facts that may stand against each other are found. */
export function slotId(user: User, slot: string): string {
  return entityUuid(user.id, `slot:${slot}`)
}

/** What earlier dreams know. */
@Injectable()
export class FactReader {
  constructor(private readonly sql: Sql) {}

  /** Facts that may stand against one of these triples, or say the same, closed ones included; without those that only corrected sources say. */
  async near(user: User, triples: readonly Triple[]): Promise<Fact[]> {
    const slots = [...new Set(triples.map((triple) => JSON.stringify(slotId(user, slotOf(triple)))))]
    if (slots.length === 0) return []
    const rows = await this.sql.many<Row>({ userId: user.id }, `select t.id, t.triple, t.confidence, t.valid_from as "validFrom", t.valid_until as "validUntil",
        jsonb_agg(jsonb_build_object('source', s.id, 'speaker', s.speaker, 'said', s.occurred_at, 'meta', e.meta) order by s.occurred_at, s.id) as evidence
      from memory_path p join memory_trace t on t.user_id = $1 and t.id = p.trace_id
        join memory_edge e on e.user_id = $1 and e.src = t.id and e.type = 'derived_from' join memory_trace s on s.user_id = $1 and s.id = e.dst
      where p.user_id = $1 and p.path = 'slot' and p.value = any($2::text[]) and t.kind = 'fact' and t.triple is not null and t.source->>'dream' is not null
        and s.superseded_by is null
      group by t.user_id, t.id order by t.created_at, t.id`, [user.id, slots])
    return rows.map(({ evidence, ...fact }) => ({
      ...fact,
      evidence: evidence.map(({ source, speaker, said, meta }) => evidenceOf(meta, { source, said: new Date(said), by: speakerKey(speaker) })),
    }))
  }

  /** What these facts say. */
  async triples(user: User, ids: readonly string[]): Promise<Triple[]> {
    if (ids.length === 0) return []
    const rows = await this.sql.many<{ triple: Triple }>({ userId: user.id },
      'select triple from memory_trace where user_id = $1 and id = any($2::uuid[]) and triple is not null order by id', [user.id, ids])
    return rows.map((row) => row.triple)
  }

  /** Open facts all of whose sources were corrected, one of them by one of these traces. */
  async withered(user: User, ids: readonly string[]): Promise<Withered[]> {
    return this.sql.many<Withered>({ userId: user.id }, `select t.id as fact, min(s.superseded_by::text) as by
      from memory_trace s join memory_edge e on e.user_id = $1 and e.dst = s.id and e.type = 'derived_from' join memory_trace t on t.user_id = $1 and t.id = e.src
      where s.user_id = $1 and s.superseded_by = any($2::uuid[]) and t.kind = 'fact' and t.source->>'dream' is not null and t.superseded_by is null
        and not exists (select from memory_edge o join memory_trace l on l.user_id = $1 and l.id = o.dst
          where o.user_id = $1 and o.src = t.id and o.type = 'derived_from' and l.superseded_by is null)
      group by t.id order by t.id`, [user.id, ids])
  }
}
