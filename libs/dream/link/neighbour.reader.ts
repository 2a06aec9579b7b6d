import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { liveSql, VectorReader } from '#episodic-memory'
import type { DerivedEdge } from '../change'
import type { Dream } from '../phase'
import type { Candidate } from './likeness'
import type { Node } from './day-edges'

/** Names of the day by which earlier memories are found, newest memories of each, and all of them, at most. */
const NAMES = 50
const EACH_NAME = 20
const EARLIER = 300
/** Earlier summaries that the day's are compared with. */
const SUMMARIES = 60

/** A trace mentions an entity. */
export interface Mention {
  readonly trace: string
  readonly entity: string
  readonly key: string
}

/** What the day touches in the user's memory, within bounds whatever its size. */
@Injectable()
export class NeighbourReader {
  constructor(private readonly sql: Sql, private readonly vectors: VectorReader) {}

  /** Whom and what the traces of the day name. */
  async mentions({ user, traces }: Dream): Promise<Mention[]> {
    return this.sql.many<Mention>({ userId: user.id }, `select e.src as trace, e.dst as entity, t.meta->>'key' as key from memory_edge e
      join memory_trace t on t.user_id = $1 and t.id = e.dst where e.user_id = $1 and e.src = any($2::uuid[]) and e.type = 'mentions' and t.kind = 'entity'
      order by 1, 2`, [user.id, traces.map((t) => t.id)])
  }

  /** Live episodes of other days that name one of these entities, with their vectors; the newest of each. */
  async earlier({ user, now, traces }: Dream, entities: readonly string[]): Promise<Candidate[]> {
    if (entities.length === 0) return []
    const rows = await this.sql.many<{ id: string }>({ userId: user.id }, `select distinct t.id from unnest($2::uuid[]) as n(entity)
        cross join lateral (select src from memory_edge where user_id = $1 and dst = n.entity and type = 'mentions' order by weight desc, src desc limit ${EACH_NAME}) e
        join memory_trace t on t.user_id = $1 and t.id = e.src
      where t.kind = 'episode' and t.id <> all($3::uuid[]) and t.expires_at is null and ${liveSql('$4::timestamptz')} order by t.id desc limit ${EARLIER}`,
    [user.id, entities.slice(0, NAMES), traces.map((t) => t.id), now])
    return [...await this.vectors.of(user, rows.map((row) => row.id))].map(([id, vector]) => ({ id, vector, fresh: false }))
  }

  /** The latest summaries of other days that dreams have made. */
  async summaries({ user, day, now }: Dream): Promise<Node[]> {
    const rows = await this.sql.many<{ id: string }>({ userId: user.id }, `select t.id from memory_trace t
      where t.user_id = $1 and t.kind = 'summary' and t.source->>'dream' is not null and t.meta->>'day' <> $2 and ${liveSql('$3::timestamptz')}
      order by t.occurred_at desc, t.id desc limit ${SUMMARIES}`, [user.id, day, now])
    return [...await this.vectors.of(user, rows.map((row) => row.id))].map(([id, vector]) => ({ id, vector }))
  }

  /** Edges from the traces of the day to what was its node before. */
  async sameDay({ user, traces }: Dream): Promise<DerivedEdge[]> {
    const rows = await this.sql.many<DerivedEdge & { meta: DerivedEdge['meta'] | null }>({ userId: user.id },
      `select src, dst, type, weight, meta from memory_edge where user_id = $1 and src = any($2::uuid[]) and type = 'same_day' order by 1, 2`,
      [user.id, traces.map((t) => t.id)])
    return rows.map(({ meta, ...edge }) => (meta ? { ...edge, meta } : edge))
  }
}
