import { SESSION_SPAN } from '#episodic-memory'

/** Rows as lines: the columns have the names and the order of their keys. Every statement is about user $1. */

const START = `(s.block_end - ${SESSION_SPAN})`

export const SESSION_ROWS = `select 'session' as line, s.external_id as session_id, s.project, s.started_at, s.ended_at, s.last_at, s.message_count,
    (s.next_place - ${START})::int as next_place, s.topics, s.importance, s.summary, s.id as key
  from memory_session s where s.user_id = $1`

/**
 * A trace that was corrected after the instant of parameter `at` is shown as it was then. A turn outside of its session's present
 * block (one of a million turns before) stands alone.
 */
export function traceRows(at: string): string {
  const closed = `n.created_at > ${at}`
  // By key, fenced: with stale statistics a join would go over all of the user's traces for each of them.
  return `select 'trace' as line, t.id, t.kind, t.role, t.speaker, t.content, t.retention, s.external_id as session_id,
    case when t.place is null then null when t.place >= ${START} and t.place < s.block_end then to_jsonb(t.place - ${START}) else '"alone"'::jsonb end as place,
    t.project, t.agent_id, t.salience, t.first_salience, t.salience_given, t.confidence, t.category, t.tags, t.source, t.meta as metadata, t.triple,
    t.occurred_at, t.dated, t.created_at,
    t.valid_from, case when ${closed} then null else t.valid_until end as valid_until, case when ${closed} then null else t.superseded_by end as superseded_by,
    t.expires_at, t.pruned_at
  from memory_trace t left join memory_session s on s.user_id = $1 and s.id = t.session_id
    left join lateral (select created_at from memory_trace where user_id = $1 and id = t.superseded_by offset 0) n on true
  where t.user_id = $1`
}

export const EDGE_ROWS = `select 'edge' as line, e.src, e.dst, e.type, e.weight, e.ts, e.meta from memory_edge e where e.user_id = $1`
