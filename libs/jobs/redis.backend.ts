import { type ConnectionOptions, createRedisBackend } from 'bullmq'
import { Redis } from 'ioredis'
import { certificateAuthority } from '#database'
import type { JobBackend } from './job-backend'

const CONNECT_MS = 3_000
const LONGEST_RETRY_MS = 2_000

/** Jobs in Redis. */
export class RedisBackend implements JobBackend {
  readonly name = 'redis'
  readonly factory = createRedisBackend as JobBackend['factory']
  readonly idleSeconds = 5
  private readonly tls: { readonly tls?: { readonly ca: Buffer } }
  private closed = false

  /**
   * @param url redis:// or rediss://
   * @param caFile certificate authority (PEM), for rediss://
   * @throws StartupError when that cannot be read
   */
  constructor(private readonly url: string, readonly inTransaction: () => boolean, caFile?: string) {
    this.tls = caFile === undefined ? {} : { tls: { ca: certificateAuthority(caFile, 'Redis', 'Correct REDIS_CA_FILE') } }
  }

  connection(use: 'ask' | 'work'): ConnectionOptions {
    const retryStrategy = (times: number): number | null => (this.closed ? null : Math.min(times * 200, LONGEST_RETRY_MS))
    const common = { url: this.url, ...this.tls, connectTimeout: CONNECT_MS, retryStrategy }
    return use === 'work' ? { ...common, maxRetriesPerRequest: null } : { ...common, maxRetriesPerRequest: 1, enableOfflineQueue: false }
  }

  async open(): Promise<void> {}

  async warnings(): Promise<string[]> {
    const redis = new Redis(this.url, { ...this.tls, lazyConnect: true, connectTimeout: CONNECT_MS, maxRetriesPerRequest: 0, retryStrategy: () => null })
    redis.on('error', () => {}) // the command that fails tells
    try {
      await redis.connect()
      const info = await redis.info()
      // A managed Redis may forbid CONFIG; then its word on persistence is taken as good.
      const save = await redis.config('GET', 'save').then((reply) => (reply as string[])[1], () => undefined)
      return redisWarnings(info, save)
    } finally {
      redis.disconnect()
    }
  }

  async close(): Promise<void> {
    this.closed = true
  }
}

/**
 * What is wrong with a Redis for jobs.
 * @param info its answer to INFO
 * @param save its setting `save`, when it tells it
 */
export function redisWarnings(info: string, save: string | undefined): string[] {
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
  const warnings: string[] = []
  const policy = field('maxmemory_policy')
  if (policy !== undefined && policy !== 'noeviction') {
    warnings.push(`the Redis for jobs may evict them (maxmemory-policy ${policy}): set maxmemory-policy noeviction, or JOBS_REDIS_URL to a Redis that has it`)
  }
  if (field('aof_enabled') === '0' && save === '') {
    warnings.push('the Redis for jobs keeps nothing on disk: set appendonly yes, or JOBS_REDIS_URL to a Redis that has it')
  }
  return warnings
}
