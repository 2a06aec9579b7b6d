import { PrivateRedis } from '../../test/servers/private-server'
import { BullJobQueue } from './bull.job-queue'
import { jobQueueContract } from './job-queue.contract'
import { RedisBackend } from './redis.backend'

const RUN = { user: '5f0c1f0e-6d1b-4a54-9a3e-7d4c0a6a2b11', run: '018f0000-0000-7000-8000-000000000000' }

describe('jobs in Redis', () => {
  let inTransaction = false

  jobQueueContract(() => new RedisBackend(process.env.TEST_REDIS_URL!, () => inTransaction), async (work) => {
    inTransaction = true
    return work().finally(() => (inTransaction = false))
  })
})

describe('a Redis for jobs', () => {
  it('is warned of when it evicts or keeps nothing', async () => {
    const redis = await (await PrivateRedis.create(['--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lfu'])).start()
    const queue = await BullJobQueue.open(new RedisBackend(redis.url, () => false))
    try {
      expect(await queue.status()).toMatchObject({
        backend: 'redis', warnings: [expect.stringMatching(/evict.*allkeys-lfu.*noeviction/), expect.stringMatching(/nothing on disk.*appendonly yes/)],
      })
    } finally {
      await queue.close()
      await redis.close()
    }
  })

  it('that is down holds nobody up, at the start or later, and works again when it is back', async () => {
    const redis = await PrivateRedis.create()
    const queue = await BullJobQueue.open(new RedisBackend(redis.url, () => false), { waitMs: 500 })
    try {
      expect(await queue.status()).toMatchObject({ counts: undefined })
      await expect(queue.add('dream-run', RUN, { id: 'down' })).rejects.toMatchObject({ code: 'unavailable' })
      await redis.start()
      const added = async (): Promise<void> => queue.add('dream-run', RUN, { id: 'back' }).catch(added)
      await added()
      expect((await queue.status()).counts!.waiting).toBeGreaterThan(0)
    } finally {
      await queue.close()
      await redis.close()
    }
  })
})
