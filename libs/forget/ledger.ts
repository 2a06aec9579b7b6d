import { createHash } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { type Json, tombstoneKeys, tripleKey } from '#episodic-memory'
import { Clock, KEY_VERSION, newId, Secrets, type User } from '#kernel'
import type { ForgetCounts, Receipt } from './forget.types'

/** Writes down that something was forgotten, never what: tombstones (keyed hashes) and receipts (chained digests). */
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

  /** A receipt, chained to the user's one before. */
  async receipt(user: User, counts: ForgetCounts, keep: boolean): Promise<Receipt> {
    const scope = { userId: user.id }
    const at = this.clock.now()
    const id = newId(at)
    const previous = await this.sql.one<{ digest: string }>(scope, 'select digest from receipt where user_id = $1 order by at desc, id desc limit 1', [user.id])
    const digest = createHash('sha256').update(JSON.stringify([id, at.toISOString(), counts, previous?.digest ?? null])).digest('hex')
    if (keep) {
      await this.sql.run(scope, 'insert into receipt (user_id, id, at, counts, digest, previous) values ($1, $2, $3, $4, $5, $6)',
        [user.id, id, at, JSON.stringify(counts), digest, previous?.digest ?? null])
    }
    return { id, at, digest, counts, purged: false }
  }

  async find(user: User, id: string): Promise<Receipt | undefined> {
    return this.sql.one<Receipt>({ userId: user.id }, 'select id, at, digest, counts, purged from receipt where user_id = $1 and id = $2', [user.id, id])
  }
}
