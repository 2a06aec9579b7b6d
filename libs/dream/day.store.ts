import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { liveSql, UserStore } from '#episodic-memory'
import { Clock, type User } from '#kernel'
import type { Background, Source } from './extract'
import { DreamSettings } from './settings'

/** A local day with something to dream of. */
export interface Day {
  readonly day: string
  readonly input: string
}

export interface Episode extends Source {
  readonly occurredAt: Date
  readonly retention: string
}

/** A summary of a day that is in force. */
export interface Summary {
  readonly id: string
  readonly content: string
}

/**
 * What dreams are made of: live episodes. Those that expire are left out: a summary must not outlive what it quotes.
 * $1 user, $2 zone, $3 now.
 */
const DREAMT = `t.user_id = $1 and t.kind = 'episode' and t.expires_at is null and ${liveSql('$3::timestamptz')}`
const WITHIN_DAY = `t.occurred_at >= ($4::date::timestamp at time zone $2) and t.occurred_at < (($4::date + 1)::timestamp at time zone $2)`
/** Which traces there are, and what each of them says. */
const DIGEST = `encode(sha256(string_agg(uuid_send(t.id) || t.content_key, ''::bytea order by t.id)), 'hex')`

/** Days of a user, and what happened on them. */
@Injectable()
export class DayStore {
  constructor(private readonly sql: Sql, private readonly clock: Clock, private readonly users: UserStore, private readonly settings: DreamSettings) {}

  async zoneOf(user: User): Promise<string> {
    return (await this.users.get(user))?.timeZone ?? this.settings.timeZone
  }

  /** Every day on which something happened, until `last` (inclusive), the first one first. */
  async until(user: User, zone: string, last: string): Promise<Day[]> {
    return this.sql.many<Day>({ userId: user.id }, `select (t.occurred_at at time zone $2)::date::text as day, ${DIGEST} as input from memory_trace t
      where ${DREAMT} and t.occurred_at < (($4::date + 1)::timestamp at time zone $2) group by 1 order by 1`, [user.id, zone, this.clock.now(), last])
  }

  /** One day; undefined when nothing happened on it. Joins the transaction. */
  async one(user: User, zone: string, day: string): Promise<Day | undefined> {
    return this.sql.one<Day>({ userId: user.id }, `select $4::date::text as day, ${DIGEST} as input from memory_trace t where ${DREAMT} and ${WITHIN_DAY} having count(*) > 0`,
      [user.id, zone, this.clock.now(), day])
  }

  /** What happened on a day, in its order. */
  async episodes(user: User, zone: string, day: string): Promise<Episode[]> {
    return this.sql.many<Episode>({ userId: user.id }, `select t.id, t.content, t.salience, t.retention, t.occurred_at as "occurredAt" from memory_trace t
      where ${DREAMT} and ${WITHIN_DAY} order by t.occurred_at, t.created_at, t.place, t.id`, [user.id, zone, this.clock.now(), day])
  }

  /** How common the words of these traces are in the user's whole memory. */
  async background(user: User, ids: readonly string[]): Promise<Background> {
    const scope = { userId: user.id }
    const rows = await this.sql.many<{ term: string; n: number }>(scope, `select b.term, count(*)::int as n from memory_term b
      where b.user_id = $1 and b.term in (select d.term from memory_term d where d.user_id = $1 and d.trace_id = any($2::uuid[])) group by 1`, [user.id, ids])
    const known = await this.sql.one<{ traces: number }>(scope, 'select traces from memory_user where id = $1', [user.id])
    return { texts: Math.max(known?.traces ?? 0, ids.length), frequency: new Map(rows.map((row) => [row.term, row.n])) }
  }

  /** The summary that an earlier dream made of the day. Joins the transaction. */
  async summary(user: User, day: string): Promise<Summary | undefined> {
    return this.sql.one<Summary>({ userId: user.id }, `select t.id, t.content from memory_path p join memory_trace t on t.user_id = $1 and t.id = p.trace_id
      where p.user_id = $1 and p.path = 'day' and p.value = $2 and t.kind = 'summary' and t.source->>'dream' is not null and ${liveSql('$3::timestamptz')}
      order by t.created_at desc limit 1`, [user.id, JSON.stringify(day), this.clock.now()])
  }

  /** Whether a tombstone keeps this text away. */
  async isBlocked(user: User, key: Buffer | null): Promise<boolean> {
    if (!key) return false
    return await this.sql.one({ userId: user.id }, 'select 1 as one from memory_tombstone where user_id = $1 and content_key = $2 limit 1', [user.id, key]) !== undefined
  }
}
