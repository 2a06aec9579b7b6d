import { type DynamicModule, Inject, Module, type BeforeApplicationShutdown } from '@nestjs/common'
import { DiscoveryModule } from '@nestjs/core'
import { Database, Sql } from '#database'
import { BullJobQueue } from './bull.job-queue'
import { JobQueue } from './job-queue'
import { JobRunner } from './job-runner'
import { RedisBackend } from './redis.backend'
import { StoreBackend } from './store.backend'

export interface JobsOptions {
  /** Redis of the jobs; without it they lie in the memory's own store. */
  readonly redis?: { readonly url: string; readonly caFile?: string; readonly prefix: string }
  /** Whether this process does the jobs, or only adds them. */
  readonly consume: boolean
}

/** The only place that chooses where jobs are kept. */
@Module({})
export class JobsModule implements BeforeApplicationShutdown {
  constructor(@Inject(JobQueue) private readonly queue: JobQueue) {}

  static forRoot({ redis, consume }: JobsOptions): DynamicModule {
    const open = (database: Database, sql: Sql): Promise<JobQueue> =>
      redis
        ? BullJobQueue.open(new RedisBackend(redis.url, () => sql.inTransaction, redis.caFile), { name: redis.prefix })
        : BullJobQueue.open(new StoreBackend(database))
    return {
      module: JobsModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [{ provide: JobQueue, useFactory: open, inject: [Database, Sql] }, ...(consume ? [JobRunner] : [])],
      exports: [JobQueue],
    }
  }

  /** Before the stores close: handlers still use them. */
  beforeApplicationShutdown(): Promise<void> {
    return this.queue.close()
  }
}
