import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { Clock, DAY_MS } from '#kernel'
import { DreamSettings } from '../settings'

/** Runs of one statement. */
const BATCH = 100

/** Closes the diary of dreams that cannot be taken back any more. */
@Injectable()
export class DiaryClosing {
  constructor(private readonly sql: Sql, private readonly clock: Clock, private readonly settings: DreamSettings) {}

  /**
   * Of everybody's dreams that ended more than DREAM_UNDO_DAYS ago the counts are kept, not the changes. One step of the nightly maintenance; safe
   * to break off and to do again.
   * @param signal aborted when the process is to end
   * @returns how many runs were closed
   */
  async close(signal?: AbortSignal): Promise<number> {
    const before = new Date(this.clock.now().getTime() - this.settings.undoDays * DAY_MS)
    for (let closed = 0; ;) {
      signal?.throwIfAborted()
      const due = await this.sql.many<{ id: string }>('maintenance', `select r.id from dream_run r where r.finished_at < $1
        and exists (select from dream_change c where c.user_id = r.user_id and c.run_id = r.id) limit $2`, [before, BATCH])
      if (due.length === 0) return closed
      await this.sql.run('maintenance', `delete from dream_change c using dream_run r where r.user_id = c.user_id and r.id = c.run_id and r.id = any($1::uuid[])`,
        [due.map((run) => run.id)])
      closed += due.length
    }
  }
}
