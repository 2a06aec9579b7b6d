import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { liveSql } from '#episodic-memory'
import type { User } from '#kernel'
import type { Tie } from './communities'

/** An episode near the day. */
export interface Neighbour {
  readonly id: string
  readonly salience: number
  readonly occurredAt: Date
  /** Which of the words that were asked for it says. */
  readonly words: readonly string[]
}

/** A cluster of an earlier dream. */
export interface StoredCluster {
  readonly id: string
  /** Those that were asked for. */
  readonly members: readonly string[]
  /** Its name, then its topics one a line. */
  readonly content: string
  readonly confidence: number
  readonly metadata: Readonly<Record<string, never>>
}

/** Traces that say the same words, at most; newest of each word, at most. */
const NEIGHBOURS = 160
const EACH_WORD = 24
/** Types of edges that tie. */
const TYING = ['similar', 'related', 'same_topic']

/** What is near a day in a user's memory, within bounds whatever its size. */
@Injectable()
export class NeighbourhoodStore {
  constructor(private readonly sql: Sql) {}

  /** Live episodes of other days that are tied to these traces or say most of these words. */
  async neighbours(user: User, now: Date, ids: readonly string[], words: readonly string[]): Promise<Neighbour[]> {
    return this.sql.many<Neighbour>({ userId: user.id }, `with near as (
        select id, sum(n)::int as n from (
          select l.trace_id as id, 1 as n from unnest($4::text[]) as w(term) cross join lateral (
            select m.trace_id from memory_term m where m.user_id = $1 and m.term = w.term order by m.place desc limit ${EACH_WORD}) l
          union all select dst, 2 from memory_edge where user_id = $1 and src = any($3::uuid[]) and type = any($5::text[])
          union all select src, 2 from memory_edge where user_id = $1 and dst = any($3::uuid[]) and type = any($5::text[])) x
        where id <> all($3::uuid[]) group by 1),
      nearest as (
        select t.id, t.salience, t.occurred_at from near join memory_trace t on t.user_id = $1 and t.id = near.id
        where t.kind = 'episode' and t.expires_at is null and ${liveSql('$2::timestamptz')} order by near.n desc, t.occurred_at desc, t.id limit ${NEIGHBOURS})
      select n.id, n.salience, n.occurred_at as "occurredAt", coalesce(
        (select array_agg(m.term order by m.term) from memory_term m where m.user_id = $1 and m.trace_id = n.id and m.term = any($4::text[])), '{}') as words
      from nearest n order by n.id`, [user.id, now, ids, words, TYING])
  }

  /** How these traces are tied among themselves. */
  async ties(user: User, ids: readonly string[]): Promise<Tie[]> {
    // By key, fenced: a plan for two lists of ids goes over all edges.
    return this.sql.many<Tie>({ userId: user.id }, `select n.id as a, e.dst as b, e.weight from unnest($2::uuid[]) as n(id) cross join lateral (
        select dst, type, weight from memory_edge where user_id = $1 and src = n.id and type = any($3::text[]) offset 0) e
      where e.dst = any($2::uuid[]) and e.weight > 0 order by 1, 2, e.type`, [user.id, ids, TYING])
  }

  /** Live clusters made by dreams that one of these traces is a member of, with those of them that are. */
  async clusters(user: User, now: Date, ids: readonly string[]): Promise<StoredCluster[]> {
    return this.sql.many<StoredCluster>({ userId: user.id }, `with near as materialized (
        select dst as id, array_agg(src order by src) as members from memory_edge where user_id = $1 and src = any($3::uuid[]) and type = 'member_of' group by 1)
      select t.id, t.content, t.confidence, t.meta as metadata, near.members from near join memory_trace t on t.user_id = $1 and t.id = near.id
      where t.kind = 'collection' and t.source->>'dream' is not null and ${liveSql('$2::timestamptz')} order by t.id`, [user.id, now, ids])
  }
}
