import { ChatServer } from '../libs/llm/testing'
import { startServer, type TestServer } from './support/server'
import type { ErrorBody } from './support/wire'

interface AiSettings {
  model: string | null
  base_url: string
  api_key_set: boolean
  set_here: string[]
  [field: string]: unknown
}
interface Trial {
  ok: boolean
  fault?: string
  message?: string
}

const ENV_KEY = 'sk-of-the-environment'
const OWN_KEY = 'sk-that-an-admin-set'
const ADMIN = { 'x-api-key': 'an admin key of this test' }

describe('settings of the language model', () => {
  let models: ChatServer[]
  let server: TestServer
  beforeAll(async () => {
    models = await Promise.all([ChatServer.start(), ChatServer.start()])
    server = await startServer({
      ADMIN_API_KEY: ADMIN['x-api-key'], LLM_MODEL: 'theirs', LLM_BASE_URL: models[0]!.url, LLM_API_KEY: ENV_KEY, LLM_ALLOWED_HOSTS: `public,${new URL(models[1]!.url).host}`,
    })
  })
  beforeEach(() => {
    for (const model of models) {
      model.reset()
      model.say = () => ({ ready: true, summary: [], preferences: [], patterns: [] })
    }
  })
  afterEach(async () => {
    await server.store.run("delete from setting where name = 'ai'")
  })
  afterAll(async () => {
    await server?.close()
    for (const model of models ?? []) await model.close()
  })

  const get = async (): Promise<AiSettings> => {
    const { status, body, text } = await server.api.with(ADMIN).get<AiSettings>('/settings/ai')
    expect([status, text.includes('sk-')]).toEqual([200, false])
    return body
  }
  const put = async (fields: object): Promise<AiSettings> => {
    const { status, body, text } = await server.api.with(ADMIN).put<AiSettings>('/settings/ai', fields)
    expect([status, text.includes('sk-')]).toEqual([200, false])
    expect(await get()).toEqual(body)
    return body
  }
  const attempt = async (fields: object = {}): Promise<Trial> => {
    const { status, body, text } = await server.api.with(ADMIN).post<Trial>('/settings/ai/test', fields)
    expect([status, text.includes('sk-')]).toEqual([200, false])
    return body
  }
  const keysSent = (model: number): (string | undefined)[] => models[model]!.requests.map((request) => request.authorization)

  it('are those of the environment until they are set', async () => {
    expect(await get()).toEqual({
      model: 'theirs', base_url: models[0]!.url, api_key_set: true, timeout_ms: 60_000, max_tokens: 2_000, calls_per_run: 20, tokens_per_run: 100_000, set_here: [],
      embedding: { provider: 'openai', model: 'hash', dim: 768, base_url: server.embedder.url, api_key_set: false },
    })
    expect(await attempt()).toMatchObject({ ok: true })
    expect(keysSent(0)).toEqual([`Bearer ${ENV_KEY}`])
  })

  it('are used by dreams from then on, with a key that nobody reads again', async () => {
    expect(await put({ model: 'mine', base_url: models[1]!.url, api_key: OWN_KEY, calls_per_run: 5 })).toMatchObject({
      model: 'mine', base_url: models[1]!.url, api_key_set: true, calls_per_run: 5, set_here: ['api_key', 'base_url', 'calls_per_run', 'model'],
    })
    expect(await server.store.showing(OWN_KEY)).toEqual([])
    const user = server.user()
    await server.api.with(ADMIN).post('/memory', { user_id: user, content: 'Marta painted the old house in Porto.', occurred_at: '2025-05-08T09:00:00Z' })
    const { body: { runs } } = await server.api.with(ADMIN).post<{ runs: { phases: { name: string; counts: object }[] }[] }>('/memory/consolidate', { user_id: user, wait: true })
    expect(runs[0]!.phases.find((phase) => phase.name === 'abstract')!.counts).toMatchObject({ model_calls: 1 })
    expect(models[1]!.requests).toMatchObject([{ authorization: `Bearer ${OWN_KEY}`, body: { model: 'mine' } }])
    expect(models[0]!.requests).toEqual([])
  })

  it('lose the key when the base URL changes, also back again, and never send one to another endpoint', async () => {
    await put({ model: 'mine', api_key: OWN_KEY })
    expect(await put({ base_url: models[1]!.url })).toMatchObject({ api_key_set: false, set_here: ['base_url', 'model'] })
    expect(await attempt()).toMatchObject({ ok: true })
    expect(keysSent(1)).toEqual([undefined])
    await put({ api_key: OWN_KEY })
    await put({ base_url: null })
    await attempt()
    expect(keysSent(0)).toEqual([`Bearer ${ENV_KEY}`])
  })

  it('keep a key for the endpoint that it was set for, whatever is written beside it', async () => {
    await put({ model: 'mine', api_key: OWN_KEY })
    await server.store.run("update setting set value = value || jsonb_build_object('baseUrl', $1::text) where name = 'ai'", [models[1]!.url])
    expect(await get()).toMatchObject({ base_url: models[1]!.url, api_key_set: false })
    await attempt()
    expect(keysSent(1)).toEqual([undefined])
  })

  it('stay where a change does not name them, and go back to the environment by null', async () => {
    await put({ model: 'mine', api_key: OWN_KEY, max_tokens: 9 })
    expect(await put({ max_tokens: null })).toMatchObject({ model: 'mine', max_tokens: 2_000, set_here: ['api_key', 'model'] })
    expect(await put({ model: null, api_key: null })).toMatchObject({ model: 'theirs', api_key_set: true, set_here: [] })
    expect(await put({})).toMatchObject({ set_here: [] })
  })

  it('are all kept when several are set at once', async () => {
    const changes = [{ model: 'mine' }, { max_tokens: 7 }, { calls_per_run: 8 }, { timeout_ms: 900 }]
    await Promise.all(changes.map((change) => server.api.with(ADMIN).put('/settings/ai', change)))
    expect(await get()).toMatchObject({ model: 'mine', max_tokens: 7, calls_per_run: 8, timeout_ms: 900 })
  })

  it('are tried out without being kept, and say why they fail', async () => {
    expect(await attempt({ model: 'other', base_url: models[1]!.url })).toMatchObject({ ok: true, calls: 1, tokens_in: 100, tokens_out: 20 })
    expect(await get()).toMatchObject({ set_here: [] })
    models[0]!.always('unauthorised')
    expect(await attempt({ model: 'other' })).toMatchObject({ ok: false, fault: 'unauthorised', message: 'the language model refused the key' })
    models[0]!.always('redirect')
    expect(await attempt({ model: 'other' })).toMatchObject({ ok: false, fault: 'unreachable' })
  })

  it.each<[string, object, string]>([
    ['an unknown field', { modell: 'x' }, 'modell'], ['an empty model', { model: '' }, 'model'], ['a model of 257 characters', { model: 'x'.repeat(257) }, 'model'],
    ['a model that is a number', { model: 5 }, 'model'], ['an empty key', { api_key: '' }, 'api_key'], ['a key with a line break', { api_key: `${OWN_KEY}\r\nx: y` }, 'api_key'],
    ['a key of 5,000 characters', { api_key: 'k'.repeat(5_000) }, 'api_key'], ['no time at all', { timeout_ms: 0 }, 'timeout_ms'], ['half a token', { max_tokens: 0.5 }, 'max_tokens'],
    ['fewer than no calls', { calls_per_run: -1 }, 'calls_per_run'], ['too many tokens', { tokens_per_run: 1e12 }, 'tokens_per_run'], ['a list', [], 'body'],
    ['NUL', { model: 'a\0' }, 'model'], ['a base URL without scheme', { base_url: 'api.example.com' }, 'base_url'], ['loopback', { base_url: 'http://127.0.0.1:1/v1' }, 'base_url'],
    ['loopback by name', { base_url: 'https://localhost/v1' }, 'base_url'], ['the metadata of a cloud', { base_url: 'http://169.254.169.254/latest' }, 'base_url'],
    ['a private address', { base_url: 'https://10.0.0.1/v1' }, 'base_url'], ['loopback as one number', { base_url: 'https://2130706433/v1' }, 'base_url'],
    ['loopback in IPv6', { base_url: 'https://[::ffff:127.0.0.1]/v1' }, 'base_url'], ['a public host without https', { base_url: 'http://api.example.com/v1' }, 'base_url'],
    ['a password in the base URL', { base_url: 'https://me:sk-secret@api.example.com/v1' }, 'base_url'], ['a file', { base_url: 'file:///etc/passwd' }, 'base_url'],
  ])('are not changed or tried out by %s', async (_, fields, field) => {
    await put({ model: 'mine', api_key: OWN_KEY })
    const before = await get()
    for (const answer of [await server.api.with(ADMIN).put<ErrorBody>('/settings/ai', fields), await server.api.with(ADMIN).post<ErrorBody>('/settings/ai/test', fields)]) {
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', details: { field } } } })
      expect(answer.text).not.toContain('sk-')
    }
    expect(await get()).toEqual(before)
    expect(models.flatMap((model) => model.requests)).toEqual([])
  })

  it('are shown and set by nobody without the admin key', async () => {
    for (const answer of [await server.api.get('/settings/ai'), await server.api.put('/settings/ai', {}), await server.api.post('/settings/ai/test', {})]) {
      expect(answer.status).toBe(401)
    }
  })

  it('take no parameters', async () => {
    const answer = await server.api.with(ADMIN).get<ErrorBody>('/settings/ai', { user_id: 'ana' })
    expect(answer).toMatchObject({ status: 400, body: { error: { details: { field: 'user_id' } } } })
  })
})
