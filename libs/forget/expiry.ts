import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { EmbeddingBackfill, UserStore } from '#episodic-memory'
import { Clock, DAY_MS, type User } from '#kernel'
import { Erasures } from './erasures'
import type { ForgetCandidate } from './forget.types'
import { Mind } from './mind'
import { Removal } from './removal'
import { Selection } from './selection'

/** Memories of one transaction: a user's own writes wait no longer than that takes. */
const BATCH = 200

/**
 * Erases tasks that have expired. They left recall when they did; this is the end of them. What is personal or of a project leaves recall, too, where
 * its caller named an end, and stays until it is forgotten.
 */
@Injectable()
export class Expiry {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly users: UserStore,
    private readonly selection: Selection,
    private readonly removal: Removal,
    private readonly erasures: Erasures,
    private readonly mind: Mind,
    private readonly backfill: EmbeddingBackfill,
  ) {}

  /**
   * Erases everybody's tasks that expired more than `days` ago, with what derives from them alone. As forgetting does, but nobody asked for
   * it: without tombstone or receipt. One step of the nightly maintenance; safe to break off and to do again.
   * @param days so long an expired memory is kept, for the dreams in which it plays a part can be taken back until then
   * @param signal aborted when the process is to end
   * @returns how many were erased
   */
  async erase(days: number, signal?: AbortSignal): Promise<number> {
    const before = new Date(this.clock.now().getTime() - days * DAY_MS)
    let erased = 0
    for (;;) {
      const due = await this.sql.many<{ userId: string }>('maintenance',
        `select distinct user_id as "userId" from memory_trace where retention = 'task' and expires_at < $1 order by 1 limit $2`, [before, BATCH])
      for (const { userId } of due) {
        const user = await this.users.byId(userId)
        for (let n = BATCH; user && n >= BATCH; erased += n) {
          signal?.throwIfAborted()
          n = await this.eraseSome(user, before)
        }
      }
      if (due.length < BATCH) return erased
    }
  }

  private async eraseSome(user: User, before: Date): Promise<number> {
    const { erased, stale } = await this.sql.transaction({ userId: user.id }, async () => {
      // Not `lock`: the row of one who was forgotten meanwhile is not made again.
      if (!await this.users.lockKnown(user)) return { erased: 0, stale: [] }
      const rows = await this.sql.many<Omit<ForgetCandidate, 'because'>>({ userId: user.id },
        `select id, content, kind from memory_trace where user_id = $1 and retention = 'task' and expires_at < $2 order by expires_at, id limit $3`, [user.id, before, BATCH])
      if (rows.length === 0) return { erased: 0, stale: [] }
      // Not what it was corrected to: that expires at a time of its own.
      const going = await this.selection.withDerived(user, rows.map((row) => ({ ...row, because: 'match' })))
      const removed = await this.removal.remove(user, going, 0)
      await this.erasures.note(user, removed.partitions)
      return { erased: rows.length, stale: [...going.map((c) => c.id), ...removed.stale] }
    }, 'erase')
    if (erased === 0) return 0
    await this.mind.removeAgain(user, stale)
    this.backfill.wake()
    return erased
  }
}
