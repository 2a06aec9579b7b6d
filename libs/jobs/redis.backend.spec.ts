import { BullJobQueue } from './bull.job-queue'
import { jobQueueContract } from './job-queue.contract'
import { RedisBackend, redisWarnings } from './redis.backend'
import { startPrivateRedis, startRedis, type TestRedis } from './testing'

const RUN = { user: '5f0c1f0e-6d1b-4a54-9a3e-7d4c0a6a2b11', run: '018f0000-0000-7000-8000-000000000000' }

describe('jobs in Redis', () => {
  let redis: TestRedis
  let inTransaction = false
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis?.stop())

  jobQueueContract(() => new RedisBackend(redis.url, () => inTransaction), async (work) => {
    inTransaction = true
    return work().finally(() => (inTransaction = false))
  })
})

describe('a Redis for jobs', () => {
  it('is warned of when it evicts or keeps nothing', async () => {
    const redis = await startPrivateRedis(['--save', '', '--appendonly', 'no', '--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lfu'])
    const queue = await BullJobQueue.open(new RedisBackend(redis.url, () => false))
    try {
      expect(await queue.status()).toMatchObject({
        backend: 'redis', warnings: [expect.stringMatching(/evict.*allkeys-lfu.*noeviction/), expect.stringMatching(/nothing on disk.*appendonly yes/)],
      })
    } finally {
      await queue.close()
      await redis.stop()
    }
  })

  it('is not warned of when it keeps what it is given', () => {
    expect(redisWarnings('maxmemory_policy:noeviction\r\naof_enabled:1\r\n', '')).toEqual([])
    expect(redisWarnings('maxmemory_policy:noeviction\r\naof_enabled:0\r\n', '3600 1')).toEqual([])
    expect(redisWarnings('maxmemory_policy:noeviction\r\naof_enabled:0\r\n', undefined)).toEqual([])
  })

  it('that is down holds nobody up, at the start or later, and works again when it is back', async () => {
    const redis = await startPrivateRedis()
    const port = Number(new URL(redis.url).port)
    await redis.stop()
    const queue = await BullJobQueue.open(new RedisBackend(redis.url, () => false), { waitMs: 500 })
    try {
      expect(await queue.status()).toMatchObject({ counts: undefined })
      await expect(queue.add('dream-run', RUN, { id: 'down' })).rejects.toMatchObject({ code: 'unavailable' })
      const back = await startPrivateRedis([], port)
      try {
        const added = async (): Promise<void> => queue.add('dream-run', RUN, { id: 'back' }).catch(added)
        await added()
        expect((await queue.status()).counts!.waiting).toBeGreaterThan(0)
      } finally {
        await back.stop()
      }
    } finally {
      await queue.close()
    }
  })
})
