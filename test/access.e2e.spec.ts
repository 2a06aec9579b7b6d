import { bareGet } from './support/api'
import { startServer, type TestServer } from './support/server'
import type { ErrorBody } from './support/wire'

const KEY = 'an admin key of this test'
const FOREIGN: [string, Record<string, string>][] = [
  ['a foreign Host', { host: 'evil.example' }],
  ['a foreign Host with our port', { host: 'evil.example:3000' }],
  ['a Host that only begins like ours', { host: '127.0.0.1.evil.example' }],
  ['the Origin of another site', { origin: 'https://evil.example' }],
  ['the Origin null', { origin: 'null' }],
  ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site' }],
  ['X-Forwarded-For', { 'x-forwarded-for': '10.0.0.1' }],
  ['X-Forwarded-Host', { 'x-forwarded-host': 'evil.example' }],
  ['Forwarded', { forwarded: 'for=10.0.0.1' }],
  ['X-Real-IP', { 'x-real-ip': '10.0.0.1' }],
]
const ADMIN_PATHS = ['/metrics', '/docs', '/openapi.json', '/users']

describe('access without keys', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())

  it('is open to this machine, as admin', async () => {
    for (const path of ['/health', '/health/ready', '/memory/status', '/memory?user_id=a', ...ADMIN_PATHS]) expect([path, (await server.api.get(path)).status]).toEqual([path, 200])
    const { port } = new URL(server.url)
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) expect((await bareGet(`${server.url}/memory/status`, { host })).status).toBe(200)
    const own: Record<string, string>[] = [{ origin: server.url }, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }]
    for (const headers of own) {
      expect((await bareGet(`${server.url}/memory/status`, headers)).status).toBe(200)
    }
  })

  it.each(FOREIGN)('is refused to a request with %s', async (_, headers) => {
    for (const path of ['/memory/status', '/memory/recall?q=x', '/docs', '/metrics']) {
      const { status, text } = await bareGet(server.url + path, headers)
      expect([path, status]).toEqual([path, 403])
      expect((JSON.parse(text) as ErrorBody).error.code).toBe('forbidden')
    }
  })

  it('stores nothing for a page of another site', async () => {
    const answer = await server.api.with({ origin: 'https://evil.example' }).post('/memory', { user_id: 'victim', content: 'Words put in by another site' })
    expect(answer.status).toBe(403)
    expect(await server.store.count('memory_trace')).toBe(0)
  })

  it('lets no page of another site read answers', async () => {
    const answer = await server.api.with({ origin: server.url }).get('/memory/status')
    expect(answer.headers.get('access-control-allow-origin') ?? '').not.toBe('*')
  })
})

describe('access with a key', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ ADMIN_API_KEY: KEY })
  })
  afterAll(() => server?.close())

  it('leaves health and the page open, and nothing else', async () => {
    for (const path of ['/health', '/health/ready', '/']) expect([path, (await server.api.get(path)).status]).toEqual([path, 200])
    for (const path of ['/memory/status', '/memory', '/memory/recall?q=x', '/memory/focus', ...ADMIN_PATHS]) {
      const answer = await server.api.get<ErrorBody>(path)
      expect([path, answer.status, answer.body.error.code]).toEqual([path, 401, 'unauthenticated'])
    }
    expect((await server.api.post<ErrorBody>('/memory', { content: 'Not from a stranger' })).status).toBe(401)
    expect((await server.api.post<ErrorBody>('/memory', { nonsense: 1 })).status).toBe(401)
    expect(await server.store.count('memory_trace')).toBe(0)
  })

  it('lets nobody without the key have dreams dreamt, nor see them', async () => {
    for (const headers of [{}, { 'x-api-key': 'another key of this test' }] as Record<string, string>[]) {
      const stranger = server.api.with(headers)
      for (const body of [{ wait: true }, { day: '2025-05-08' }, { dag: 1 }]) {
        expect(await stranger.post<ErrorBody>('/memory/consolidate', body)).toMatchObject({ status: 401, body: { error: { code: 'unauthenticated' } } })
      }
      expect((await stranger.get('/memory/dreams')).status).toBe(401)
      expect((await stranger.get('/memory/dreams/018f0000-0000-7000-8000-000000000000')).status).toBe(401)
    }
    expect(await server.store.count('dream_run')).toBe(0)
    expect((await server.api.with({ 'x-api-key': KEY }).post('/memory/consolidate', { wait: true })).status).toBe(200)
  })

  it('tells a stranger nothing of what is stored by its health', async () => {
    const { text } = await server.api.get('/health')
    expect(text).not.toContain(KEY)
  })

  it.each<[string, Record<string, string>]>([
    ['X-API-Key', { 'x-api-key': KEY }],
    ['Authorization: Bearer', { authorization: `Bearer ${KEY}` }],
    ['a bearer in lower case', { authorization: `bearer ${KEY}` }],
  ])('is granted by %s', async (_, headers) => {
    for (const path of ['/memory/status', '/memory?user_id=a', ...ADMIN_PATHS]) expect([path, (await server.api.with(headers).get(path)).status]).toEqual([path, 200])
  })

  it.each<[string, Record<string, string>]>([
    ['another key', { 'x-api-key': 'another key of this test' }],
    ['the beginning of the key', { 'x-api-key': KEY.slice(0, -1) }],
    ['an empty key', { 'x-api-key': '' }],
    ['another scheme', { authorization: `Basic ${Buffer.from(`x:${KEY}`).toString('base64')}` }],
  ])('is refused for %s', async (_, headers) => {
    expect((await server.api.with(headers).get('/memory/status')).status).toBe(401)
  })

  it('is refused for the key in the query string, which would end in logs', async () => {
    expect([400, 401]).toContain((await server.api.get('/memory/status', { api_key: KEY })).status)
  })

  it('does not mind proxies and other hosts once the key is right', async () => {
    const proxied: Record<string, string>[] = [{ host: 'memory.example' }, { 'x-forwarded-for': '10.0.0.1' }]
    for (const headers of proxied) {
      expect((await bareGet(`${server.url}/memory/status`, { ...headers, 'x-api-key': KEY })).status).toBe(200)
    }
  })
})
