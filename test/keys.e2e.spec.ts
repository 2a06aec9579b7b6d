import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import type { Api } from './support/api'
import { DIST, ensureBuilt } from './support/built'
import { startServer, type TestServer } from './support/server'
import type { ErrorBody, ForgetBody } from './support/wire'

interface Key {
  id: string
  name: string
  role: string
  user_id: string | null
  hint: string
  expires_at: string | null
  last_used_at: string | null
  revoked_at: string | null
  key?: string
}

const ADMIN_KEY = 'an admin key of tests'

describe('keys', () => {
  let server: TestServer
  let admin: Api
  beforeAll(async () => {
    server = await startServer({ ADMIN_API_KEY: ADMIN_KEY })
    admin = server.api.with({ 'x-api-key': ADMIN_KEY })
  })
  afterAll(() => server?.close())

  const create = async (body: Record<string, unknown>): Promise<Key> => {
    const answer = await admin.post<Key>('/keys', { name: 'a key', ...body })
    expect([answer.status, answer.text]).toEqual([201, expect.stringContaining('"key":"rvk_')])
    return answer.body
  }
  const as = (key: Key): Api => server.api.with({ authorization: `Bearer ${key.key!}` })
  const refusal = async (answer: Promise<{ status: number; body: ErrorBody }>): Promise<string> => {
    const { status, body } = await answer
    return `${status} ${body.error.code} ${body.error.message}`
  }

  it('are created, listed without their secrets, rotated and revoked', async () => {
    const made = await create({ name: 'the bot', role: 'service' })
    expect((await as(made).get('/memory/recall', { q: 'x' })).status).toBe(200)
    const list = await admin.get<{ results: Key[]; next_cursor: null }>('/keys')
    expect(list.text).not.toContain(made.key)
    expect(list.body.results[0]).toMatchObject({
      id: made.id, name: 'the bot', role: 'service', user_id: null, hint: made.key!.slice(0, 8), revoked_at: null, last_used_at: expect.any(String),
    })

    const { body: rotated } = await admin.post<Key>(`/keys/${made.id}/rotate`)
    expect(rotated).toMatchObject({ id: made.id, key: expect.stringMatching(/^rvk_/) })
    expect(await refusal(as(made).get('/memory/focus'))).toMatch(/^401 unauthenticated/)
    expect((await as(rotated).get('/memory/focus')).status).toBe(200)

    expect((await admin.delete<Key>(`/keys/${made.id}`)).body).toMatchObject({ id: made.id, revoked_at: expect.any(String) })
    expect(await refusal(as(rotated).get('/memory/focus'))).toMatch(/^401 unauthenticated/)
    expect(await refusal(admin.post(`/keys/${made.id}/rotate`))).toMatch(/^404/)
    expect(await refusal(admin.delete('/keys/01a1fd3e-0000-7000-8000-000000000000'))).toMatch(/^404/)
  })

  it('are kept as hashes', async () => {
    const { key } = await create({ role: 'service' })
    expect(await server.store.showing(key!)).toEqual([])
    expect(await server.store.showing(key!.slice(0, 8))).toEqual(['api_key'])
  })

  it('end when they say', async () => {
    server.setClock('2026-01-01T00:00:00Z')
    const made = await create({ role: 'admin', expires_at: '2026-01-02T00:00:00Z' })
    expect((await as(made).get('/keys')).status).toBe(200)
    server.setClock('2026-01-02T00:00:00Z')
    expect(await refusal(as(made).get('/keys'))).toMatch(/^401 unauthenticated/)
    expect(await refusal(admin.post('/keys', { name: 'late', role: 'admin', expires_at: '2026-01-01T00:00:00Z' }))).toMatch(/^400 invalid_request expires_at/)
    server.setClock()
  })

  it('of a service open every memory and no administration', async () => {
    const service = as(await create({ role: 'service' }))
    const ana = server.user('ana')
    await service.remember({ user_id: ana, content: 'I moved to Lisbon in May with Marta' })
    expect((await service.recall({ user_id: ana, q: 'Lisbon' })).results).toHaveLength(1)
    for (const path of ['/keys', '/users', '/settings/ai', '/metrics', '/openapi.json', '/%6beys']) expect(await refusal(service.get(path))).toMatch(/^40[34] /)
    expect(await refusal(service.post('/keys', { name: 'more', role: 'admin' }))).toMatch(/^403 forbidden/)
    expect(await refusal(service.post('/memory/consolidate', { user_id: ana }))).toMatch(/^403 forbidden/)
    expect(await refusal(service.post('/memory/dreams/01a1fd3e-0000-7000-8000-000000000000/undo'))).toMatch(/^403 forbidden/)
    expect(await refusal(service.delete(`/users/${ana}`))).toMatch(/^403 forbidden/)
  })

  it('of a user imply the user, and open nobody else\'s memory, wherever one is named', async () => {
    const [ana, ben] = [server.user('ana'), server.user('ben')]
    const own = as(await create({ role: 'user', user_id: ana }))
    const [mine] = await own.remember({ content: 'I moved to Lisbon in May with Marta' })
    const [his] = await admin.remember({ user_id: ben, content: 'Ben keeps bees behind the old mill' })
    expect((await admin.recall({ user_id: ana, q: 'Lisbon' })).results.map(({ id }) => id)).toEqual([mine])
    expect((await own.recall({ user_id: ana, q: 'Lisbon' })).results.map(({ id }) => id)).toEqual([mine])
    const foreign = [
      own.get('/memory/recall', { q: 'bees', user_id: ben }), own.post('/memory/recall', { q: 'bees', user_id: ben }), own.post(`/memory?user_id=${ben}`, { content: 'planted' }),
      own.post('/memory', { user_id: ben, content: 'planted' }), own.post('/memory/forget', { user_id: ben, id: his }), own.post('/memory/export', { user_id: ben }),
      own.get('/memory/sessions', { user_id: ben }), own.get(`/memory/${his}`, { user_id: ben }), own.get('/memory/graph', { user_id: ben }), own.get('/memory/stats', { user_id: ben }),
      own.get('/memory/status', { user_id: ben }), own.post('/memory/initialize', { user_id: ben }),
    ]
    for (const answer of foreign) expect(await refusal(answer as Promise<{ status: number; body: ErrorBody }>)).toMatch(/^403 forbidden user_id/)
    expect(await refusal(own.get(`/memory/${his}`))).toMatch(/^404/)
    expect((await admin.recall({ user_id: ben, q: 'planted' })).results.map(({ id }) => id)).toEqual([his])
  })

  it('apply the previews that were shown to them, and no other\'s', async () => {
    const ana = server.user('ana')
    const [one, two] = [as(await create({ role: 'service' })), as(await create({ role: 'service' }))]
    await one.remember({ user_id: ana, content: 'We adopted a grey cat called Nimbus' })
    const { body } = await one.post<{ preview_token: string }>('/memory/forget', { user_id: ana, query: 'cat Nimbus' })
    expect(await refusal(two.post('/memory/forget', { user_id: ana, preview_token: body.preview_token }))).toMatch(/^400 invalid_request preview_token: belongs to another key/)
    expect((await one.post<ForgetBody>('/memory/forget', { user_id: ana, preview_token: body.preview_token })).body.forgotten.traces).toBe(1)
    expect(await refusal(one.post('/memory/forget', { user_id: ana, preview_token: body.preview_token }))).toMatch(/^409/)

    const [id] = await one.remember({ user_id: ana, content: 'We adopted a grey dog called Cumulus' })
    const shown = await one.delete<{ preview_token: string }>(`/memory/${id!}`, { user_id: ana, dry_run: true })
    expect(await refusal(two.post('/memory/forget', { user_id: ana, preview_token: shown.body.preview_token }))).toMatch(/another key/)
    expect((await one.post<ForgetBody>('/memory/forget', { user_id: ana, preview_token: shown.body.preview_token })).body.forgotten.traces).toBe(1)
  })

  it('of a user go with the user', async () => {
    const ana = server.user('ana')
    const made = await create({ role: 'user', user_id: ana })
    await as(made).remember({ content: 'I moved to Lisbon in May with Marta' })
    expect((await admin.delete(`/users/${ana}`)).status).toBe(200)
    expect(await refusal(as(made).get('/memory/focus'))).toMatch(/^401/)
    expect((await admin.get('/keys')).text).not.toContain(ana)
  })

  it('are made and ended on the command line, too', async () => {
    ensureBuilt()
    const keys = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
      const env = { PATH: process.env.PATH ?? '', REVERIE_URL: server.url, ADMIN_API_KEY: ADMIN_KEY }
      return promisify(execFile)(process.execPath, [join(DIST, 'cli/main.js'), 'keys', ...args], { cwd: tmpdir(), env })
        .then((said) => ({ code: 0, ...said }), (error) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }))
    }
    const made = JSON.parse((await keys('create', '--name', 'from a shell', '--role', 'user', '--user', 'ana')).stdout) as Key
    expect((await as(made).get('/memory/focus')).status).toBe(200)
    const { stdout } = await keys('list')
    expect(stdout).toContain('from a shell')
    expect(stdout).not.toContain(made.key)
    expect(JSON.parse((await keys('revoke', made.id)).stdout)).toMatchObject({ id: made.id, revoked_at: expect.any(String) })
    expect((await as(made).get('/memory/focus')).status).toBe(401)
    expect(await keys('rotate', made.id)).toMatchObject({ code: 1, stderr: expect.stringContaining('not found') })
    expect(await keys('create', '--name', 'x')).toMatchObject({ code: 2, stderr: expect.stringContaining('--role') })
  })

  it.each<[string, Record<string, unknown>]>([
    ['role', { role: 'king' }], ['name', { name: '' }], ['user_id', { role: 'user' }], ['user_id', { role: 'service', user_id: 'ana' }],
    ['expires_at', { expires_at: 'soon' }], ['colour', { colour: 1 }],
  ])('are refused when %s is wrong', async (field, more) => {
    expect(await refusal(admin.post('/keys', { name: 'x', role: 'service', ...more }))).toMatch(new RegExp(`^400 invalid_request .*${field}`))
  })
})

describe('keys where none is needed', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())

  it('open what they open and no more; one that was revoked opens nothing', async () => {
    const { body: made } = await server.api.post<Key>('/keys', { name: 'ana', role: 'user', user_id: 'ana' })
    const own = server.api.with({ 'x-api-key': made.key! })
    expect((await own.get('/keys')).status).toBe(403)
    expect((await own.get('/memory/recall', { q: 'x', user_id: 'ben' })).status).toBe(403)
    expect((await own.get('/memory/recall', { q: 'x' })).status).toBe(200)
    await server.api.delete(`/keys/${made.id}`)
    expect((await own.get('/memory/recall', { q: 'x' })).status).toBe(401)
    expect((await server.api.get('/keys')).status).toBe(200)
  })
})
