import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Database } from '#database'
import { testServer } from '../libs/database/testing'
import { PrivatePostgres, PrivateRedis } from './servers/private-server'
import { longWords, wordsOnDisk } from './support/disk'
import { startServer, type TestServer } from './support/server'
import type { ErrorBody } from './support/wire'

interface Purged {
  purged: number
  steps: { name: string; did: string[]; error: string | null }[]
}

const DAY = '2025-05-08'
const SECRET = [
  'I live in Oberplunzig with my sister Zelkovary',
  'Doctor Brandowitz prescribed brintoxamil against my quorvenitis, at the Hollerkliniek beside the Gruntwasser',
]
/** The same, of others: never forgotten. */
const TWIN = [
  'I live in Unterschwalm with my brother Ferdowaldi',
  'Doctor Mickelhausen prescribed santoprexin against my belgarosis, at the Tannenkliniek beside the Silberbruch',
]

describe('the purge', () => {
  let server: TestServer
  /** Folders with everything that the stores keep on disk. */
  let folders: string[]
  let redis: Redis | undefined
  const close: (() => Promise<unknown> | void)[] = []
  beforeAll(async () => {
    const more: Record<string, string> = {}
    if (testServer()) {
      const [postgres, cache] = [await PrivatePostgres.create(['synchronous_commit=on']), await PrivateRedis.create(['--appendonly', 'yes', '--save', '3600 1'])]
      close.push(() => postgres.close(), () => cache.close())
      await Promise.all([postgres.start(), cache.start()])
      Object.assign(more, { DATABASE_URL: postgres.url, REDIS_URL: cache.url })
      folders = [join(postgres.folder, 'data'), cache.folder]
      redis = new Redis(cache.url)
      close.unshift(() => redis!.disconnect())
    }
    server = await startServer({ RECALL_LOG_TEXT: 'on', EMBEDDING_CACHE_SIZE: '100', ...more })
    close.unshift(() => server.close())
    folders ??= [server.env.DATA_DIR!]
  })
  afterAll(async () => {
    for (const end of close) await end()
  })

  const onDisk = (words: readonly string[]): string[] => wordsOnDisk(folders, words)
  const inRows = async (words: readonly string[]): Promise<string[]> => {
    const found = await Promise.all(words.map(async (word) => ((await server.store.showing(word)).length > 0 ? [word] : [])))
    return found.flat()
  }
  const inRedis = async (words: readonly string[]): Promise<string[]> => {
    if (!redis) return []
    const keys = await redis.keys('*')
    const all = (await Promise.all(keys.map(async (key) => [key, ...await valuesOf(key)]))).flat().join('\n').toLowerCase()
    return words.filter((word) => all.includes(word.toLowerCase()))
  }
  const valuesOf = async (key: string): Promise<string[]> => {
    const type = await redis!.type(key)
    if (type === 'hash') return Object.entries(await redis!.hgetall(key)).flat()
    if (type === 'zset') return redis!.zrange(key, 0, -1)
    if (type === 'list') return redis!.lrange(key, 0, -1)
    if (type === 'set') return redis!.smembers(key)
    if (type === 'stream') return (await redis!.xrange(key, '-', '+')).flat(2)
    return [await redis!.get(key) ?? '']
  }
  const purge = async (): Promise<Purged> => (await server.api.post<Purged>('/maintenance/purge', {})).body
  const tell = async (user: string, said: readonly string[]): Promise<string[]> => server.api.remember({
    user_id: user, session_id: 'talk', messages: said.map((content, i) => ({
      content, speaker: 'Ana', occurred_at: `${DAY}T10:0${i}:00Z`, metadata: { of: content }, tags: longWords(content).slice(-1),
    })),
  }, { 'Idempotency-Key': `talk of ${user}` })
  const dream = (user: string): Promise<unknown> => server.api.post('/memory/consolidate', { user_id: user, day: DAY, wait: true })

  it('leaves no byte of what was forgotten in rows, in files or in Redis, and everything of its twin', async () => {
    const [ana, twin] = [server.user('ana'), server.user('twin')]
    const [all, others] = [longWords(SECRET.join(' ')), longWords(TWIN.join(' '))]
    const elsewhere = onDisk([...all, ...others])
    const [words, twins] = [[all, others], [others, all]].map(([own, other]) => own!.filter((word) => !other!.includes(word) && !elsewhere.includes(word))) as [string[], string[]]
    expect([words.length, twins.length]).toEqual([8, 8])
    const ids = await tell(ana, SECRET)
    await tell(twin, TWIN)
    await server.api.remember({ user_id: ana, session_id: 'talk', content: 'Then it rained all afternoon', occurred_at: `${DAY}T10:09:00Z` })
    for (const [user, said] of [[ana, SECRET], [twin, TWIN]] as const) {
      for (const q of said) await server.api.post('/memory/recall', { user_id: user, q })
      await server.settled()
      await dream(user)
      await server.vectorsFollow(user)
    }
    expect(await inRows(words)).toEqual(words)
    expect((await inRedis(words)).length > 0).toBe(redis !== undefined)

    const { receipt } = await server.api.forget({ user_id: ana, ids })
    await server.vectorsFollow(ana)
    await dream(ana)
    await server.settled()
    expect([await inRows(words), await inRedis(words)]).toEqual([[], []])
    // Otherwise this test would prove nothing.
    expect(onDisk(words)).toEqual(words)

    const read = async (): Promise<unknown> => (await server.api.get(`/memory/forget/receipts/${receipt.id}`, { user_id: ana })).body
    expect(await read()).toMatchObject({ purged: false })
    const report = await purge()
    expect(report).toMatchObject({ purged: 1, steps: [{ name: 'pages', error: null }, { name: 'log', error: null }, { name: 'focus', error: null }] })
    expect(await read()).toMatchObject({ purged: true, digest: receipt.digest })
    expect([onDisk(words), await inRows(words), await inRedis(words)]).toEqual([[], [], []])
    expect([onDisk(twins), await inRows(twins)]).toEqual([twins, twins])
    expect((await server.api.recall({ user_id: twin, q: 'santoprexin', k: 1 })).results[0]).toMatchObject({ content: TWIN[1] })
    expect(await purge()).toEqual({ purged: 0, steps: [] })
  })

  it('lets others recall and remember meanwhile', async () => {
    const user = server.user()
    const [id] = await server.api.remember({ user_id: user, content: 'The spare key hangs behind the clock' })
    await server.api.forget({ user_id: user, id: (await server.api.remember({ user_id: user, content: 'The code of the gate is four seven one one' }))[0] })
    let over = false
    const purging = purge().finally(() => (over = true))
    const stored: string[] = []
    while (!over) {
      expect((await server.api.recall({ user_id: user, q: 'spare key', k: 1 })).results.map((one) => one.id)).toEqual([id])
      stored.push(...await server.api.remember({ user_id: user, content: `The tram of line ${stored.length} was late at the corner` }))
    }
    expect((await purging).purged).toBe(1)
    expect(stored.length).toBeGreaterThan(0)
    expect((await server.api.recall({ user_id: user, q: 'late tram', k: 200 })).results.map((one) => one.id)).toEqual(expect.arrayContaining(stored))
  })

  it('is done by one at a time: another is told', async () => {
    const user = server.user()
    await server.api.forget({ user_id: user, id: (await server.api.remember({ user_id: user, content: 'The hedge was cut last Tuesday' }))[0] })
    const refused = await server.worker.get(Database, { strict: false }).purge(() => server.api.post<ErrorBody>('/maintenance/purge', {}))
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } })
    expect((await purge()).purged).toBe(1)
  })

  it('concerns those who were removed wholly, too', async () => {
    const user = server.user('Wolkenburgh')
    await server.api.remember({ user_id: user, content: 'I hid the letters under the Pfefferstrauch' })
    await server.api.delete(`/users/${user}`)
    expect(onDisk(['Wolkenburgh', 'Pfefferstrauch'])).toEqual(['Wolkenburgh', 'Pfefferstrauch'])
    expect(await purge()).toMatchObject({ purged: 0, steps: [{ error: null }, { error: null }, { error: null }] })
    expect(onDisk(['Wolkenburgh', 'Pfefferstrauch'])).toEqual([])
  })
})
