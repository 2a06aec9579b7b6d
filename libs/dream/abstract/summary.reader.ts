import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { liveSql } from '#episodic-memory'
import type { User } from '#kernel'

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

  /** The summaries that earlier dreams made of the day and of its episodes, oldest first. */
  async ofDay(user: User, day: string, now: Date): Promise<StoredSummary[]> {
    return this.sql.many<StoredSummary>({ userId: user.id }, `select t.id, t.content, t.meta->>'scope' as scope, t.meta->>'from' as from, t.meta->>'until' as until
      from memory_path p join memory_trace t on t.user_id = $1 and t.id = p.trace_id
      where p.user_id = $1 and p.path = 'day' and p.value = $2 and t.kind = 'summary' and t.source->>'dream' is not null and ${liveSql('$3::timestamptz')}
      order by t.created_at, t.id`, [user.id, JSON.stringify(day), now])
  }
}
