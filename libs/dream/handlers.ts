import { Injectable } from '@nestjs/common'
import { UserStore } from '#episodic-memory'
import { type JobContext, JobHandler, type JobPayload } from '#jobs'
import { Dreamer } from './dreamer'
import { Night } from './night'

/** Does the job of one run. */
@Injectable()
export class DreamRunHandler extends JobHandler<'dream-run'> {
  readonly job = 'dream-run'

  constructor(private readonly users: UserStore, private readonly dreamer: Dreamer) {
    super()
  }

  async handle({ user: userId, run }: JobPayload<'dream-run'>, { signal }: JobContext): Promise<void> {
    const user = await this.users.byId(userId)
    // Forgotten since it was planned.
    if (user) await this.dreamer.dream(user, run, signal)
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
