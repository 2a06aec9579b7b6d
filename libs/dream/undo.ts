import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { UserStore } from '#episodic-memory'
import { Clock, DAY_MS, notFound, ReverieError, type User } from '#kernel'
import { FocusBuffer } from '#working-memory'
import { DiaryStore } from './diary/diary.store'
import { Reverter } from './diary/reverter'
import type { DreamRun } from './dream.types'
import { RunStore } from './run.store'
import { DreamSettings } from './settings'


/** Takes dreams back, the newest first. */
@Injectable()
export class Undo {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly users: UserStore,
    private readonly runs: RunStore,
    private readonly diary: DiaryStore,
    private readonly reverter: Reverter,
    private readonly focus: FocusBuffer,
    private readonly settings: DreamSettings,
  ) {}

  /**
   * Restores the state before the run. What was forgotten since stays forgotten.
   * @throws ReverieError not_found; conflict when it changed nothing that could be restored, a later dream stands, or somebody has changed,
   * corrected or connected what it made
   */
  async undo(user: User, id: string): Promise<void> {
    const removed = await this.sql.transaction({ userId: user.id }, async () => {
      await this.users.lockKnown(user)
      const { forgotten } = await this.check(user, id)
      const removed = await this.reverter.revert(user, await this.diary.backwards(user, id), { strict: true, forgotten: forgotten > 0 })
      await this.runs.undone(user, id)
      return removed
    })
    await this.focus.tolerating(() => this.focus.remove(user, removed))
  }

  /** @throws ReverieError */
  private async check(user: User, id: string): Promise<DreamRun> {
    const run = await this.runs.get(user, id)
    if (!run) throw notFound(`dream ${id}`)
    if (run.dryRun) throw conflict('it was a dry run, which changed nothing')
    if (run.status === 'undone') throw conflict('it was undone before')
    if (run.status === 'failed') throw conflict('it failed, and left nothing')
    if (run.status !== 'completed') throw conflict('it has not ended yet')
    const others = await this.runs.after(user, run.turn!)
    if (others.open) throw conflict('another dream is under way; try again when it has ended', others.open)
    if (others.later) throw conflict(`a later dream stands: undo ${others.later} first`, others.later)
    const changes = run.phases.find((phase) => phase.name === 'diary')?.counts.changes ?? 0
    const late = run.finishedAt!.getTime() + this.settings.undoDays * DAY_MS < this.clock.now().getTime()
    if (late || await this.diary.count(user, id) < changes - run.forgotten) throw conflict(`what it changed was kept for ${this.settings.undoDays} days (DREAM_UNDO_DAYS)`)
    return run
  }
}

function conflict(why: string, dream?: string): ReverieError {
  return new ReverieError('conflict', `the dream cannot be undone: ${why}`, dream === undefined ? undefined : { dream })
}
