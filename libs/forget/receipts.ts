import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { Clock, newId, type User } from '#kernel'
import type { ForgetCounts, Receipt } from './forget.types'
import { receiptDigest } from './receipt-chain'

const FIELDS = 'id, at, digest, previous, counts, purged'

/** Receipts of what was forgotten: how much, never what. Each is chained to the user's one before. */
@Injectable()
export class Receipts {
  constructor(private readonly sql: Sql, private readonly clock: Clock) {}

  /** Writes one, and keeps it if so told. Call under the user's lock: whoever comes next continues from this one. */
  async write(user: User, counts: ForgetCounts, keep: boolean): Promise<Receipt> {
    const scope = { userId: user.id }
    const at = this.clock.now()
    const last = await this.sql.one<{ digest: string }>(scope, 'select digest from receipt where user_id = $1 order by seq desc limit 1', [user.id])
    const chained = { id: newId(at), at, counts, previous: last?.digest ?? null }
    const digest = receiptDigest(chained)
    if (keep) {
      await this.sql.run(scope, 'insert into receipt (user_id, id, at, counts, digest, previous) values ($1, $2, $3, $4, $5, $6)',
        [user.id, chained.id, at, JSON.stringify(counts), digest, chained.previous])
    }
    return { ...chained, digest, purged: false }
  }

  async find(user: User, id: string): Promise<Receipt | undefined> {
    return this.sql.one<Receipt>({ userId: user.id }, `select ${FIELDS} from receipt where user_id = $1 and id = $2`, [user.id, id])
  }

  /** In the order of their chain, the oldest first. `cursor` is the last id of the page before. */
  async list(user: User, { cursor, limit }: { cursor?: string; limit: number }): Promise<{ receipts: Receipt[]; nextCursor: string | null }> {
    const rows = await this.sql.many<Receipt>({ userId: user.id }, `select ${FIELDS} from receipt
      where user_id = $1 and ($2::uuid is null or seq > (select seq from receipt where user_id = $1 and id = $2)) order by seq limit $3`, [user.id, cursor ?? null, limit + 1])
    const shown = rows.slice(0, limit)
    return { receipts: shown, nextCursor: rows.length > limit ? shown.at(-1)!.id : null }
  }
}
