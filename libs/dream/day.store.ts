import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { liveSql, UserStore } from '#episodic-memory'
import { Clock, type User } from '#kernel'
import type { DayTrace } from './phase'
import { DreamSettings } from './settings'

/** A local day with something to dream of. */
export interface Day {
  readonly day: string
  readonly input: string
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
  async traces(user: User, zone: string, day: string): Promise<DayTrace[]> {
    return this.sql.many<DayTrace>({ userId: user.id }, `select t.id, t.content, t.role, t.speaker, s.external_id as "sessionId", t.project, t.retention,
        coalesce(t.first_salience, t.salience) as salience, t.tags,
        t.occurred_at as "occurredAt", t.created_at as "createdAt"
      from memory_trace t left join memory_session s on s.user_id = $1 and s.id = t.session_id
      where ${DREAMT} and ${WITHIN_DAY} order by t.occurred_at, t.created_at, t.place, t.id`, [user.id, zone, this.clock.now(), day])
  }
}
