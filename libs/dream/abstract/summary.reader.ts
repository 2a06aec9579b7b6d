import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { liveSql } from '#episodic-memory'
import type { User } from '#kernel'
import type { Background } from './extract'

/** A summary that is in force. */
export interface StoredSummary {
  readonly id: string
  readonly content: string
  readonly scope: 'day' | 'episode'
  /** When the first and the last of what it sums up happened, in ISO 8601. */
  readonly from: string
  readonly until: string
}

/** What summing up needs to know beside the day itself. */
@Injectable()
export class SummaryReader {
  constructor(private readonly sql: Sql) {}

  /**
   * How common the words of these traces are in the user's whole memory. Counted word by word: as a semijoin, a planner that knew nothing of a new
   * user's words yet compared each of them with each of the day's, 50 seconds a day of a conversation of 600 turns.
   */
  async background(user: User, ids: readonly string[]): Promise<Background> {
    const scope = { userId: user.id }
    const rows = await this.sql.many<{ term: string; n: number }>(scope, `select s.term, (select count(*)::int from memory_term b where b.user_id = $1 and b.term = s.term) as n
      from (select distinct d.term from memory_term d where d.user_id = $1 and d.trace_id = any($2::uuid[])) s`, [user.id, ids])
    const known = await this.sql.one<{ traces: number }>(scope, 'select traces from memory_user where id = $1', [user.id])
    return { texts: Math.max(known?.traces ?? 0, ids.length), frequency: new Map(rows.map((row) => [row.term, row.n])) }
  }

  /** The summaries that earlier dreams made of the day and of its episodes, oldest first. */
  async ofDay(user: User, day: string, now: Date): Promise<StoredSummary[]> {
    return this.sql.many<StoredSummary>({ userId: user.id }, `select t.id, t.content, t.meta->>'scope' as scope, t.meta->>'from' as from, t.meta->>'until' as until
      from memory_path p join memory_trace t on t.user_id = $1 and t.id = p.trace_id
      where p.user_id = $1 and p.path = 'day' and p.value = $2 and t.kind = 'summary' and t.source->>'dream' is not null and ${liveSql('$3::timestamptz')}
      order by t.created_at, t.id`, [user.id, JSON.stringify(day), now])
  }
}
