import { Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { DiscoveryService } from '@nestjs/core'
import { JobHandler, JobQueue } from './job-queue'

/** Has this process do the jobs, by every JobHandler that the application provides. */
@Injectable()
export class JobRunner implements OnApplicationBootstrap {
  constructor(private readonly queue: JobQueue, private readonly discovery: DiscoveryService) {}

  async onApplicationBootstrap(): Promise<void> {
    const handlers = this.discovery.getProviders().map((provider) => provider.instance as unknown).filter((instance) => instance instanceof JobHandler)
    await this.queue.consume([...new Set(handlers)])
  }
}
