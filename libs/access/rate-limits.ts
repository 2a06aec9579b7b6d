import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common'
import type { Redis } from 'ioredis'
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { kindOfError, ReverieError } from '#kernel'

const WINDOW_SECONDS = 60

export interface Limits {
  /** Most requests of one key in a minute; 0: no limit. */
  readonly requests: number
  /** Most wrong keys from one address in a minute, told to this process; 0: no limit. */
  readonly wrongKeys: number
}

/** Redis, where all processes count together. */
export interface SharedCounts {
  readonly redis: Redis
  /** What every key there begins with. */
  readonly prefix: string
}

/**
 * How often somebody may ask. Requests are counted by key (its id, never the key), in Redis where there is one; wrong keys by address, in this
 * process. While Redis is away requests pass uncounted: a limit guards the service, and must not be what takes it down.
 */
@Injectable()
export class RateLimits implements OnApplicationShutdown {
  readonly backend: 'redis' | 'in-process'
  private readonly logger = new Logger(RateLimits.name)
  private readonly requests: RateLimiterAbstract | undefined
  private readonly wrongKeys: RateLimiterAbstract | undefined
  private counting = true

  constructor(readonly limits: Limits, private readonly shared?: SharedCounts) {
    this.backend = shared ? 'redis' : 'in-process'
    const of = (points: number) => ({ points, duration: WINDOW_SECONDS, keyPrefix: 'limit' })
    if (limits.wrongKeys > 0) this.wrongKeys = new RateLimiterMemory(of(limits.wrongKeys))
    if (limits.requests === 0) return
    this.requests = shared
      // Who has asked too often is refused without asking Redis again.
      ? new RateLimiterRedis({ ...of(limits.requests), storeClient: shared.redis, keyPrefix: `${shared.prefix}:limit`, inMemoryBlockOnConsumed: limits.requests + 1 })
      : new RateLimiterMemory(of(limits.requests))
  }

  /** Whether requests are being counted: false from when Redis failed to do so until it does again. */
  get reachable(): boolean {
    return this.counting
  }

  /** Counts a request. @throws ReverieError rate_limited */
  async request(name: string): Promise<void> {
    if (!this.requests) return
    try {
      await this.requests.consume(name)
      this.counting = true
    } catch (refused) {
      if (refused instanceof RateLimiterRes) throw tooMany('This key has asked too often', refused)
      this.uncounted(refused)
    }
  }

  /** Counts a wrong key. @throws ReverieError rate_limited */
  async wrongKey(address: string): Promise<void> {
    await this.wrongKeys?.consume(address).catch((refused: RateLimiterRes) => {
      throw tooMany('Too many wrong keys came from this address', refused)
    })
  }

  onApplicationShutdown(): void {
    this.shared?.redis.disconnect()
  }

  private uncounted(error: unknown): void {
    // A server that hangs would hold up every request for as long as a command may take: broken off, the next ones fail at once.
    if (error instanceof Error && error.message === 'Command timed out') this.shared?.redis.stream.destroy()
    if (this.counting) this.logger.warn(`requests are not counted, and pass: Redis does not answer (${kindOfError(error)})`)
    this.counting = false
  }
}

function tooMany(what: string, { msBeforeNext }: RateLimiterRes): ReverieError {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000))
  return new ReverieError('rate_limited', `${what}: try again in ${seconds} s`, { retry_after: seconds })
}
