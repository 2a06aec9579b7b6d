import { Injectable } from '@nestjs/common'
import { Sql, vectorValues } from '#database'
import { EmbeddingStore, liveSql, TraceVectors } from '#episodic-memory'
import type { User, Vector } from '#kernel'
import { direction } from '../direction'

/** So many of the newest episodes say what is usual: enough for a mean, little to read. */
const USUAL = 300

export interface Weight {
  readonly id: string
  /** As it was before any dream weighed it. */
  readonly first: number
  /** As it is. */
  readonly now: number
  /** Edges that say something about it: not that it follows another turn, nor what was derived from it. */
  readonly degree: number
}

/** What weighing needs to know. */
@Injectable()
export class WeighReader {
  constructor(private readonly sql: Sql, private readonly embeddings: EmbeddingStore, private readonly vectors: TraceVectors) {}

  /** Those of the traces whose salience nobody gave. */
  async weights(user: User, ids: readonly string[]): Promise<Weight[]> {
    return this.sql.many<Weight>({ userId: user.id }, `select t.id, coalesce(t.first_salience, t.salience) as first, t.salience as now,
        (select count(*) from memory_edge e where e.user_id = $1 and e.src = t.id and e.type not in ('next', 'supersedes'))::int
        + (select count(*) from memory_edge e where e.user_id = $1 and e.dst = t.id and e.type not in ('next', 'supersedes', 'derived_from'))::int as degree
      from memory_trace t where t.user_id = $1 and t.id = any($2::uuid[]) and not t.salience_given`, [user.id, ids])
  }

  /** The direction of what the user says usually: the mean of the newest episodes until an instant; undefined when none has a vector. */
  async usual(user: User, until: Date, now: Date): Promise<Vector | undefined> {
    // By key, fenced: a join would go over all of the user's vectors, of every month.
    const row = await this.sql.one<{ mean: Buffer | null }>({ userId: user.id }, `select ${this.embeddings.type}_send(avg(e.vec)) as mean from (
        select t.id, t.occurred_at from memory_trace t where t.user_id = $1 and t.kind = 'episode' and t.occurred_at <= $2 and ${liveSql('$3::timestamptz')}
        order by t.occurred_at desc, t.id limit ${USUAL}) t
      cross join lateral (select m.vec from memory_embedding m where m.user_id = $1 and m.trace_id = t.id and m.occurred_at = t.occurred_at
        and m.head = 'semantic' and m.chunk = 0 and m.model = $4 offset 0) e`,
    [user.id, until, now, this.vectors.model])
    return direction(row?.mean ? [vectorValues(row.mean)] : [])
  }
}
