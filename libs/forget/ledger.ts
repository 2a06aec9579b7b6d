import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { type Json, tombstoneKeys, tripleKey } from '#episodic-memory'
import { Clock, KEY_VERSION, newId, Secrets, type User } from '#kernel'

/** Writes down that something was forgotten, never what: tombstones are keyed hashes. */
@Injectable()
export class Ledger {
  constructor(private readonly sql: Sql, private readonly clock: Clock, private readonly secrets: Secrets) {}

  /** Tombstones that keep these traces' texts away; answers their ids. Call before the traces are erased. */
  async bury(user: User, ids: readonly string[], reason: string | undefined): Promise<string[]> {
    const scope = { userId: user.id }
    const traces = await this.sql.many<{ id: string; content: string; source: Json; triple: Json }>(scope,
      'select id, content, source, triple from memory_trace where user_id = $1 and id = any($2::uuid[]) order by id', [user.id, ids])
    const now = this.clock.now()
    const rows = traces.map(({ id, content, source, triple }) => {
      if (triple !== null) return { id: newId(now), trace: id, content: tripleKey(this.secrets, triple), source: null }
      const keys = tombstoneKeys(this.secrets, content, source)
      // A short text still gets its stone (it says that something was forgotten), under a key that no text meets.
      return { id: newId(now), trace: id, content: keys.content ?? this.secrets.hash('tombstone of a short text', id), source: keys.source }
    })
    if (rows.length === 0) return []
    await this.sql.run(scope, `insert into memory_tombstone (user_id, id, content_key, key_version, trace_id, source_key, reason, at)
      select $1, id, content_key, $2, trace_id, source_key, $3, $4 from unnest($5::uuid[], $6::bytea[], $7::uuid[], $8::bytea[]) as r(id, content_key, trace_id, source_key)`,
    [user.id, KEY_VERSION, reason ?? null, now, rows.map((r) => r.id), rows.map((r) => r.content), rows.map((r) => r.trace), rows.map((r) => r.source)])
    return rows.map((row) => row.id)
  }
}
