import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common'
import { Cron } from '@nestjs/schedule'
import { JobQueue } from '#jobs'
import { Clock, ReverieError } from '#kernel'

const EVERY_MINUTES = 5
const SLOT_MS = EVERY_MINUTES * 60_000

/**
 * Asks every five minutes, and at start, for what is due to be planned: zones have their nights at any quarter of an hour. The job of one
 * slot has one id, so many replicas ask for it once.
 */
@Injectable()
export class DreamScheduler implements OnApplicationBootstrap {
  private readonly logger = new Logger(DreamScheduler.name)

  constructor(private readonly clock: Clock, private readonly queue: JobQueue) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.tick()
  }

  @Cron(`*/${EVERY_MINUTES} * * * *`, { waitForCompletion: true })
  async tick(): Promise<void> {
    const slot = Math.floor(this.clock.now().getTime() / SLOT_MS)
    try {
      await this.queue.add('dream-night', { at: this.clock.now().toISOString() }, { id: `night-${slot}` })
    } catch (error) {
      if (!(error instanceof ReverieError)) throw error
      this.logger.warn(`dreams are not planned now: ${error.message}`)
    }
  }
}
