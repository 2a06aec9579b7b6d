import { Injectable } from '@nestjs/common'
import { UserStore } from '#episodic-memory'
import { JobQueue } from '#jobs'
import { Clock, invalid, type User } from '#kernel'
import { DayStore } from './day.store'
import { Dreamer } from './dreamer'
import type { ConsolidateInput, DreamRun, RunStatus } from './dream.types'
import { RunStore } from './run.store'
import { localDay } from './schedule'

/** Dreams as callers ask for them and look at them. */
@Injectable()
export class DreamService {
  constructor(
    private readonly clock: Clock,
    private readonly users: UserStore,
    private readonly days: DayStore,
    private readonly runs: RunStore,
    private readonly dreamer: Dreamer,
    private readonly queue: JobQueue,
  ) {}

  /**
   * Has days dreamt of, by whoever does the jobs. Answers the ids of the runs, the earliest day first: also of one that was dreamt before,
   * when its day is named and nothing on it has changed.
   * @throws ReverieError invalid_request for a day in the future; unavailable when the queue does not answer (the runs are kept)
   */
  async consolidate(input: ConsolidateInput): Promise<string[]> {
    const runs = await this.plan(input)
    for (const { id, status } of runs) if (status === 'queued') await this.enqueue(input.user.id, id)
    return runs.map((run) => run.id)
  }

  /** Has days dreamt of and answers the runs as they ended. This process does the work, unless another has begun it. */
  async consolidateNow(input: ConsolidateInput): Promise<DreamRun[]> {
    const done: DreamRun[] = []
    for (const { id } of await this.plan(input)) {
      // Why it failed is told by the run.
      await this.dreamer.dream(input.user, id).catch(() => undefined)
      const run = await this.runs.get(input.user, id)
      if (run) done.push(run)
    }
    return done
  }

  async get(user: User, id: string): Promise<DreamRun | undefined> {
    return this.runs.get(user, id)
  }

  /** Runs, the newest first. */
  async list(user: User, status: RunStatus | undefined, page: { cursor?: string; limit: number }): Promise<{ runs: DreamRun[]; nextCursor: string | null }> {
    return this.runs.list(user, status, page)
  }

  /** Plans every day before `today` that was not dreamt of, each after `delayMs`. */
  async consolidateBefore(user: User, today: string, delayMs: number): Promise<void> {
    const days = await this.days.until(user, await this.days.zoneOf(user), dayBefore(today))
    for (const { id, status } of await this.runs.queue(user, days, false, false)) if (status === 'queued') await this.enqueue(user.id, id, delayMs)
  }

  /** Asks for the run to be dreamt; twice does no harm. */
  async enqueue(userId: string, id: string, delayMs = 0): Promise<void> {
    await this.queue.add('dream-run', { user: userId, run: id }, { id: `dream-${id}`, delayMs })
  }

  private async plan({ user, day, dryRun, force }: ConsolidateInput): Promise<{ id: string; status: RunStatus }[]> {
    const zone = await this.days.zoneOf(user)
    const today = localDay(this.clock.now(), zone)
    if (day !== undefined && day > today) throw invalid('day', `must not be in the future; today is ${today} in ${zone}`)
    if (!await this.users.get(user)) return []
    if (day !== undefined) {
      const one = await this.days.one(user, zone, day)
      return this.runs.queue(user, one ? [one] : [], dryRun, force)
    }
    const runs = await this.runs.queue(user, await this.days.until(user, zone, today), dryRun, force)
    return runs.filter((run) => run.status === 'queued' || run.status === 'running')
  }
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
}
