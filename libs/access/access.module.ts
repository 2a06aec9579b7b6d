import { type DynamicModule, Module } from '@nestjs/common'
import { connectRedis, type RedisTarget } from '#working-memory'
import { ApiKeys } from './api-keys'
import { type Limits, RateLimits } from './rate-limits'

export interface AccessOptions extends Limits {
  /** Where requests are counted together; without it each process counts by itself. `prefix`: of every key. */
  readonly redis?: RedisTarget & { readonly prefix: string }
}

/** Who may ask for what, and how often. The application does not start (StartupError) when Redis is asked for and away. */
@Module({})
export class AccessModule {
  static forRoot({ redis, ...limits }: AccessOptions): DynamicModule {
    const open = async (): Promise<RateLimits> => new RateLimits(limits, redis && limits.requests > 0 ? { redis: await connectRedis(redis), prefix: redis.prefix } : undefined)
    return { module: AccessModule, global: true, providers: [ApiKeys, { provide: RateLimits, useFactory: open }], exports: [ApiKeys, RateLimits] }
  }
}
