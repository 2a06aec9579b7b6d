import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { StoreSetting, type WholeTombstone } from '#episodic-memory'
import { Clock } from '#kernel'
import type { Receipt } from '../forget.types'
import type { Entry } from './entries'
import type { LedgerPlace } from './ledger.file'

/** Up to where the store has taken in which ledger. */
export interface Taken extends LedgerPlace {
  readonly ledger: string
}

/** What the store knows of its ledger, for all users. A restored store knows as much as it did when it was backed up. */
@Injectable()
export class LedgerStore {
  private readonly setting: StoreSetting<Taken>

  constructor(private readonly sql: Sql, private readonly clock: Clock) {
    this.setting = new StoreSetting(sql, 'tombstone_ledger')
  }

  async taken(): Promise<Taken | undefined> {
    return this.setting.read()
  }

  async take(taken: Taken): Promise<void> {
    await this.setting.write(taken, this.clock.now())
  }

  /** Those that the store does not have yet, in their order. What users and liftings come to is found out where they are done. */
  async unknown(entries: readonly Entry[]): Promise<Entry[]> {
    const known = new Set((await this.sql.many<{ id: string }>('maintenance',
      'select id from receipt where id = any($1::uuid[]) union all select id from memory_tombstone where id = any($2::uuid[])', [
        entries.flatMap((entry) => (entry.line === 'forgotten' ? entry.receipt.id : [])), entries.flatMap((entry) => (entry.line === 'tombstone' ? entry.id : [])),
      ])).map(({ id }) => id))
    return entries.filter((entry) => !known.has(entry.line === 'forgotten' ? entry.receipt.id : entry.line === 'tombstone' ? entry.id : ''))
  }

  /** Tombstones of all users, a page at a time, by user and id. */
  async tombstones(after: { user: string; id: string } | undefined, limit: number): Promise<(WholeTombstone & { user: string })[]> {
    return this.sql.many('maintenance', `select user_id as user, id, trace_id as "traceId", at, reason, key_version as recipe, key_id as "keyId", holds,
        content_key as "contentKey", source_key as "sourceKey", knowledge_key as "knowledgeKey" from memory_tombstone
      where $1::uuid is null or (user_id, id) > ($1::uuid, $2::uuid) order by user_id, id limit $3`, [after?.user ?? null, after?.id ?? null, limit])
  }

  /** Receipts of all users, each user's in the order of their chain. */
  async receipts(after: { user: string; seq: string } | undefined, limit: number): Promise<(Receipt & { user: string; seq: string })[]> {
    return this.sql.many('maintenance', `select user_id as user, seq, id, at, digest, previous, counts, purged from receipt
      where $1::uuid is null or (user_id, seq) > ($1::uuid, $2::bigint) order by user_id, seq limit $3`, [after?.user ?? null, after?.seq ?? null, limit])
  }
}
