import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { Clock, newId, type User } from '#kernel'
import type { ForgetCounts } from './forget-counts'
import type { Receipt } from './forget.types'
import { receiptDigest } from './receipt-chain'

const FIELDS = 'id, at, digest, previous, counts, purged'

/** Receipts of what was forgotten: how much, never what. Each is chained to the user's one before. */
@Injectable()
export class Receipts {
  constructor(private readonly sql: Sql, private readonly clock: Clock) {}

  /** Writes one, and keeps it if so told. Call under the user's lock: whoever comes next continues from this one. */
  async write(user: User, counts: ForgetCounts, keep: boolean): Promise<Receipt> {
    const at = this.clock.now()
    const chained = { id: newId(at), at, counts, previous: await this.lastDigest(user) }
    const receipt = { ...chained, digest: receiptDigest(chained), purged: false }
    if (keep) await this.keep(user, receipt)
    return receipt
  }

  /** Keeps one that was written before, if it follows the user's last one; else, and that is honest, a new one of the same counts. Call under the user's lock. */
  async restore(user: User, receipt: Omit<Receipt, 'purged'>): Promise<Receipt> {
    if (receipt.previous !== await this.lastDigest(user)) return this.write(user, receipt.counts, true)
    await this.keep(user, receipt)
    return { ...receipt, purged: false }
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

  private async lastDigest(user: User): Promise<string | null> {
    const last = await this.sql.one<{ digest: string }>({ userId: user.id }, 'select digest from receipt where user_id = $1 order by seq desc limit 1', [user.id])
    return last?.digest ?? null
  }

  private async keep(user: User, { id, at, counts, digest, previous }: Omit<Receipt, 'purged'>): Promise<void> {
    await this.sql.run({ userId: user.id }, 'insert into receipt (user_id, id, at, counts, digest, previous) values ($1, $2, $3, $4, $5, $6)',
      [user.id, id, at, JSON.stringify(counts), digest, previous])
  }
}
