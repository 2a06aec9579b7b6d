import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { Clock, type User } from '#kernel'
import { type Age, ageOf, type Ages, partitionOf, type PartitionRow, PARTITIONS } from './partitions'
import { liveSql } from './trace.reader'

export interface UserStats {
  readonly total: number
  readonly byKind: Readonly<Record<string, number>>
  /** What dreams made, by kind. */
  readonly dreamt: Readonly<Record<string, number>>
  readonly byRetention: Readonly<Record<string, number>>
  readonly byCategory: Readonly<Record<string, number>>
  readonly averageSalience: number | null
  readonly accesses: number
  readonly latestAt: Date | null
}

export interface StoreStatus {
  /** Traces whose vectors are still to be made. */
  readonly waiting: number
  readonly counts: { readonly traces: number; readonly embeddings: number; readonly edges: number; readonly users: number; readonly sessions: number }
  readonly partitions: readonly { readonly name: string; readonly from: string; readonly until: string; readonly tier: Age }[]
}

export interface Probe {
  /** Version of the vector extension. */
  readonly extension: string | null
  readonly vectorQueryMs: number
  /** Of all users, without entities and collections that callers made, which have no words of their own. */
  readonly traces: number
}

/** Counts for people and monitors. */
@Injectable()
export class StatsReader {
  constructor(private readonly sql: Sql, private readonly clock: Clock) {}

  /** What a user has, entities apart. */
  async ofUser(user: User): Promise<UserStats> {
    const row = await this.sql.one<UserStats>({ userId: user.id }, `with live as materialized (
        select t.kind, t.source->>'dream' is not null as dreamt, t.retention, t.category, t.salience, t.created_at, coalesce(a.access_count, 0) as accesses
        from memory_trace t left join memory_activation a on a.user_id = t.user_id and a.trace_id = t.id
        where t.user_id = $1 and t.kind <> 'entity' and ${liveSql('$2::timestamptz')})
      select (select count(*)::int from live) as total,
        (select coalesce(jsonb_object_agg(kind, n), '{}') from (select kind, count(*) n from live group by 1) x) as "byKind",
        (select coalesce(jsonb_object_agg(kind, n), '{}') from (select kind, count(*) n from live where dreamt group by 1) x) as dreamt,
        (select coalesce(jsonb_object_agg(retention, n), '{}') from (select retention, count(*) n from live group by 1) x) as "byRetention",
        (select coalesce(jsonb_object_agg(category, n), '{}') from (select category, count(*) n from live where category is not null group by 1) x) as "byCategory",
        (select avg(salience) from live) as "averageSalience", (select coalesce(sum(accesses), 0)::int from live) as accesses,
        (select max(created_at) from live) as "latestAt"`, [user.id, this.clock.now()])
    return row!
  }

  /** How full the store is. */
  async status(ages: Ages): Promise<StoreStatus> {
    const now = this.clock.now()
    const counts = await this.sql.one<StoreStatus['counts']>('maintenance', `select (select count(*)::int from memory_trace where kind <> 'entity') as traces,
      (select count(*)::int from memory_embedding) as embeddings, (select count(*)::int from memory_edge) as edges,
      (select count(*)::int from memory_user) as users, (select count(*)::int from memory_session) as sessions`)
    const waiting = await this.sql.one<{ n: number }>('maintenance',
      'select count(*)::int as n from (select distinct user_id, trace_id from memory_embedding_pending) p')
    const partitions = (await this.sql.many<PartitionRow>('maintenance', PARTITIONS)).map(partitionOf)
    return { counts: counts!, waiting: waiting!.n, partitions: partitions.map((partition) => ({ ...partition, tier: ageOf(partition, now, ages) })) }
  }

  /** Proves that vectors can be searched, and times it. Whoever watches asks every few seconds, without a key: nothing is counted row by row. */
  async probe(): Promise<Probe> {
    const before = performance.now()
    const row = await this.sql.one<{ extension: string | null; traces: number }>('maintenance', `select
      (select extversion from pg_extension where extname = 'vector') as extension, (select coalesce(sum(traces), 0)::int from memory_user) as traces,
      (select semantic <~> semantic from memory_signature limit 1) as distance`)
    return { extension: row!.extension, vectorQueryMs: performance.now() - before, traces: row!.traces }
  }
}
