import { Injectable, Logger } from '@nestjs/common'
import { Cron } from '@nestjs/schedule'
import { type JobContext, JobHandler, type JobPayload, JobQueue, lastTime } from '#jobs'
import { Clock, kindOfError, ReverieError } from '#kernel'
import { Maintenance } from './maintenance'
import { MaintenanceSettings } from './settings'

/**
 * Asks every five minutes for the maintenance that is due: of the last night, or of one that passed while no process was there. Not at the
 * start itself, which is when people wait. The job of one night has one id, so many processes ask for it once; a queue that lost it is
 * given it again.
 */
@Injectable()
export class MaintenanceScheduler {
  private readonly logger = new Logger(Maintenance.name)

  constructor(
    private readonly clock: Clock, private readonly queue: JobQueue, private readonly maintenance: Maintenance, private readonly settings: MaintenanceSettings,
  ) {}

  @Cron('*/5 * * * *', { waitForCompletion: true })
  async tick(): Promise<void> {
    const { schedule, timeZone } = this.settings
    const night = schedule === undefined ? undefined : lastTime(schedule, this.clock.now(), timeZone)
    if (!night) return
    try {
      if (await this.maintenance.doneSince(night)) return
      await this.queue.add('maintenance', { night: night.toISOString() }, { id: `maintenance-${night.getTime()}` })
    } catch (error) {
      this.logger.warn(`maintenance is not planned now: ${error instanceof ReverieError ? error.message : kindOfError(error)}`)
    }
  }
}

/** Does the job of one night. */
@Injectable()
export class MaintenanceHandler extends JobHandler<'maintenance'> {
  readonly job = 'maintenance'
  private readonly logger = new Logger(Maintenance.name)

  constructor(private readonly maintenance: Maintenance) {
    super()
  }

  async handle({ night }: JobPayload<'maintenance'>, { signal }: JobContext): Promise<void> {
    // A job may be done twice by a queue that lost a worker's word; somebody may have asked for it in the meantime.
    if (await this.maintenance.doneSince(new Date(night))) return
    const { steps } = await this.maintenance.run(signal)
    for (const line of steps.flatMap(({ did }) => did)) this.logger.log(`maintenance ${line}`)
    for (const { name, error } of steps.filter(({ error }) => error !== null)) this.logger.warn(`the step ${name} of maintenance failed: ${error}`)
    this.logger.log(`maintained in ${steps.reduce((sum, { ms }) => sum + ms, 0)} ms`)
  }
}
