import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { liveSql } from '#episodic-memory'
import { fold } from '#language'
import type { Dream } from '../phase'
import { isTelling, type Same } from './duplicates'

/** Episodes with one text that are looked at, the oldest ones. */
const EACH = 20

/** Finds what is said again. */
@Injectable()
export class DuplicateReader {
  constructor(private readonly sql: Sql) {}

  /** Live episodes of other days with a longer text of the day, by the same speaker. */
  async same({ user, now, traces }: Dream): Promise<Same[]> {
    const ids = traces.filter((t) => isTelling(t.content)).map((t) => t.id)
    const rows = await this.sql.many<{ id: string; speaker: string | null; content: string; occurredAt: Date }>({ userId: user.id },
      `select o.id, o.speaker, o.content, o.occurred_at as "occurredAt"
      from (select distinct d.content_key, d.speaker from memory_trace d where d.user_id = $1 and d.id = any($2::uuid[])) k
        cross join lateral (select t.id, t.speaker, t.content, t.occurred_at from memory_trace t
          where t.user_id = $1 and t.content_key = k.content_key and t.speaker is not distinct from k.speaker and t.kind = 'episode' and t.id <> all($3::uuid[])
            and t.expires_at is null and ${liveSql('$4::timestamptz')}
          order by t.occurred_at, t.id limit ${EACH}) o
      order by o.occurred_at, o.id`, [user.id, ids, traces.map((t) => t.id), now])
    return rows.map(({ content, ...row }) => ({ ...row, folded: fold(content) }))
  }
}
