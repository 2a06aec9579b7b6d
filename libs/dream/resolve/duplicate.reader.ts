import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { liveSql } from '#episodic-memory'
import { isDistinctive } from '#language'
import type { Dream } from '../phase'
import type { Said } from './duplicates'

/** Episodes with one text that are looked at, the oldest ones. */
const EACH = 20
const SAID = 't.id, t.speaker, t.content, t.occurred_at as "occurredAt"'

/** Finds what is said again. */
@Injectable()
export class DuplicateReader {
  constructor(private readonly sql: Sql) {}

  /** Live episodes of other days with a longer text of the day, by the same speaker. */
  async same({ user, now, traces }: Dream): Promise<Said[]> {
    const ids = traces.filter((t) => isDistinctive(t.content)).map((t) => t.id)
    return this.sql.many<Said>({ userId: user.id }, `select o.*
      from (select distinct d.content_key, d.speaker from memory_trace d where d.user_id = $1 and d.id = any($2::uuid[])) k
        cross join lateral (select ${SAID} from memory_trace t
          where t.user_id = $1 and t.content_key = k.content_key and t.speaker is not distinct from k.speaker and t.kind = 'episode' and t.id <> all($3::uuid[])
            and t.expires_at is null and ${liveSql('$4::timestamptz')}
          order by t.occurred_at, t.id limit ${EACH}) o
      order by o."occurredAt", o.id`, [user.id, ids, traces.map((t) => t.id), now])
  }

  /** Both of each pair that this dream finds alike. */
  async alike({ user, traces, planned }: Dream): Promise<(readonly [Said, Said])[]> {
    const edges = planned.edges('similar')
    const day = new Map<string, Said>(traces.map((t) => [t.id, t]))
    const others = edges.flatMap(({ src, dst }) => [src, dst]).filter((id) => !day.has(id))
    const rows = await this.sql.many<Said>({ userId: user.id }, `select ${SAID} from memory_trace t where t.user_id = $1 and t.id = any($2::uuid[])`, [user.id, others])
    const all = new Map([...day, ...rows.map((row) => [row.id, row] as const)])
    return edges.flatMap(({ src, dst }) => {
      const [a, b] = [all.get(src), all.get(dst)]
      return a && b ? [[a, b] as const] : []
    })
  }
}
