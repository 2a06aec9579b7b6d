import { Injectable } from '@nestjs/common'
import { UserStore } from '#episodic-memory'
import { type JobContext, JobHandler, type JobPayload } from '#jobs'
import { DreamService } from './dream.service'
import { Dreamer } from './dreamer'
import { Night } from './night'

/** After how long a day that failed on the way to another one is tried again by itself, in milliseconds. */
const RETRY_MS = 60_000

/** Does the job of one run, and of those that come before it. */
@Injectable()
export class DreamRunHandler extends JobHandler<'dream-run'> {
  readonly job = 'dream-run'

  constructor(private readonly users: UserStore, private readonly dreamer: Dreamer, private readonly dreams: DreamService) {
    super()
  }

  async handle({ user: userId, run }: JobPayload<'dream-run'>, context: JobContext): Promise<void> {
    const user = await this.users.byId(userId)
    // Forgotten since it was planned.
    if (!user) return
    await this.dreamer.dream(user, run, {
      signal: context.signal, progress: (done) => context.progress(done), failed: (before) => this.dreams.enqueue(userId, before, RETRY_MS),
    })
  }
}

/** Does the job of planning a night. */
@Injectable()
export class DreamNightHandler extends JobHandler<'dream-night'> {
  readonly job = 'dream-night'

  constructor(private readonly night: Night) {
    super()
  }

  async handle({ at }: JobPayload<'dream-night'>): Promise<void> {
    await this.night.plan(new Date(at))
  }
}
