import { startServer, type TestServer } from './support/server'
import type { ErrorBody, RecallBody } from './support/wire'

const SHARES = ['semantic', 'entity', 'situation', 'lexical', 'focus', 'graph', 'recency', 'salience', 'strength']
const sum = (scores: Record<string, number>): number => Object.values(scores).reduce((a, b) => a + b, 0)

describe('recall with the local model', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ EMBEDDING_PROVIDER: 'local', EMBEDDING_MODEL: 'use-lite' })
  })
  afterAll(() => server?.close())

  it('answers a question in other words with the right memory of the right user first', async () => {
    const { api } = server
    const [moved] = await api.remember({ user_id: 'ana', session_id: 'spring', content: 'I moved to Lisbon in May', role: 'user' })
    await api.remember({ user_id: 'ana', session_id: 'summer', content: 'My brother Paulo baked sourdough bread on Sunday', role: 'user' })
    const [foreign] = await api.remember({ user_id: 'ben', session_id: 'spring', content: 'I relocated to the city of Oslo last year', role: 'user' })
    const answer = await api.recall({ user_id: 'ana', q: 'Which town does she live in since spring?', explain: true })
    expect(answer.degraded).toEqual([])
    expect(answer.results.map((r) => r.id)).not.toContain(foreign)
    expect(answer.results).toHaveLength(2)
    expect(answer.results[0]!.id).toBe(moved)
    for (const result of answer.results) expect(Math.abs(sum(result.scores!) - result.score)).toBeLessThan(1e-6)
    expect((await api.recall({ user_id: 'ben', q: 'Where does he live now?' })).results.map((r) => r.id)).toEqual([foreign])
  })
})

describe('recall', () => {
  let server: TestServer
  const ids: Record<string, string> = {}
  const USER = 'recall-user'

  beforeAll(async () => {
    server = await startServer()
    await server.api.put(`/users/${USER}`, { time_zone: 'America/New_York' })
    const store = async (name: string, body: Record<string, unknown>): Promise<void> => {
      ids[name] = (await server.api.remember({ user_id: USER, ...body }))[0]!
    }
    await store('exam', {
      content: 'The chemistry exam frightens me', session_id: 'school', category: 'academic', tags: ['work', 'stress'], occurred_at: '2025-05-31T23:30:00-04:00',
      metadata: { emotion: 'fear', intensity: 0.8, stressor: true, at: { place: 'lab' }, people: ['Marta', 'Rui'] },
    })
    await store('walk', {
      content: 'A quiet walk along the river', session_id: 'leisure', category: 'free time', tags: ['calm'], occurred_at: '2025-06-01T00:30:00-04:00',
      metadata: { emotion: 'joy', intensity: 0.3 }, retention: 'task', agent_id: 'coach',
    })
    await store('plan', {
      content: 'We plan to ship the garden planner in autumn', session_id: 'school', project: 'garden', retention: 'project', tags: ['work'], kind: 'fact',
      occurred_at: '2025-05-01T00:10:00-04:00', metadata: { emotion: 'hope', intensity: 0.5 }, importance: 0.9,
    })
    await store('pref', { content: 'I like green tea without sugar', kind: 'preference', occurred_at: '2025-04-30T23:50:00-04:00' })
    await server.settled()
  })
  afterAll(() => server?.close())

  const found = async (body: Record<string, unknown>): Promise<string[]> => {
    const { results } = await server.api.recall({ user_id: USER, q: 'anything at all', k: 50, ...body })
    return results.map((r) => Object.keys(ids).find((name) => ids[name] === r.id) ?? r.id).sort()
  }
  const ALL = ['exam', 'plan', 'pref', 'walk']

  it('shows every field of a memory, and scores only when asked to explain', async () => {
    const { results, took_ms: took } = await server.api.recall({ user_id: USER, q: 'chemistry exam' })
    const first = results[0]!
    expect(first).toMatchObject({
      id: ids.exam, content: 'The chemistry exam frightens me', kind: 'episode', role: 'user', speaker: null, retention: 'personal', session_id: 'school', project: null,
      agent_id: null, category: 'academic', tags: ['work', 'stress'], confidence: 1, access_count: 0, last_accessed_at: null, metadata: { emotion: 'fear', at: { place: 'lab' } },
    })
    expect(new Date(first.occurred_at)).toEqual(new Date('2025-05-31T23:30:00-04:00'))
    expect(first.occurred_at).toMatch(/(Z|[+-]\d\d:\d\d)$/)
    expect(['focus', 'hot', 'warm', 'cold', 'graph']).toContain(first.tier)
    expect(took).toBeGreaterThan(0)
    expect(first).not.toHaveProperty('scores')
    expect(first).not.toHaveProperty('edges')
  })

  it('explains each score by shares that add up', async () => {
    const { results } = await server.api.recall({ user_id: USER, q: 'walk by the river', explain: true, k: 50 })
    expect(results).toHaveLength(4)
    for (const { score, scores, edges } of results) {
      expect(Object.keys(scores!).sort()).toEqual([...SHARES].sort())
      expect(Math.abs(sum(scores!) - score)).toBeLessThan(1e-6)
      expect(score).toBeGreaterThanOrEqual(0)
      expect(score).toBeLessThanOrEqual(1)
      expect(Array.isArray(edges)).toBe(true)
    }
    expect(results.map((r) => r.score)).toEqual([...results.map((r) => r.score)].sort((a, b) => b - a))
  })

  it.each<[string, Record<string, unknown>, string[]]>([
    ['a session', { session_id: 'school' }, ['exam', 'plan']],
    ['a session by its alias', { run_id: 'leisure' }, ['walk']],
    ['a project', { project: 'garden' }, ['plan']],
    ['an agent', { agent_id: 'coach' }, ['walk']],
    ['one retention', { retention: 'project' }, ['plan']],
    ['a retention by its older name', { memory_type: 'task' }, ['walk']],
    ['several retentions by comma', { retention: 'project,task' }, ['plan', 'walk']],
    ['several retentions by array', { retention: ['project', 'task'] }, ['plan', 'walk']],
    ['a kind', { kind: 'fact' }, ['plan']],
    ['several kinds', { kind: ['fact', 'preference'] }, ['plan', 'pref']],
    ['a category', { category: 'academic' }, ['exam']],
    ['several categories', { category: ['academic', 'free time'] }, ['exam', 'walk']],
    ['a tag', { tags: ['work'] }, ['exam', 'plan']],
    ['both of two tags', { tags: 'work,stress' }, ['exam']],
    ['nothing by a tag nobody has', { tags: ['elsewhere'] }, []],
    ['a month, in the user\'s time zone', { time_window: '2025-05' }, ['exam', 'plan']],
    ['a range of days, both ends included', { time_window: '2025-05-01..2025-05-31' }, ['exam', 'plan']],
    ['a range that begins a day earlier', { time_window: '2025-04-30..2025-05-31' }, ['exam', 'plan', 'pref']],
    ['a range that ends a day later', { time_window: '2025-05-02..2025-06-01' }, ['exam', 'walk']],
    ['the last days, counted from reference_date', { time_window: '7d', reference_date: '2025-06-02T00:00:00Z' }, ['exam', 'walk']],
    ['nothing of the last day', { time_window: '24h' }, []],
    ['everything that passes a threshold of 0', { threshold: 0 }, ALL],
    ['nothing above a threshold of 1', { threshold: 1 }, []],
  ])('finds %s', async (_, filter, expected) => {
    expect(await found(filter)).toEqual(expected)
  })

  it.each<[string, unknown, string[]]>([
    ['plain equality', { 'metadata.emotion': 'fear' }, ['exam']],
    ['eq', { 'metadata.emotion': { eq: 'fear' } }, ['exam']],
    ['ne', { 'metadata.emotion': { ne: 'fear' } }, ['plan', 'pref', 'walk']],
    ['gt', { 'metadata.intensity': { gt: 0.5 } }, ['exam']],
    ['gte', { 'metadata.intensity': { gte: 0.5 } }, ['exam', 'plan']],
    ['lt', { 'metadata.intensity': { lt: 0.5 } }, ['walk']],
    ['lte', { 'metadata.intensity': { lte: 0.5 } }, ['plan', 'walk']],
    ['two bounds of one field', { 'metadata.intensity': { gte: 0.4, lt: 0.8 } }, ['plan']],
    ['in', { 'metadata.emotion': { in: ['joy', 'hope'] } }, ['plan', 'walk']],
    ['nin', { 'metadata.emotion': { nin: ['joy', 'hope'] } }, ['exam', 'pref']],
    ['contains, in text', { 'metadata.emotion': { contains: 'ea' } }, ['exam']],
    ['contains, in a list', { 'metadata.people': { contains: 'Rui' } }, ['exam']],
    ['exists', { 'metadata.stressor': { exists: true } }, ['exam']],
    ['exists: false', { 'metadata.emotion': { exists: false } }, ['pref']],
    ['a boolean', { 'metadata.stressor': true }, ['exam']],
    ['a path', { 'metadata.at.place': 'lab' }, ['exam']],
    ['tags', { tags: { contains: 'work' } }, ['exam', 'plan']],
    ['a field of the memory', { category: 'academic' }, ['exam']],
    ['importance', { importance: { gte: 0.9 } }, ['plan']],
    ['several fields, all of which must hold', { 'metadata.emotion': 'fear', category: 'free time' }, []],
    ['AND', { AND: [{ tags: { contains: 'work' } }, { 'metadata.intensity': { gte: 0.6 } }] }, ['exam']],
    ['OR', { OR: [{ 'metadata.emotion': 'joy' }, { kind: 'preference' }] }, ['pref', 'walk']],
    ['NOT', { NOT: { tags: { contains: 'work' } } }, ['pref', 'walk']],
    ['nesting', { AND: [{ OR: [{ 'metadata.emotion': 'fear' }, { 'metadata.emotion': 'hope' }] }, { NOT: { category: 'academic' } }] }, ['plan']],
  ])('filters by %s', async (_, filters, expected) => {
    expect(await found({ filters })).toEqual(expected)
  })

  it('answers min(k, live) results whatever is asked, and the same score for every k', async () => {
    server.setClock('2025-07-01T12:00:00Z')
    for (const q of ['anything', 'river', '🦊', 'zzz qqq']) {
      const all = await server.api.recall({ user_id: USER, q, k: 50 })
      expect(all.results).toHaveLength(4)
      for (const k of [1, 2, 3]) {
        const some = await server.api.recall({ user_id: USER, q, k })
        expect(some.results.map((r) => [r.id, r.score])).toEqual(all.results.slice(0, k).map((r) => [r.id, r.score]))
      }
    }
    server.setClock()
  })

  it('answers the same, byte for byte but for the time it took, while nobody reinforces and the clock stands', async () => {
    server.setClock('2025-07-01T12:00:00Z')
    for (const q of ['planner for the garden', 'anything', 'what is it', 'exam walk garden tea']) {
      const ask = async (): Promise<string> => {
        const { body } = await server.api.post<RecallBody & { timings?: unknown }>('/memory/recall', { user_id: USER, q, explain: true, reinforce: false, k: 50, hops: 2 })
        const { took_ms: _, timings: __, ...answer } = body
        return JSON.stringify(answer)
      }
      const first = await ask()
      for (let i = 0; i < 3; i++) expect(await ask()).toBe(first)
    }
    server.setClock()
  })

  it('takes its parameters by GET as by POST, under every name', async () => {
    const posted = await server.api.recall({ user_id: USER, query: 'river walk', top_k: 2, tags: ['work'] })
    for (const [q, k] of [['q', 'k'], ['query', 'limit'], ['q', 'top_k']] as const) {
      const got = await server.api.get<RecallBody>('/memory/recall', { user_id: USER, [q]: 'river walk', [k]: 2, tags: 'work', heads: 'semantic,situation' })
      expect(got.status).toBe(200)
      expect(got.body.results.map((r) => r.id)).toEqual(posted.results.map((r) => r.id))
    }
    const limited = await server.api.recall({ user_id: USER, q: 'river walk', limit: 1, heads: ['semantic', 'entity', 'situation'], hops: 2 })
    expect(limited.results.map((r) => r.id)).toEqual([ids.walk])
  })

  it('counts an access by POST unless told not to, and never by GET', async () => {
    const user = server.user()
    const [id] = await server.api.remember({ user_id: user, content: 'The spare key lies under the blue pot' })
    await server.api.get('/memory/recall', { user_id: user, q: 'spare key' })
    await server.api.recall({ user_id: user, q: 'spare key' })
    await server.settled()
    expect(await server.api.memory(user, id!)).toMatchObject({ access_count: 0, last_accessed_at: null })
    await server.api.post('/memory/recall', { user_id: user, q: 'spare key' })
    await server.settled()
    const { access_count: count, last_accessed_at: last } = await server.api.memory(user, id!)
    expect(count).toBe(1)
    expect(last).not.toBeNull()
  })

  it('holds back what does not fit into max_tokens, by name, and takes what fits instead', async () => {
    const user = server.user()
    const long = `The garden planner ${'with all of its beds and paths '.repeat(10)}`
    const [first, ...short] = await server.api.remember({ user_id: user, messages: [{ content: long }, { content: 'Plan the garden' }, { content: 'A garden' }] })
    const { results, held_back: held } = await server.api.recall({ user_id: user, q: 'garden planner', k: 2, max_tokens: 12 })
    expect(results.map((r) => r.id).sort()).toEqual([...short].sort())
    expect(held).toEqual([{ id: first, reason: 'max_tokens' }])
  })

  it('does not fill the page with what says the same, says so, and fills up with it when there is nothing else', async () => {
    const user = server.user()
    const said = [
      'The ferry to the island leaves at noon', 'the ferry to the island leaves at noon!', 'The ferry to the island leaves at noon.', 'The island has a lighthouse',
      'I was on the ferry once',
    ]
    const ids: string[] = []
    for (const [i, content] of said.entries()) ids.push(...await server.api.remember({ user_id: user, session_id: `s${i}`, content }))
    const same = new Set(ids.slice(0, 3))
    const page = await server.api.recall({ user_id: user, q: 'when does the ferry to the island leave?', k: 3, explain: true })
    expect(page.results.map((r) => same.has(r.id))).toEqual([true, false, false])
    const first = page.results[0]!.id
    expect(page.held_back!.map((h) => h.id).sort()).toEqual([...same].filter((id) => id !== first).sort())
    for (const { reason } of page.held_back!) expect(reason).toBe(`duplicate of ${first}`)
    const all = await server.api.recall({ user_id: user, q: 'when does the ferry to the island leave?', k: 50, explain: true })
    expect(all.results.map((r) => same.has(r.id))).toEqual([true, false, false, true, true])
    expect(all.held_back).toBeUndefined()
    for (const { score, scores } of all.results) expect(Math.abs(sum(scores!) - score)).toBeLessThan(1e-6)
    const twice = await server.api.recall({ user_id: user, q: 'ferry', k: 2, filters: { content: { contains: 'leaves at noon' } } })
    expect(twice.results).toHaveLength(2)
  })

  it('names what was corrected and would have been on the page, when asked to explain', async () => {
    const user = server.user()
    const [old] = await server.api.remember({ user_id: user, content: 'My flat in Lisbon has a red door' })
    await server.api.remember({ user_id: user, content: 'Green tea without sugar' })
    const { body: next } = await server.api.patch<{ id: string }>(`/memory/${old}?user_id=${user}`, { content: 'My flat in Porto has a red door' })
    const ask = async (more: Record<string, unknown>): Promise<unknown> => (await server.api.recall({ user_id: user, q: 'the flat in Lisbon', explain: true, ...more })).held_back
    expect(await ask({})).toEqual([{ id: old, reason: `superseded by ${next.id}` }])
    for (const more of [{ explain: false }, { include_superseded: true }, { threshold: 0.99 }, { kind: 'fact' }]) expect(await ask(more)).toBeUndefined()
  })

  it('finds by words, and says what is missing, while the embedder is down', async () => {
    server.embedder.always('error-500')
    const user = server.user()
    const stored = await server.api.post<{ degraded: string[]; results: { status: string; id: string }[] }>('/memory', { user_id: user, content: 'The lighthouse keeper collects marbles' })
    expect(stored.status).toBe(201)
    expect(stored.body).toMatchObject({ degraded: ['semantic'], results: [{ status: 'stored' }] })
    await server.api.remember({ user_id: user, content: 'Rain all over the northern coast' })
    const answer = await server.api.recall({ user_id: user, q: 'who collects marbles', explain: true })
    expect(answer.degraded).toEqual(['semantic'])
    expect(answer.results).toHaveLength(2)
    expect(answer.results[0]!.id).toBe(stored.body.results[0]!.id)
    expect(answer.results[0]!.scores!.semantic).toBe(0)
    server.embedder.reset()
    await server.vectorsFollow(user)
    const later = await server.api.recall({ user_id: user, q: 'who collects marbles', explain: true })
    expect(later.degraded).toEqual([])
    expect(later.results[0]!.scores!.semantic).toBeGreaterThan(0)
  })

  it('answers a question of stop words alone by recency and salience, and says so', async () => {
    const user = server.user()
    server.setClock('2025-07-01T12:00:00Z')
    const remember = async (content: string, occurred: string, importance: number): Promise<string> =>
      (await server.api.remember({ user_id: user, content, occurred_at: occurred, importance }))[0]!
    const old = await remember('A plain remark about nothing much', '2020-01-01T00:00:00Z', 0.4)
    const weighty = await remember('A vow made at the old harbour', '2020-01-02T00:00:00Z', 0.9)
    const fresh = await remember('A plain remark from the last hour', '2025-07-01T11:00:00Z', 0.4)
    for (const q of ['what is it, and who was that?', 'und das?', '???']) {
      const answer = await server.api.recall({ user_id: user, q, explain: true })
      expect(answer.basis).toEqual(expect.arrayContaining(['recency', 'salience']))
      expect(answer.degraded).toEqual([])
      expect(answer.results.map((r) => r.id)).toEqual([fresh, weighty, old])
      for (const { scores } of answer.results) expect(scores).toMatchObject({ lexical: 0, semantic: 0, situation: 0, entity: 0 })
    }
    expect((await server.api.recall({ user_id: user, q: 'what was the vow?' })).basis).toBeUndefined()
    server.setClock()
  })

  it('uses a default user when none is named', async () => {
    const [id] = await server.api.remember({ content: 'Nobody in particular keeps bees' })
    expect((await server.api.recall({ q: 'bees' })).results.map((r) => r.id)).toEqual([id])
    expect((await server.api.recall({ q: 'bees', user_id: 'default' })).results.map((r) => r.id)).toEqual([id])
  })

  it('asks for a question', async () => {
    const got = await server.api.get<ErrorBody>('/memory/recall', { user_id: USER })
    expect(got.status).toBe(400)
    expect(got.body.error).toMatchObject({ code: 'invalid_request', details: { field: 'q' } })
  })
})
