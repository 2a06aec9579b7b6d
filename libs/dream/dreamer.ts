import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { UserStore } from '#episodic-memory'
import { Clock, kindOfError, newId, ReverieError, type User } from '#kernel'
import { DiaryStore } from './diary/diary.store'
import { DayChanged } from './diary/diary.writer'
import { Reverter } from './diary/reverter'
import type { DreamRun } from './dream.types'
import { type Progress, Performer } from './performer'
import { PlanStore } from './plan.store'
import { HEARTBEAT_MS, LostRun, RunStore } from './run.store'

/** How often one looks at a run that another worker has, in milliseconds. */
const LOOK_MS = 250
/** How often a day may change under the dream of it before the dream is put off. */
const RESTARTS = 5

export interface DreamOptions {
  /** Aborted when this process is to end; the run is then given back. */
  readonly signal?: AbortSignal
  readonly progress?: Progress
  /** Told of runs before the one that was asked for that failed: that one is dreamt all the same. */
  readonly failed?: (run: string) => Promise<void>
}

/** Sees runs to their end: who works at them, and what becomes of one that fails. */
@Injectable()
export class Dreamer {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly users: UserStore,
    private readonly runs: RunStore,
    private readonly plans: PlanStore,
    private readonly diary: DiaryStore,
    private readonly reverter: Reverter,
    private readonly performer: Performer,
  ) {}

  /**
   * Sees a run to its end, here or, when another worker has it, there: it is taken over should that one die. What the user has to dream of
   * before it comes first.
   * @throws what made it fail, which the run tells as well
   */
  async dream(user: User, id: string, options: DreamOptions = {}): Promise<void> {
    for (;;) {
      options.signal?.throwIfAborted()
      const worker = newId(this.clock.now())
      const run = await this.runs.claim(user, id, worker)
      if (run) {
        try {
          await this.hold(user, run, worker, options)
        } catch (error) {
          if (error instanceof LostRun) continue
          if (run.id === id || options.signal?.aborted) throw error
          await options.failed?.(run.id)
        }
        if (run.id === id) return
        continue
      }
      const status = (await this.runs.get(user, id))?.status
      if (status !== 'running' && status !== 'queued' && status !== 'failed') return
      await new Promise((done) => setTimeout(done, LOOK_MS))
    }
  }

  private async hold(user: User, run: DreamRun, worker: string, { signal, progress }: DreamOptions): Promise<void> {
    const beat = setInterval(() => void this.runs.hold(user, run.id, worker).catch(() => undefined), HEARTBEAT_MS)
    try {
      for (let restarts = 0; ; restarts++) {
        try {
          await this.performer.perform({ user, run: restarts === 0 ? run : (await this.runs.get(user, run.id)) ?? run, worker, signal, progress })
          return
        } catch (error) {
          if (!(error instanceof DayChanged) || restarts === RESTARTS) throw error
        }
      }
    } catch (error) {
      if (error instanceof LostRun) throw error
      if (signal?.aborted) await this.runs.release(user, run.id, worker)
      // Where even that fails, the lease runs out, and somebody goes on.
      else await this.giveUp(user, run.id, worker, reasonOf(error)).catch(() => undefined)
      throw error
    } finally {
      clearInterval(beat)
    }
  }

  /** Nothing stays of a run that failed but its error. */
  private async giveUp(user: User, run: string, worker: string, error: string): Promise<void> {
    await this.sql.transaction({ userId: user.id }, async () => {
      await this.users.lockKnown(user)
      await this.runs.hold(user, run, worker)
      await this.reverter.revert(user, await this.diary.backwards(user, run), { strict: false, forgotten: true })
      await this.diary.clear(user, run)
      await this.plans.keepOnly(user, run, [])
      await this.runs.fail(user, run, error)
    })
  }
}

/** Why a run failed, without what the error quotes: that may be remembered content. */
function reasonOf(error: unknown): string {
  return error instanceof ReverieError || error instanceof DayChanged ? error.message : kindOfError(error)
}
