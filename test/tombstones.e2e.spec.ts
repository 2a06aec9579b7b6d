import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import { Maintenance } from '#maintenance'
import { DIST, ensureBuilt } from './support/built'
import { startServer, type TestServer } from './support/server'
import type { ErrorBody, ListBody, Memory, RememberBody } from './support/wire'

interface Stone {
  id: string
  at: string
  reason: string | null
  memory_id: string
  holds: string[] | null
  key_id: string | null
  key_version: number
}
const ADMIN_KEY = 'an admin key of tests'

describe('tombstones', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())

  const say = async (user: string, content: string, more: Record<string, unknown> = {}): Promise<RememberBody['results'][number]> =>
    (await server.api.post<RememberBody>('/memory', { user_id: user, content, ...more })).body.results[0]!
  const stones = async (user: string): Promise<Stone[]> => (await server.api.get<ListBody<Stone>>('/tombstones', { user_id: user })).body.results
  const dream = async (user: string): Promise<void> => {
    const answer = await server.api.post<{ runs: { status: string }[] }>('/memory/consolidate', { user_id: user, wait: true })
    expect(answer.body.runs.map((run) => run.status)).toEqual(answer.body.runs.map(() => 'completed'))
  }
  const told = async (user: string, kind: string): Promise<string[]> =>
    (await server.api.get<ListBody>('/memory', { user_id: user, kind })).body.results.map((memory) => memory.content).sort()

  describe('hold', () => {
    const NOISY: readonly (readonly [string, string, string])[] = [
      ['look-alikes and case', 'My locker at the old station opens with copper', 'MY LОCKER аt thе оld stаtіоn ореns wіth соррer'],
      ['what is invisible', 'My locker at the old station opens with copper', 'My lo\u200bcker\u00a0at the\u2060 old sta\u00adtion \u202eopens with copper'],
      ['word breaks that show nothing', 'My locker at the old station opens with copper', 'My\u200blocker\u200bat\u200bthe\u200bold\u200bstation\u200bopens\u200bwith\u200bcopper'],
      ['punctuation', 'My sister\'s well known dentist lives in Porto', '"My sister’s well-known dentist — lives in Porto!"'],
      ['number forms', 'They paid me 1,000 euros for room 4711 in Porto', 'They paid me 1000 euros for room ４７١١ in Porto'],
      ['dates', 'My operation in the clinic is on 5 May 2025', 'My operation in the clinic is on 2025-05-05'],
      ['addresses and phones', 'Write to my doctor Ana.Sol@Example.org or call +49 170 1234567', 'Write to my doctor ana.sol@example.org, or call 0049-170-1234567'],
    ]
    it.each(NOISY)('against %s', async (_, content, again) => {
      const user = server.user()
      const { id } = await say(user, content)
      await server.api.forget({ user_id: user, id })
      expect(await say(user, again)).toMatchObject({ status: 'blocked', id: null })
    })

    it.each([
      ['a decimal point', 'The dose of my heart medicine is 3.5 grams daily', 'The dose of my heart medicine is 35 grams daily'],
      ['a sign', 'The freezer in my cellar stands at -5 degrees', 'The freezer in my cellar stands at 5 degrees'],
      ['a day that could be two', 'My operation in the clinic is on 05/06/2025', 'My operation in the clinic is on 5 June 2025'],
      ['a paraphrase', 'My locker at the old station opens with copper', 'Copper is what my locker at the station opens with'],
    ])('nothing that differs by %s', async (_, content, other) => {
      const user = server.user()
      const { id } = await say(user, content)
      await server.api.forget({ user_id: user, id })
      expect((await say(user, other)).status).toBe('stored')
    })

    it('are made of what looks like a dream\'s work and lacks a part of it', async () => {
    const user = server.user()
    for (const metadata of [{ origin: 'dream', key: 'tea' }, { origin: 'dream', key: 'tea', mind: 'is' }]) {
      const { id } = await say(user, `Ana likes green tea with lemon and ${Object.keys(metadata).length} spoons of honey`, { kind: 'preference', metadata })
      expect((await server.api.forget({ user_id: user, id })).tombstones).toHaveLength(1)
    }
  })

  it('keep the forgotten out of working memory, too, and take out of it what says the same', async () => {
    const user = server.user()
    const SAFE = 'The password of the grey safe is quixotism'
    const inMind = async (): Promise<string> => (await server.api.get('/memory/focus', { user_id: user })).text
    const stored = await say(user, SAFE)
    expect((await say(user, SAFE, { importance: 0 })).status).toBe('focus_only')
    await server.api.forget({ user_id: user, id: stored.id })
    expect(await inMind()).not.toContain('safe')
    expect((await say(user, SAFE.toUpperCase(), { importance: 0 })).status).toBe('blocked')

    const passing = await say(user, 'The key of the boat lies under the third stone', { importance: 0 })
    expect((await server.api.forget({ user_id: user, id: passing.id })).tombstones).toHaveLength(1)
    expect((await say(user, 'The key of the boat lies under the third stone!', { importance: 1 })).status).toBe('blocked')
    expect(await inMind()).not.toMatch(/safe|stone/i)
  })

  it('a short text from the same source, in whatever order its fields come', async () => {
      const user = server.user()
      const { id } = await say(user, 'Call the plumber', { source: { mailbox: 'home', id: 7 } })
      await server.api.forget({ user_id: user, id })
      expect((await say(user, 'call the PLUMBER!', { source: { id: 7, mailbox: 'home' } })).status).toBe('blocked')
      expect((await say(user, 'Call the plumber', { source: { id: 8, mailbox: 'home' } })).status).toBe('stored')
    })
  })

  describe('over what was derived', () => {
    it('keep a dream from making a forgotten fact or preference again of other words', async () => {
      const user = server.user()
      const { id } = await say(user, 'I live in Porto and I love green tea', { speaker: 'Ana', occurred_at: '2026-01-10T09:00:00Z' })
      await dream(user)
      expect(await told(user, 'fact')).toContain('Ana lives in Porto')
      expect((await told(user, 'preference')).join()).toContain('green tea')
      await server.api.forget({ user_id: user, id })
      expect([...await told(user, 'fact'), ...await told(user, 'preference')]).toEqual([])
      await say(user, 'As everybody knows, I live in Porto. I love green tea, as you can see.', { speaker: 'Ana', occurred_at: '2026-02-11T09:00:00Z' })
      await dream(user)
      const again = [...await told(user, 'fact'), ...await told(user, 'preference')].join()
      expect(again).not.toMatch(/Porto|green tea/)
      expect((await stones(user)).map((stone) => stone.holds).flat()).toContain('knowledge')
    })

    it('do not touch a fact that another memory bears out, now or in another dream', async () => {
      const user = server.user()
      const { id } = await say(user, 'I live in Porto with my sister', { speaker: 'Ana', occurred_at: '2026-01-10T09:00:00Z' })
      await say(user, 'It rains a lot, but I live in Porto happily', { speaker: 'Ana', occurred_at: '2026-01-11T09:00:00Z' })
      await dream(user)
      await server.api.forget({ user_id: user, id })
      expect(await told(user, 'fact')).toContain('Ana lives in Porto')
      await say(user, 'Did I say that I live in Porto', { speaker: 'Ana', occurred_at: '2026-01-12T09:00:00Z' })
      await dream(user)
      expect(await told(user, 'fact')).toContain('Ana lives in Porto')
    })
  })

  it('outlive an expiry', async () => {
    const user = server.user()
    const content = 'Buy seven lemons and honey for the recipe'
    const { id } = await say(user, content, { retention: 'task' })
    await server.api.forget({ user_id: user, id })
    server.setClock('2036-01-01T00:00:00Z')
    try {
      const { steps } = await server.worker.get(Maintenance, { strict: false }).run()
      expect(steps.filter(({ error }) => error !== null)).toEqual([])
      expect((await say(user, content)).status).toBe('blocked')
    } finally {
      server.setClock()
    }
  })

  it('are listed a page at a time without what was forgotten, and lifted: then it may come back', async () => {
    const user = server.user()
    const texts = ['The first secret of the tall grey tower', 'The second secret of the tall grey tower', 'Call the plumber']
    const ids = await server.api.remember({ user_id: user, messages: texts.map((content) => ({ content })) })
    for (const id of ids) await server.api.forget({ user_id: user, id, reason: `asked for ${ids.indexOf(id)}` })
    const first = await server.api.get<ListBody<Stone>>('/tombstones', { user_id: user, limit: 2 })
    const rest = await server.api.get<ListBody<Stone>>('/tombstones', { user_id: user, limit: 2, cursor: first.body.next_cursor! })
    expect([...first.body.results, ...rest.body.results].map(({ memory_id, reason, holds, key_id, key_version }) => ({ memory_id, reason, holds, key_id, key_version }))).toEqual(
      [2, 1, 0].map((n) => ({ memory_id: ids[n], reason: `asked for ${n}`, holds: n === 2 ? [] : ['text'], key_id: expect.stringMatching(/^[0-9a-f]{16}$/), key_version: 2 })))
    expect(rest.body.next_cursor).toBeNull()
    expect(first.text + rest.text).not.toMatch(/tower|plumber|content_key/)

    const { id } = rest.body.results[0]!
    expect((await server.api.delete<ErrorBody>(`/tombstones/${id}`, { user_id: server.user() })).status).toBe(404)
    expect((await say(user, texts[0]!)).status).toBe('blocked')
    const lifted = await server.api.delete<Stone>(`/tombstones/${id}`, { user_id: user })
    expect([lifted.status, lifted.body.memory_id]).toEqual([200, ids[0]])
    expect((await server.api.delete<ErrorBody>(`/tombstones/${id}`, { user_id: user })).status).toBe(404)
    expect((await say(user, texts[0]!)).status).toBe('stored')
    expect((await say(user, texts[1]!)).status).toBe('blocked')
    expect(await stones(user)).toHaveLength(2)
  })

  it('are listed and lifted by an admin alone, also on the command line', async () => {
    ensureBuilt()
    const guarded = await startServer({ ADMIN_API_KEY: ADMIN_KEY })
    try {
      const admin = guarded.api.with({ 'x-api-key': ADMIN_KEY })
      const service = (await admin.post<{ key: string }>('/keys', { name: 'bot', role: 'service' })).body.key
      const content = 'The safe opens with four quiet turns left'
      const { body } = await admin.post<RememberBody>('/memory', { user_id: 'ana', content })
      await admin.post('/memory/forget', { user_id: 'ana', id: body.results[0]!.id })
      expect((await guarded.api.with({ 'x-api-key': service }).get<ErrorBody>('/tombstones', { user_id: 'ana' })).body.error.code).toBe('forbidden')
      const cli = async (...args: string[]): Promise<ListBody<Stone> & Stone> => {
        const { stdout } = await promisify(execFile)(process.execPath, [join(DIST, 'cli/main.js'), 'tombstones', ...args],
          { cwd: tmpdir(), env: { PATH: process.env.PATH, REVERIE_URL: guarded.url, ADMIN_API_KEY: ADMIN_KEY } })
        return JSON.parse(stdout) as ListBody<Stone> & Stone
      }
      const [stone] = (await cli('--user', 'ana')).results
      expect((await cli('lift', stone!.id, '--user', 'ana')).memory_id).toBe(body.results[0]!.id)
      expect((await cli('list', '--user', 'ana')).results).toEqual([])
      expect((await admin.post<{ results: Memory[] }>('/memory', { user_id: 'ana', content })).status).toBe(201)
    } finally {
      await guarded.close()
    }
  })
})
