import { startServer, type TestServer } from './support/server'
import type { ErrorBody } from './support/wire'

interface Learnt {
  id: string
  content: string
  confidence: number
  origin: string
  sources: string[]
  [field: string]: unknown
}
interface Page {
  results: Learnt[]
  next_cursor: string | null
}

const NOBODY = '018f0000-0000-7000-8000-000000000000'
const DRINK = { key: 'coffee', value: 'black' }
const HABIT = { kind: 'workflow', content: 'Reviews are written on Fridays.' }

describe('preferences and patterns', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())

  const add = async (what: string, user: string, fields: object): Promise<Learnt> => {
    const { status, body, text } = await server.api.post<Learnt>(`/memory/${what}`, { user_id: user, ...fields })
    if (status !== 201) throw new Error(`${what} answered ${status}: ${text}`)
    return body
  }
  const list = async (what: string, user: string, more = {}): Promise<Page> => (await server.api.get<Page>(`/memory/${what}`, { user_id: user, ...more })).body

  it('are written, read, listed by pages, and recalled', async () => {
    const user = server.user()
    const one = await add('preferences', user, { ...DRINK, confidence: 0.8, source: 'survey' })
    expect(one).toMatchObject({ ...DRINK, content: 'coffee: black', confidence: 0.8, source: 'survey', origin: 'caller', sources: [], holder: null })
    const habit = await add('patterns', user, { ...HABIT, frequency: 4, examples: ['On 2 May, too.'] })
    expect(habit).toMatchObject({ ...HABIT, frequency: 4, confidence: 1, examples: ['On 2 May, too.'], origin: 'caller' })
    expect((await server.api.get(`/memory/preferences/${one.id}`, { user_id: user })).body).toEqual(one)
    expect((await server.api.get(`/memory/patterns/${habit.id}`, { user_id: user })).body).toEqual(habit)
    const other = await add('preferences', user, { key: 'tea', value: 'green' })
    const first = await list('preferences', user, { limit: 1 })
    expect(first.results).toEqual([other])
    expect(await list('preferences', user, { limit: 1, cursor: first.next_cursor! })).toEqual({ results: [one], next_cursor: null })
    expect((await server.api.recall({ user_id: user, q: 'coffee', k: 1 })).results).toMatchObject([{ id: one.id, kind: 'preference' }])
  })

  it('are changed: what is said of them in place, other content by a successor', async () => {
    const user = server.user()
    const one = await add('preferences', user, DRINK)
    const surer = (await server.api.patch<Learnt>(`/memory/preferences/${one.id}`, { user_id: user, confidence: 0.4, source: 'chat' })).body
    expect(surer).toEqual({ ...one, confidence: 0.4, source: 'chat' })
    const next = (await server.api.patch<Learnt>(`/memory/preferences/${one.id}`, { user_id: user, value: 'with milk' })).body
    expect(next).toMatchObject({ key: 'coffee', value: 'with milk', content: 'coffee: with milk', confidence: 0.4, source: 'chat' })
    expect((await list('preferences', user)).results.map((p) => p.id)).toEqual([next.id])
    const habit = await add('patterns', user, HABIT)
    const often = (await server.api.patch<Learnt>(`/memory/patterns/${habit.id}`, { user_id: user, kind: 'decision', frequency: 7 })).body
    expect(often).toEqual({ ...habit, kind: 'decision', frequency: 7 })
  })

  it('show what dreams found, with their sources, and are left alone by dreams once amended', async () => {
    const user = server.user()
    const tell = (day: string, ...talk: string[]): Promise<string[]> =>
      server.api.remember({ user_id: user, messages: talk.map((content, i) => ({ content, speaker: 'Ana', occurred_at: `${day}T0${i}:00:00Z` })) })
    const dream = () => server.api.post('/memory/consolidate', { user_id: user, wait: true })
    const [tea, van] = await tell('2025-05-05', 'I love green tea.', 'We decided to sell the old van.')
    await dream()
    const [liked] = (await list('preferences', user)).results
    expect(liked).toMatchObject({ key: 'green tea', value: 'loves', holder: 'Ana', source: 'conversation', origin: 'dream', sources: [tea] })
    expect((await list('patterns', user)).results).toMatchObject([{ kind: 'decision', frequency: 1, origin: 'dream', sources: [van], examples: ['We decided to sell the old van.'] }])
    const { results: [said, dreamt] } = await server.api.recall({ user_id: user, q: 'What about green tea?', k: 2, explain: true })
    expect([said?.id, dreamt?.id]).toEqual([tea, liked!.id])
    // Nobody said it in these words: it is worth less by itself.
    expect(dreamt!.scores!.salience).toBeLessThan(0.8 * said!.scores!.salience!)
    expect((await server.api.get('/memory/stats', { user_id: user })).body).toMatchObject({ by_kind: { episode: 2 }, dreamt: { preference: 1, pattern: 1 } })
    await server.api.patch(`/memory/preferences/${liked!.id}`, { user_id: user, confidence: 0.1 })
    await tell('2025-05-09', "I can't stand green tea.")
    await dream()
    expect((await list('preferences', user)).results).toMatchObject([{ id: liked!.id, confidence: 0.1, origin: 'caller' }])
  })

  it('are forgotten, and do not come back', async () => {
    const user = server.user()
    const secret = { key: 'codeword of the garden gate', value: 'zinnia marigold dahlia' }
    const { id } = await add('preferences', user, secret)
    expect((await server.api.delete(`/memory/preferences/${id}`, { user_id: user })).status).toBe(200)
    expect((await list('preferences', user)).results).toEqual([])
    expect(await server.store.showing('zinnia marigold')).toEqual([])
    expect((await server.api.post<ErrorBody>('/memory/preferences', { user_id: user, ...secret })).status).toBe(409)
  })

  it('are of their user and kind alone', async () => {
    const user = server.user()
    const { id } = await add('preferences', user, DRINK)
    for (const [path, who] of [[`preferences/${id}`, server.user()], [`patterns/${id}`, user], [`preferences/${NOBODY}`, user], ['preferences/x', user]] as const) {
      expect((await server.api.get(`/memory/${path}`, { user_id: who })).status).toBe(404)
      expect((await server.api.patch(`/memory/${path}`, { user_id: who, confidence: 0.5 })).status).toBe(404)
      expect((await server.api.delete(`/memory/${path}`, { user_id: who })).status).toBe(404)
    }
    expect((await list('preferences', user)).results).toMatchObject([{ id, confidence: 1 }])
    expect((await server.api.post<ErrorBody>('/memory/preferences', { user_id: user, ...DRINK })).body.error).toMatchObject({ code: 'conflict', details: { duplicate_of: id } })
  })

  it.each<[string, string, object, string]>([
    ['no key', 'preferences', { value: 'x' }, 'key'], ['a blank key', 'preferences', { key: ' ', value: 'x' }, 'key'], ['no value', 'preferences', { key: 'x' }, 'value'],
    ['a key of 257 characters', 'preferences', { key: 'x'.repeat(257), value: 'x' }, 'key'], ['a value that is a number', 'preferences', { key: 'x', value: 1 }, 'value'],
    ['confidence above 1', 'preferences', { ...DRINK, confidence: 1.1 }, 'confidence'], ['an unknown field', 'preferences', { ...DRINK, mood: 1 }, 'mood'],
    ['NUL', 'preferences', { ...DRINK, value: 'a\0' }, 'value'], ['no kind', 'patterns', { content: 'x' }, 'kind'], ['another kind', 'patterns', { ...HABIT, kind: 'rumour' }, 'kind'],
    ['no content', 'patterns', { kind: 'workflow' }, 'content'], ['blank content', 'patterns', { ...HABIT, content: ' ' }, 'content'],
    ['a frequency of none', 'patterns', { ...HABIT, frequency: 0 }, 'frequency'], ['half a frequency', 'patterns', { ...HABIT, frequency: 1.5 }, 'frequency'],
    ['six examples', 'patterns', { ...HABIT, examples: Array(6).fill('x') }, 'examples'], ['an example that is none', 'patterns', { ...HABIT, examples: [''] }, 'examples[0]'],
  ])('refuse %s by name, and nothing is written', async (_, what, fields, field) => {
    const user = server.user()
    const answer = await server.api.post<ErrorBody>(`/memory/${what}`, { user_id: user, ...fields })
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', details: { field } } } })
    expect((await list(what, user)).results).toEqual([])
  })
})
