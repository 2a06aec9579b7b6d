import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { Clock, type User } from '#kernel'
import type { Trace } from './trace'
import type { TraceFilter } from './trace-filter'
import { filterSql, Params } from './trace-filter.sql'

/** Columns of a Trace, from TRACE_TABLES. */
export const TRACE_FIELDS = `t.id, t.user_id as "userId", t.kind, t.role, t.speaker, t.content, t.retention, s.external_id as "sessionId",
  t.project, t.agent_id as "agentId", t.salience, t.confidence, t.category, t.tags, t.source, t.meta as metadata,
  t.occurred_at as "occurredAt", t.created_at as "createdAt", t.triple, t.valid_from as "validFrom", t.valid_until as "validUntil",
  t.superseded_by as "supersededBy",
  t.expires_at as "expiresAt", t.pruned_at as "prunedAt", coalesce(a.access_count, 0) as "accessCount", a.last_accessed_at as "lastAccessedAt"`

export const TRACE_TABLES = `memory_trace t left join memory_session s on s.user_id = t.user_id and s.id = t.session_id
  left join memory_activation a on a.user_id = t.user_id and a.trace_id = t.id`

/** What is in recall at the instant of parameter `at`: not corrected, not expired, not pruned. */
export function liveSql(at: string): string {
  return `(t.valid_until is null or t.valid_until > ${at}) and (t.expires_at is null or t.expires_at > ${at}) and (t.pruned_at is null or t.pruned_at > ${at})`
}

/** Reads traces of one user. */
@Injectable()
export class TraceReader {
  constructor(private readonly sql: Sql, private readonly clock: Clock) {}

  /** One trace, corrected ones included; undefined when it is not this user's. */
  async get(user: User, id: string): Promise<Trace | undefined> {
    return this.sql.one<Trace>({ userId: user.id }, `select ${TRACE_FIELDS} from ${TRACE_TABLES}
      where t.user_id = $1 and t.id = $2 and (t.expires_at is null or t.expires_at > $3)`, [user.id, id, this.clock.now()])
  }

  /** Those of these traces that are the user's, by id, corrected ones included. */
  async byIds(user: User, ids: readonly string[]): Promise<Map<string, Trace>> {
    const traces = await this.sql.many<Trace>({ userId: user.id }, `select ${TRACE_FIELDS} from ${TRACE_TABLES} where t.user_id = $1 and t.id = any($2::uuid[])`, [user.id, ids])
    return new Map(traces.map((trace) => [trace.id, trace]))
  }

  /** Live traces that pass the filter, newest recorded first; entities only when asked for. `cursor` is the last id of the page before. */
  async list(user: User, filter: TraceFilter, page: { cursor?: string; limit: number }): Promise<{ traces: Trace[]; nextCursor: string | null }> {
    const params = new Params()
    params.add(user.id)
    const where = filterSql(filter, user.id, params)
    const kinds = filter.kind ? '' : `and t.kind <> 'entity'`
    const now = params.add(this.clock.now(), '::timestamptz')
    const cursor = params.add(page.cursor ?? null, '::uuid')
    const limit = params.add(page.limit + 1, '::int')
    const traces = await this.sql.many<Trace>({ userId: user.id }, `select ${TRACE_FIELDS} from ${TRACE_TABLES}
      where t.user_id = $1 and ${where} ${kinds} and ${liveSql(now)}
        and (${cursor} is null or (t.created_at, t.id) < (select c.created_at, c.id from memory_trace c where c.user_id = $1 and c.id = ${cursor}))
      order by t.created_at desc, t.id desc limit ${limit}`, params.values)
    const shown = traces.slice(0, page.limit)
    return { traces: shown, nextCursor: traces.length > page.limit ? shown.at(-1)!.id : null }
  }

  /** The trace with all that it corrected and that corrected it, oldest first; empty when unknown. */
  async history(user: User, id: string): Promise<Trace[]> {
    return this.sql.many<Trace>({ userId: user.id }, `with recursive older as (
        select id, superseded_by from memory_trace where user_id = $1 and id = $2
        union select t.id, t.superseded_by from memory_trace t join older o on t.user_id = $1 and t.superseded_by = o.id),
      newer as (
        select id, superseded_by from memory_trace where user_id = $1 and id = $2
        union select t.id, t.superseded_by from memory_trace t join newer n on t.user_id = $1 and t.id = n.superseded_by)
      select ${TRACE_FIELDS} from ${TRACE_TABLES}
      where t.user_id = $1 and t.id in (select id from older union select id from newer) order by t.created_at, t.id`, [user.id, id])
  }

  /** Which of these ids are the user's. */
  async existing(user: User, ids: readonly string[]): Promise<Set<string>> {
    const rows = await this.sql.many<{ id: string }>({ userId: user.id }, 'select id from memory_trace where user_id = $1 and id = any($2::uuid[])', [user.id, ids])
    return new Set(rows.map((row) => row.id))
  }
}
