import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common'
import { Clock } from '#kernel'
import { FocusBuffer, type FocusLimits } from './focus-buffer'
import { InProcessFocusBuffer } from './in-process.focus-buffer'
import { connectRedis, type RedisTarget } from './redis-connection'
import { RedisFocusBuffer } from './redis.focus-buffer'

/** Without `redis` working memory is in this process. */
export interface WorkingMemoryOptions extends FocusLimits {
  /** `prefix`: of every key. */
  readonly redis?: RedisTarget & { readonly prefix: string }
}

/** The only place that chooses where working memory lives. The application does not start (StartupError) when Redis is asked for and away. */
@Module({})
export class WorkingMemoryModule implements OnApplicationShutdown {
  constructor(@Inject(FocusBuffer) private readonly focus: FocusBuffer) {}

  static forRoot({ redis, ...limits }: WorkingMemoryOptions): DynamicModule {
    const open = async (clock: Clock): Promise<FocusBuffer> => redis
      ? new RedisFocusBuffer(await connectRedis(redis), clock, limits, redis.prefix)
      : new InProcessFocusBuffer(clock, limits)
    return { module: WorkingMemoryModule, global: true, providers: [{ provide: FocusBuffer, useFactory: open, inject: [Clock] }], exports: [FocusBuffer] }
  }

  onApplicationShutdown(): void {
    if (this.focus instanceof RedisFocusBuffer) this.focus.close()
  }
}
