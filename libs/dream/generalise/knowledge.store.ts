import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { type JsonObject, liveSql } from '#episodic-memory'
import type { User } from '#kernel'
import type { Said } from './statement'
import type { Mentions } from './patterns'

/** A preference or pattern that is remembered, with the traces that it comes from. */
export interface Known {
  readonly id: string
  readonly kind: 'preference' | 'pattern'
  readonly holder: string | null
  readonly content: string
  readonly confidence: number
  readonly metadata: JsonObject
  readonly sources: readonly string[]
  readonly occurredAt: Date
}

/** Days back within which doings and mentions count. */
const PAST_DAYS = 365
/** The newest tellings of one doing, and mentions of one name, that are looked at. */
const TELLINGS = 60
const MENTIONS = 100

/** What generalising needs to know of what is remembered already. */
@Injectable()
export class KnowledgeStore {
  constructor(private readonly sql: Sql) {}

  /** Live preferences and patterns whose metadata has one of these values at a path. */
  async known(user: User, now: Date, path: string, values: readonly string[]): Promise<Known[]> {
    if (values.length === 0) return []
    return this.sql.many<Known>({ userId: user.id }, `select t.id, t.kind, t.speaker as holder, t.content, t.confidence, t.meta as metadata, t.occurred_at as "occurredAt",
        coalesce((select array_agg(e.dst order by e.dst) from memory_edge e where e.user_id = $1 and e.src = t.id and e.type = 'derived_from'), '{}') as sources
      from memory_trace t where t.user_id = $1 and t.kind in ('preference', 'pattern') and ${liveSql('$2::timestamptz')}
        and t.id in (select trace_id from memory_path where user_id = $1 and path = $3 and value = any($4::text[]))
      order by t.occurred_at desc, t.id`, [user.id, now, path, values.map((value) => JSON.stringify(value))])
  }

  /** Episodes that say all words of one of the doings, the newest of each, until `until`. @param doings terms of each, one or two */
  async tellings(user: User, now: Date, until: Date, doings: readonly (readonly string[])[]): Promise<Said[]> {
    if (doings.length === 0) return []
    // Looked up once, then row by row: of a user whose words are new the planner knows nothing, and looked them up again for each of the user's traces.
    return this.sql.many<Said>({ userId: user.id }, `with said as materialized (
        select distinct l.trace_id as id from unnest($4::text[], $5::text[]) as d(one, other) cross join lateral (
          select a.trace_id from memory_term a where a.user_id = $1 and a.term = d.one
            and exists (select from memory_term b where b.user_id = $1 and b.term = d.other and b.trace_id = a.trace_id offset 0)
          order by a.place desc limit ${TELLINGS}) l)
      select o.* from said cross join lateral (
        select t.id, t.content, t.role, t.speaker, t.occurred_at as "occurredAt" from memory_trace t
        where t.user_id = $1 and t.id = said.id and t.kind = 'episode' and t.expires_at is null and ${liveSql('$2::timestamptz')} and t.occurred_at <= $3
          and t.occurred_at > $3::timestamptz - make_interval(days => ${PAST_DAYS}) offset 0) o
      order by o."occurredAt", o.id`, [user.id, now, until, doings.map((words) => words[0]), doings.map((words) => words.at(-1))])
  }

  /** Where the names that these traces mention are mentioned by episodes until `until`, the newest of each name. */
  async mentions(user: User, now: Date, until: Date, ids: readonly string[]): Promise<Mentions[]> {
    const rows = await this.sql.many<{ name: string; id: string; at: Date }>({ userId: user.id }, `select n.content as name, l.id, l.at
      from (select distinct dst from memory_edge where user_id = $1 and src = any($4::uuid[]) and type = 'mentions') m
        join memory_trace n on n.user_id = $1 and n.id = m.dst cross join lateral (
          select t.id, t.occurred_at as at from memory_edge e join memory_trace t on t.user_id = $1 and t.id = e.src
          where e.user_id = $1 and e.dst = m.dst and e.type = 'mentions' and t.kind = 'episode' and t.expires_at is null and ${liveSql('$2::timestamptz')}
            and t.occurred_at <= $3 and t.occurred_at > $3::timestamptz - make_interval(days => ${PAST_DAYS})
          order by e.weight desc, e.src desc limit ${MENTIONS}) l order by n.id, l.at, l.id`, [user.id, now, until, ids])
    const names = new Map<string, { id: string; at: Date }[]>()
    for (const { name, id, at } of rows) names.set(name, [...names.get(name) ?? [], { id, at }])
    return [...names].map(([name, traces]) => ({ name, traces }))
  }

  /** Hours of the past year in which anything was said. */
  async hours(user: User, zone: string, until: Date): Promise<Date[]> {
    const rows = await this.sql.many<{ hour: Date }>({ userId: user.id }, `select distinct date_trunc('hour', t.occurred_at, $2) as hour from memory_trace t
      where t.user_id = $1 and t.kind = 'episode' and t.occurred_at <= $3 and t.occurred_at > $3::timestamptz - make_interval(days => ${PAST_DAYS})`, [user.id, zone, until])
    return rows.map((row) => row.hour)
  }
}
