import type { Sql } from '#database'
import type { User } from '#kernel'

/** A trace as it stands in the store, with all that recall may look at. */
export interface Stored {
  readonly id: string
  readonly place: number | null
  readonly words: number
  readonly kind: string
  readonly role: string
  readonly speaker: string | null
  readonly content: string
  readonly retention: string
  readonly session: string | null
  readonly project: string | null
  readonly agentId: string | null
  readonly category: string | null
  readonly tags: readonly string[]
  readonly meta: Record<string, unknown>
  readonly salience: number
  readonly confidence: number
  readonly occurredAt: Date
  readonly createdAt: Date
  readonly validUntil: Date | null
  readonly expiresAt: Date | null
}

/** Everything of one user, row by row. */
export interface Everything {
  readonly traces: readonly Stored[]
  readonly postings: readonly { readonly term: string; readonly place: number; readonly tf: number; readonly length: number }[]
  readonly vectors: readonly { readonly id: string; readonly head: string; readonly vec: readonly number[] }[]
  /** How many traces have words. */
  readonly count: number
}

export async function readEverything(sql: Sql, user: User): Promise<Everything> {
  const all = <R extends object>(text: string): Promise<R[]> => sql.many<R>({ userId: user.id }, text, [user.id])
  return {
    traces: await all<Stored>(`select t.id, t.place::float8 as place, t.words, t.kind, t.role, t.speaker, t.content, t.retention, s.external_id as session, t.project,
      t.agent_id as "agentId", t.category, t.tags, t.meta, t.salience, t.confidence, t.occurred_at as "occurredAt", t.created_at as "createdAt",
      t.valid_until as "validUntil", t.expires_at as "expiresAt"
      from memory_trace t left join memory_session s on s.user_id = t.user_id and s.id = t.session_id where t.user_id = $1`),
    postings: await all('select term, place::float8 as place, tf::float8 as tf, length from memory_term where user_id = $1'),
    vectors: (await all<{ id: string; head: string; vec: string }>('select trace_id as id, head, vec::text as vec from memory_embedding where user_id = $1'))
      .map((row) => ({ ...row, vec: JSON.parse(row.vec) as number[] })),
    count: (await all<{ traces: number }>('select traces from memory_user where id = $1'))[0]?.traces ?? 0,
  }
}
