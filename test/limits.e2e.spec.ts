import { Redis } from 'ioredis'
import type { Api } from './support/api'
import { startServer, type TestServer } from './support/server'
import type { ErrorBody } from './support/wire'

const ADMIN_KEY = 'an admin key for the tests of limits'

interface Key { id: string; key: string }
interface Status { limits: { requests_per_minute: number | null; backend: string; reachable: boolean } }

describe('the limit of requests', () => {
  const LIMIT = 6
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ ADMIN_API_KEY: ADMIN_KEY, RATE_LIMIT_PER_MINUTE: String(LIMIT) })
  })
  afterAll(() => server?.close())

  const statuses = async (api: Api, times: number): Promise<number[]> => {
    const answers: number[] = []
    for (let i = 0; i < times; i++) answers.push((await api.get('/memory/focus')).status)
    return answers
  }

  it('refuses what a key asks beyond it with 429 and a time to wait, counts each key by itself, and all processes together', async () => {
    const admin = server.api.with({ 'x-api-key': ADMIN_KEY })
    const [one, two] = await Promise.all(['one', 'two'].map(async (name) => (await admin.post<Key>('/keys', { name, role: 'service' })).body))
    const { limits } = (await admin.get<Status>('/memory/status')).body
    const shared = server.env.REDIS_URL !== undefined
    expect(limits).toEqual({ requests_per_minute: LIMIT, backend: shared ? 'redis' : 'in-process', reachable: true })

    const first = server.api.with({ 'x-api-key': one!.key })
    expect(await statuses(first, LIMIT)).toEqual(Array(LIMIT).fill(200))
    const refused = await first.get<ErrorBody>('/memory/focus')
    expect([refused.status, refused.body.error.code]).toEqual([429, 'rate_limited'])
    const wait = Number(refused.headers.get('retry-after'))
    expect(refused.body.error.details).toEqual({ retry_after: wait })
    expect(wait).toBeGreaterThanOrEqual(1)
    expect(wait).toBeLessThanOrEqual(60)
    expect((await server.api.get('/health')).status).toBe(200)

    const second = server.api.with({ authorization: `Bearer ${two!.key}` })
    expect(await statuses(second, 1)).toEqual([200])
    // A tool is one request of its agent, though it asks the API itself.
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'recall', arguments: { query: 'anything' } } }
    const accept = { accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-06-18' }
    for (let i = 1; i < LIMIT; i++) expect((await second.post('/mcp', call, accept)).status).toBe(200)
    expect(await statuses(second, 1)).toEqual([429])

    if (!shared) return
    const beside = await startServer({ ...server.env }, { worker: false })
    try {
      expect(await statuses(beside.api.with({ 'x-api-key': one!.key }), 1)).toEqual([429])
    } finally {
      await beside.close()
    }
    const redis = new Redis(server.env.REDIS_URL!)
    const names = await redis.keys(`${server.env.REDIS_PREFIX}:limit:*`)
    await redis.quit()
    expect(names.sort()).toEqual(['admin', one!.id, two!.id].map((name) => `${server.env.REDIS_PREFIX}:limit:${name}`).sort())
  })
})

describe('the limit of wrong keys', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ ADMIN_API_KEY: ADMIN_KEY, WRONG_KEYS_PER_MINUTE: '3', RATE_LIMIT_PER_MINUTE: '0' })
  })
  afterAll(() => server?.close())

  it('tells whoever goes on guessing to wait, and keeps no right key out that comes from the same address', async () => {
    const admin = server.api.with({ 'x-api-key': ADMIN_KEY })
    const { key } = (await admin.post<Key>('/keys', { name: 'the bot', role: 'service' })).body
    expect((await admin.get<Status>('/memory/status')).body.limits).toMatchObject({ requests_per_minute: null })
    const guess = async (shown: string): Promise<number> => (await server.api.with({ 'x-api-key': shown }).get('/memory/focus')).status
    expect(await guess('rvk_this-one-is-not-known')).toBe(401)
    expect([await guess('a wrong guess at the key'), await guess('another guess at the key')]).toEqual([401, 401])
    const refused = await server.api.with({ 'x-api-key': 'one guess too many' }).get<ErrorBody>('/memory/focus')
    expect([refused.status, refused.body.error.code, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, 'rate_limited', true])
    expect([await guess('rvk_nor-is-this-one'), await guess(ADMIN_KEY.slice(1)), await guess(ADMIN_KEY), await guess(key)]).toEqual([429, 429, 200, 200])
    // Nothing that could be right is shown by who shows nothing.
    expect((await server.api.get('/memory/focus')).status).toBe(401)
  })
})
