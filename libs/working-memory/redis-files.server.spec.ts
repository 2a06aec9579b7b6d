import { Redis } from 'ioredis'
import { SystemClock, userOf } from '#kernel'
import { wordsOnDisk } from '../../test/support/disk'
import { PrivateRedis } from '../../test/servers/private-server'
import { connectRedis } from './redis-connection'
import { RedisFocusBuffer } from './redis.focus-buffer'

const ana = userOf('ana')
const signal = new AbortController().signal

describe('the files of Redis', () => {
  const close: (() => unknown)[] = []
  afterEach(async () => {
    for (const end of close.splice(0)) await end()
  })
  const start = async (...settings: string[]): Promise<PrivateRedis> => {
    const redis = await (await PrivateRedis.create(settings)).start()
    close.push(() => redis.close())
    return redis
  }
  const userOfRedis = (name: string, ...without: string[]): string[] => ['--user', name, 'on', `>${name}`, '~*', '+@all', ...without]
  const open = async (url: string): Promise<RedisFocusBuffer> => {
    const focus = new RedisFocusBuffer(await connectRedis({ url }), new SystemClock(), { maxItems: 10, ttlSeconds: 60 }, 'test')
    close.unshift(() => focus.close())
    return focus
  }
  const fill = async (focus: RedisFocusBuffer): Promise<void> => {
    for (const content of ['bandersnatch', 'borogove']) {
      await focus.add(ana, [{ id: content, content, role: 'user', speaker: null, sessionId: null, weight: 1, at: new Date(), durable: true }])
    }
  }

  it('are written anew without what left the mind, where it keeps some', async () => {
    const redis = await start('--appendonly', 'yes', '--appendfsync', 'always', '--save', '3600 1')
    const focus = await open(redis.url)
    await fill(focus)
    const client = new Redis(redis.url)
    close.unshift(() => client.disconnect())
    await client.save()
    await focus.remove(ana, ['bandersnatch'])
    expect(wordsOnDisk([redis.folder], ['bandersnatch'])).toEqual(['bandersnatch'])
    expect(await focus.rewrite(signal)).toEqual(['the append-only file of Redis was written anew', 'the snapshot of Redis was written anew'])
    expect(wordsOnDisk([redis.folder], ['bandersnatch', 'borogove'])).toEqual(['borogove'])
  })

  it('are not made where it keeps none', async () => {
    const redis = await start()
    const focus = await open(redis.url)
    await fill(focus)
    expect(await focus.rewrite(signal)).toEqual([])
    expect(wordsOnDisk([redis.folder], ['borogove'])).toEqual([])
  })

  it('stay as they are where that is not allowed, and the command is named', async () => {
    const redis = await start('--appendonly', 'yes', ...userOfRedis('plain', '-bgrewriteaof', '-config'), ...userOfRedis('silent', '-config'))
    const as = async (name: string): Promise<RedisFocusBuffer> => open(Object.assign(new URL(redis.url), { username: name, password: name }).toString())
    await expect((await as('plain')).rewrite(signal)).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining('bgrewriteaof') })
    expect(await (await as('silent')).rewrite(signal)).toEqual(['the append-only file of Redis was written anew', 'Redis does not tell whether it takes snapshots'])
  })
})
