import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { SCENE_TURNS } from '#episodic-memory'
import { Secrets, type User } from '#kernel'

/** Two undated messages with the same text within this time are one message sent twice. */
const REPEAT_MS = 10 * 60 * 1000

export interface DuplicateProbe {
  readonly contentKey: Buffer
  readonly sessionUuid: string | null
  readonly occurredAt: Date
  readonly dated: boolean
}

/** Asks the store what it already knows of a text: is it there, what was said before it. */
@Injectable()
export class Known {
  constructor(private readonly sql: Sql, private readonly secrets: Secrets) {}

  /** Keyed hash under which duplicates are found. */
  contentKey(folded: string): Buffer {
    return this.secrets.hash('content', folded)
  }

  /** For each probe the id of the first stored equal, or undefined. */
  async duplicates(user: User, now: Date, probes: readonly DuplicateProbe[]): Promise<(string | undefined)[]> {
    if (probes.length === 0) return []
    // Each by the key of its content, fenced: the planner would read all of a user's traces instead (240 of 350 ms for a session of 20, at 100,000).
    const rows = await this.sql.many<{ n: number; id: string }>({ userId: user.id }, `select p.n::int, t.id
      from unnest($2::bytea[], $3::uuid[], $4::timestamptz[], $5::boolean[]) with ordinality as p(content_key, session_id, occurred_at, dated, n)
      cross join lateral (
        select t.id from (select * from memory_trace t where t.user_id = $1 and t.content_key = p.content_key offset 0) t
        where t.session_id is not distinct from p.session_id and t.valid_until is null
          and (case when p.dated then t.dated and t.occurred_at = p.occurred_at else not t.dated and t.created_at >= $6 end)
          and (t.expires_at is null or t.expires_at > $7)
        order by t.created_at, t.id limit 1) t`,
    [user.id, probes.map((p) => p.contentKey), probes.map((p) => p.sessionUuid), probes.map((p) => p.occurredAt), probes.map((p) => p.dated),
      new Date(now.getTime() - REPEAT_MS), now])
    const found = new Map(rows.map((row) => [row.n, row.id]))
    return probes.map((_, i) => found.get(i + 1))
  }

  /** The last turns of a session, oldest first, unless a day has passed since. */
  async lastTurns(user: User, sessionUuid: string, at: Date): Promise<string[]> {
    const rows = await this.sql.many<{ content: string }>({ userId: user.id }, `select t.content from memory_trace t
        join memory_session s on s.user_id = t.user_id and s.id = t.session_id
      where t.user_id = $1 and t.session_id = $2 and t.place >= s.next_place - $3 and abs(extract(epoch from s.last_at - $4)) <= 86400
      order by t.place desc limit $3`, [user.id, sessionUuid, SCENE_TURNS, at])
    return rows.map((row) => row.content).reverse()
  }
}
