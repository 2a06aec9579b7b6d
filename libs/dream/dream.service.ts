import { Injectable } from '@nestjs/common'
import { UserStore } from '#episodic-memory'
import { JobQueue } from '#jobs'
import { Clock, DAY_MS, invalid, notFound, type User } from '#kernel'
import { DayStore } from './day.store'
import { Dreamer } from './dreamer'
import { DiaryStore } from './diary/diary.store'
import type { ConsolidateInput, DreamDiary, DreamRun, RunStatus } from './dream.types'
import { RunStore } from './run.store'
import { localDay } from './schedule'
import { Undo } from './undo'

type PlannedRun = Pick<DreamRun, 'id' | 'status' | 'dryRun'>

/** Dreams as callers ask for them and look at them. */
@Injectable()
export class DreamService {
  constructor(
    private readonly clock: Clock,
    private readonly users: UserStore,
    private readonly days: DayStore,
    private readonly runs: RunStore,
    private readonly diary: DiaryStore,
    private readonly dreamer: Dreamer,
    private readonly taking: Undo,
    private readonly queue: JobQueue,
  ) {}

  /**
   * Has days dreamt of, by whoever does the jobs. Answers the ids of the runs, the earliest day first: also of one that was dreamt before,
   * when its day is named and nothing on it has changed.
   * @throws ReverieError invalid_request for a day in the future; unavailable when the queue does not answer (the runs are kept)
   */
  async consolidate(input: ConsolidateInput): Promise<string[]> {
    const runs = await this.plan(input)
    await this.enqueueAll(input.user.id, runs)
    return runs.map((run) => run.id)
  }

  /** Has days dreamt of and answers the runs as they ended. This process does the work, unless another has begun it. */
  async consolidateNow(input: ConsolidateInput): Promise<DreamDiary[]> {
    const { user } = input
    const runs = await this.plan(input)
    // Why one failed is told by the run.
    for (const { id } of runs) await this.dreamer.dream(user, id).catch(() => undefined)
    const done = await Promise.all(runs.map(({ id }) => this.runs.get(user, id)))
    return this.withChanges(user, done.filter((run) => run !== undefined))
  }

  async get(user: User, id: string): Promise<DreamDiary | undefined> {
    const run = await this.runs.get(user, id)
    return run && (await this.withChanges(user, [run]))[0]
  }

  /** How far a run is, without what it changed. */
  async progress(user: User, id: string): Promise<DreamRun | undefined> {
    return this.runs.get(user, id)
  }

  /**
   * Takes a run back and answers it.
   * @throws ReverieError not_found, conflict; see Undo
   */
  async undo(user: User, id: string): Promise<DreamDiary> {
    await this.taking.undo(user, id)
    const run = await this.get(user, id)
    if (!run) throw notFound(`dream ${id}`)
    return run
  }

  /** Runs, the newest first. */
  async list(user: User, status: RunStatus | undefined, page: { cursor?: string; limit: number }): Promise<{ runs: DreamRun[]; nextCursor: string | null }> {
    return this.runs.list(user, status, page)
  }

  /** Plans every day before `today` that was not dreamt of, all after `delayMs`. */
  async consolidateBefore(user: User, today: string, delayMs: number): Promise<void> {
    const days = await this.days.until(user, await this.days.zoneOf(user), dayBefore(today))
    await this.enqueueAll(user.id, await this.runs.queue(user, days, false, false), delayMs)
  }

  /** Asks for the run to be dreamt; twice does no harm. */
  async enqueue(userId: string, id: string, delayMs = 0): Promise<void> {
    await this.queue.add('dream-run', { user: userId, run: id }, { id: `dream-${id}`, delayMs })
  }

  /** One job for all runs of a user: the last one's, which those before it come with. Dry runs come alone. */
  private async enqueueAll(userId: string, runs: readonly PlannedRun[], delayMs = 0): Promise<void> {
    const queued = runs.filter((run) => run.status === 'queued')
    for (const { id } of queued.filter((run, i) => run.dryRun || i === queued.length - 1)) await this.enqueue(userId, id, delayMs)
  }

  private async withChanges(user: User, runs: readonly DreamRun[]): Promise<DreamDiary[]> {
    const changes = await this.diary.shown(user, runs.map((run) => run.id))
    return runs.map((run) => ({ ...run, changes: changes.get(run.id)! }))
  }

  private async plan({ user, day, dryRun, force }: ConsolidateInput): Promise<PlannedRun[]> {
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
  return new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10)
}
