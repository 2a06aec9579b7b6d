import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { Tombstones, UserStore, type WholeTombstone } from '#episodic-memory'
import type { User } from '#kernel'
import { Eraser } from '../eraser'
import { Erasures } from '../erasures'
import { Mind } from '../mind'
import { Receipts } from '../receipts'
import { Removal } from '../removal'
import { Selection } from '../selection'
import type { Entry, Forgotten } from './entries'
import { tombstoneOf } from './ledger'
import type { LineOf } from './ledger-lines'

/** What came of doing something again. */
export interface Redone {
  /** Memories that were erased. */
  readonly memories: number
  readonly tombstones: readonly WholeTombstone[]
}

const NOTHING: Redone = { memories: 0, tombstones: [] }

/** Forgets again what a restored store remembers. */
@Injectable()
export class Redo {
  constructor(
    private readonly sql: Sql,
    private readonly users: UserStore,
    private readonly tombstones: Tombstones,
    private readonly selection: Selection,
    private readonly removal: Removal,
    private readonly eraser: Eraser,
    private readonly receipts: Receipts,
    private readonly erasures: Erasures,
    private readonly mind: Mind,
  ) {}

  /** Does one thing that the ledger tells, in a transaction of its own; undefined when the store had it already. */
  async redo(entry: Entry): Promise<Redone | undefined> {
    if (entry.line === 'user') return this.forgetUser(entry)
    const user = await this.users.byId(entry.user) ?? { id: entry.user, externalId: '' }
    if (entry.line === 'forgotten') return this.forget(user, entry)
    return this.sql.transaction({ userId: user.id }, async () => {
      await this.users.lockKnown(user)
      if (entry.line === 'lifted') return await this.tombstones.lift(user, entry.tombstone) && NOTHING
      const stone = tombstoneOf(entry)
      await this.tombstones.insert(user.id, [stone])
      return { memories: 0, tombstones: [stone] }
    })
  }

  /** Erases what came after a tombstone that keeps it away, under whatever id; answers the ids. */
  async sweep(userId: string, since: Date): Promise<string[]> {
    const user = await this.users.byId(userId)
    if (!user) return []
    const gone: string[] = []
    for (let after: string | undefined; ;) {
      const page = await this.selection.recordedSince(user, since, after)
      if (page.length === 0) break
      after = page.at(-1)!.id
      const held = await this.tombstones.heldSince(user, page)
      gone.push(...page.filter((one, i) => held[i] && one.createdAt > held[i]).map(({ id }) => id))
    }
    if (gone.length > 0) await this.erase(user, gone)
    return gone
  }

  private async forget(user: User, { receipt, ids, stones }: Forgotten): Promise<Redone | undefined> {
    const tombstones = stones.map(tombstoneOf)
    const erased = await this.erase(user, ids, async () => {
      // Another process was faster, or is just done with it.
      if (await this.receipts.find(user, receipt.id)) return false
      await this.tombstones.insert(user.id, tombstones)
      const { id, at, counts, digest, previous } = receipt
      return (await this.receipts.restore(user, { id, at: new Date(at), counts, digest, previous })).id
    })
    return erased === undefined ? undefined : { memories: erased, tombstones }
  }

  /** @param first joins the transaction and answers the receipt of it, if it has one; false: leave it */
  private async erase(user: User, ids: readonly string[], first: () => Promise<string | undefined | false> = async () => undefined): Promise<number | undefined> {
    const done = await this.sql.transaction({ userId: user.id }, async () => {
      await this.users.lockKnown(user)
      const receipt = await first()
      if (receipt === false) return undefined
      const going = await this.selection.still(user, ids)
      const { stale, partitions } = going.length > 0 ? await this.removal.remove(user, going, 0) : { stale: [], partitions: [] }
      await this.erasures.note(user, partitions, receipt)
      return { n: going.length, stale: [...going.map(({ id }) => id), ...stale] }
    })
    if (done && done.n > 0) await this.mind.removeAgain(user, done.stale)
    return done?.n
  }

  private async forgetUser({ user: id, at }: LineOf<'user'>): Promise<Redone | undefined> {
    const user = await this.users.byId(id)
    const stored = user && await this.users.get(user)
    // One who came anew since then is somebody else.
    if (!user || !stored || stored.createdAt > new Date(at)) return undefined
    const { traces } = await this.sql.transaction({ userId: id }, async () => {
      await this.users.lockKnown(user)
      return this.eraser.eraseUser(user, 0)
    })
    await this.mind.removeAgain(user)
    return { memories: traces, tombstones: [] }
  }
}
