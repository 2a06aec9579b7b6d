import { startServer, type TestServer } from './support/server'
import type { EdgesBody, ErrorBody, ListBody, Memory, RememberBody } from './support/wire'

describe('remember', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())
  afterEach(() => {
    server.setClock()
    server.embedder.reset()
  })

  const list = async (user: string): Promise<Memory[]> => (await server.api.get<ListBody>('/memory', { user_id: user, limit: 100 })).body.results
  const statuses = async (body: Record<string, unknown>): Promise<string[]> => {
    const answer = await server.api.post<RememberBody>('/memory', body)
    expect(answer.status).toBe(201)
    return answer.body.results.map((r) => r.status)
  }

  it('stores one memory with all that was said about it', async () => {
    const user = server.user()
    const said = {
      content: 'The tomato seedlings need more light', role: 'user', speaker: 'Ana', agent_id: 'gardener', session_id: 'balcony', project: 'garden', retention: 'project',
      kind: 'fact', category: 'plants', tags: ['tomato', 'light'], metadata: { shelf: 2, deep: { er: [1, 'two', null] } }, source: { type: 'conversation' },
      occurred_at: '2025-05-08T09:30:00+02:00', importance: 0.75, confidence: 0.5,
    }
    const answer = await server.api.post<RememberBody>('/memory', { user_id: user, ...said })
    expect(answer.status).toBe(201)
    expect(answer.body.degraded).toEqual([])
    expect(answer.body.results).toHaveLength(1)
    const [result] = answer.body.results
    expect(result).toMatchObject({ status: 'stored', salience: 0.75 })
    const memory = await server.api.memory(user, result!.id)
    const { source: _, importance, occurred_at: at, ...same } = said
    expect(memory).toMatchObject({ ...same, salience: importance })
    expect(new Date(memory.occurred_at)).toEqual(new Date(at))
    expect(memory).not.toHaveProperty('score')
  })

  it('fills what was not said with defaults', async () => {
    const user = server.user()
    const [id] = await server.api.remember({ user_id: user, content: 'Plain words about the weather in March' })
    const memory = await server.api.memory(user, id!)
    expect(memory).toMatchObject({ kind: 'episode', role: 'user', retention: 'personal', speaker: null, session_id: null, tags: [], metadata: {}, confidence: 1, access_count: 0 })
    expect(memory.occurred_at).toBe(memory.created_at)
  })

  it('stores up to 1,000 messages in order, in one go', async () => {
    const user = server.user()
    const messages = Array.from({ length: 1000 }, (_, i) => ({ content: `Ledger line ${i}: paid ${i * 3} coins to the miller`, speaker: i % 2 ? 'Rui' : 'Eva' }))
    const answer = await server.api.post<RememberBody>('/memory', { user_id: user, session_id: 'ledger', messages, wait: false })
    expect(answer.status).toBe(201)
    expect(answer.body.results.map((r) => r.status)).toEqual(messages.map(() => 'stored'))
    expect(new Set(answer.body.results.map((r) => r.id)).size).toBe(1000)
    const last = await server.api.memory(user, answer.body.results[999]!.id)
    expect(last).toMatchObject({ content: messages[999]!.content, speaker: 'Rui', session_id: 'ledger' })
    await server.settled()
  })

  it('takes each message\'s own fields', async () => {
    const user = server.user()
    const [first, second] = await server.api.remember({
      user_id: user, tags: ['both'], metadata: { of: 'all' }, messages: [
        { content: 'What colour was the old bicycle?', role: 'user', occurred_at: '2025-01-01T10:00:00Z', tags: ['question'], metadata: { n: 1 }, importance: 0.9 },
        { content: 'It was painted yellow and black', role: 'assistant' },
      ],
    })
    const one = await server.api.memory(user, first!)
    expect(one).toMatchObject({ role: 'user', salience: 0.9 })
    expect(one.tags).toContain('question')
    expect(one.metadata).toMatchObject({ n: 1 })
    expect(await server.api.memory(user, second!)).toMatchObject({ role: 'assistant', tags: ['both'], metadata: { of: 'all' } })
  })

  it('links the turns of a session, across calls too, and what mentions the same name', async () => {
    const user = server.user()
    const [first, second] = await server.api.remember({ user_id: user, session_id: 's', messages: [{ content: 'Marta plays the cello' }, { content: 'She practises every morning' }] })
    const [third] = await server.api.remember({ user_id: user, session_id: 's', content: 'Marta bought a new bow in Porto' })
    const edges = async (id: string): Promise<EdgesBody['edges']> => (await server.api.get<EdgesBody>(`/memory/${id}/edges`, { user_id: user })).body.edges
    expect(await edges(second!)).toEqual(expect.arrayContaining([
      expect.objectContaining({ src: first, dst: second, type: 'next' }), expect.objectContaining({ src: second, dst: third, type: 'next' })]))
    const mentioned = async (id: string): Promise<string[]> => (await edges(id)).filter((e) => e.type === 'mentions').map((e) => e.dst)
    const named = await mentioned(third!)
    expect((await mentioned(first!)).filter((dst) => named.includes(dst))).toHaveLength(1)
  })

  it('keeps small talk in working memory only, and says so', async () => {
    const user = server.user()
    for (const content of ['ok', 'thanks', 'hm']) {
      const { body } = await server.api.post<RememberBody>('/memory', { user_id: user, content })
      expect(body.results[0]).toMatchObject({ status: 'focus_only' })
      expect(body.results[0]!.salience).toBeLessThan(0.35)
      expect(body.results[0]!.reason).toEqual(expect.any(String))
    }
    expect(await list(user)).toEqual([])
    const focus = await server.api.get<ListBody>('/memory/focus', { user_id: user })
    expect(focus.body.results.map((r) => r.content).sort()).toEqual(['hm', 'ok', 'thanks'])
    expect(await statuses({ user_id: user, content: 'ok', importance: 0.9 })).toEqual(['stored'])
    expect(await statuses({ user_id: user, content: 'The boiler makes a knocking noise', importance: 0.1 })).toEqual(['focus_only'])
    expect(await statuses({ user_id: user, content: 'I hate my job' })).toEqual(['stored'])
  })

  describe('of something it already has', () => {
    const content = 'The ferry leaves at seven from the old pier'

    it('answers the first one, whatever the white space and the form of its letters', async () => {
      const user = server.user()
      const [first] = await server.api.remember({ user_id: user, content: 'The café  by the\tpier' })
      const again = await server.api.post<RememberBody>('/memory', { user_id: user, content: ' The cafe\u0301 by the pier\n' })
      expect(again.body.results[0]).toMatchObject({ id: first, status: 'duplicate', duplicate_of: first })
      expect(await list(user)).toHaveLength(1)
    })

    it('sees it within one call, and tells letters\' case apart', async () => {
      expect(await statuses({ user_id: server.user(), messages: [{ content }, { content }, { content: content.toUpperCase() }] })).toEqual(['stored', 'duplicate', 'stored'])
    })

    it('keeps it apart by session', async () => {
      const user = server.user()
      expect(await statuses({ user_id: user, session_id: 'a', content })).toEqual(['stored'])
      expect(await statuses({ user_id: user, session_id: 'b', content })).toEqual(['stored'])
      expect(await statuses({ user_id: user, content })).toEqual(['stored'])
      expect(await statuses({ user_id: user, session_id: 'a', content })).toEqual(['duplicate'])
    })

    it('keeps it apart by the time when it happened, and takes it again without one after ten minutes', async () => {
      const user = server.user()
      const at = '2025-05-01T10:00:00Z'
      expect(await statuses({ user_id: user, content, occurred_at: at })).toEqual(['stored'])
      expect(await statuses({ user_id: user, content, occurred_at: '2025-05-01T12:00:00+02:00' })).toEqual(['duplicate'])
      expect(await statuses({ user_id: user, content, occurred_at: '2025-05-02T10:00:00Z' })).toEqual(['stored'])
      server.setClock('2025-06-01T10:00:00Z')
      expect(await statuses({ user_id: user, content })).toEqual(['stored'])
      server.setClock('2025-06-01T10:09:00Z')
      expect(await statuses({ user_id: user, content })).toEqual(['duplicate'])
      server.setClock('2025-06-01T10:11:00Z')
      expect(await statuses({ user_id: user, content })).toEqual(['stored'])
    })
  })

  it('answers a repeated Idempotency-Key with the first answer, and refuses it for another body', async () => {
    const user = server.user()
    const header = { 'Idempotency-Key': 'once' }
    const body = { user_id: user, content: 'The invoice of the plumber is 240 euros' }
    const first = await server.api.post<RememberBody>('/memory', body, header)
    const second = await server.api.post<RememberBody>('/memory', body, header)
    expect(second.status).toBe(201)
    expect(second.body).toEqual(first.body)
    expect(first.body.results[0]!.status).toBe('stored')
    const other = await server.api.post<ErrorBody>('/memory', { ...body, content: 'Something else entirely was paid' }, header)
    expect(other.status).toBe(409)
    expect(other.body.error.code).toBe('conflict')
    expect(await list(user)).toHaveLength(1)
    const foreign = await server.api.post<RememberBody>('/memory', { ...body, user_id: server.user() }, header)
    expect(foreign.body.results[0]!.status).toBe('stored')
  })

  it('stores once what arrives many times at the same moment under one key', async () => {
    const user = server.user()
    const answers = await Promise.all(Array.from({ length: 8 }, () =>
      server.api.post<RememberBody>('/memory', { user_id: user, content: 'The bridge closes at midnight' }, { 'Idempotency-Key': 'storm' })))
    expect(new Set(answers.map((a) => a.text)).size).toBe(1)
    expect(await list(user)).toHaveLength(1)
  })

  it('stores what is said at the same moment of somebody whom nobody knew before', async () => {
    for (const user of Array.from({ length: 40 }, () => server.user())) {
      const stored = await Promise.all(Array.from({ length: 4 }, (_, i) => server.api.remember({ user_id: user, content: `The choir sang hymn number ${i}` })))
      expect(new Set(stored.flat()).size).toBe(4)
    }
  })

  it('answers at once with wait: false, and the vectors follow', async () => {
    const user = server.user()
    const [id] = await server.api.remember({ user_id: user, content: 'Saffron crocuses bloom in October', wait: false })
    expect(id).toEqual(expect.any(String))
    await server.vectorsFollow(user)
    expect(await server.store.count('memory_embedding', 'trace_id = $1', [id])).toBe(3)
    const { results } = await server.api.recall({ user_id: user, q: 'saffron bloom', explain: true })
    expect(results[0]!.scores!.semantic).toBeGreaterThan(0)
  })

  it('relates a memory to others that it names, and refuses unknown and foreign ones', async () => {
    const user = server.user()
    const [first] = await server.api.remember({ user_id: user, content: 'The roof leaks above the stairs' })
    const [second] = await server.api.remember({ user_id: user, content: 'A carpenter comes on Tuesday', related: [first] })
    const { body } = await server.api.get<EdgesBody>(`/memory/${second!}/edges`, { user_id: user })
    expect(body.edges.some((e) => e.type === 'related' && [e.src, e.dst].includes(first!) && [e.src, e.dst].includes(second!))).toBe(true)
    for (const [who, related] of [[user, '018f0000-0000-7000-8000-000000000000'], [server.user(), first]] as const) {
      const refused = await server.api.post<ErrorBody>('/memory', { user_id: who, content: 'Related to nothing that is known', related: [related] })
      expect([400, 404]).toContain(refused.status)
      expect(refused.body.error.details).toMatchObject({ field: 'related' })
      expect((await list(who)).map((m) => m.content)).not.toContain('Related to nothing that is known')
    }
  })

  it('lets a task leave 30 days after it was recorded, whenever it happened, and a personal memory never', async () => {
    const user = server.user()
    server.setClock('2025-03-01T10:00:00Z')
    const [task] = await server.api.remember({ user_id: user, retention: 'task', content: 'Water the ferns on the landing', occurred_at: '2024-01-01T00:00:00Z' })
    const [own] = await server.api.remember({ user_id: user, content: 'Ferns are my favourite plants', occurred_at: '2010-01-01T00:00:00Z' })
    const recalled = async (at: string): Promise<string[]> => {
      server.setClock(at)
      return (await server.api.recall({ user_id: user, q: 'ferns' })).results.map((r) => r.id).sort()
    }
    expect(await recalled('2025-03-30T10:00:00Z')).toEqual([task, own].sort())
    expect(await recalled('2025-04-01T10:00:00Z')).toEqual([own])
    expect((await list(user)).map((m) => m.id)).toEqual([own])
  })

  it('lets any memory leave when it expires', async () => {
    const user = server.user()
    server.setClock('2025-03-01T10:00:00Z')
    const [id] = await server.api.remember({ user_id: user, content: 'The voucher for the bakery', expires_at: '2025-03-02T10:00:00Z' })
    expect((await server.api.recall({ user_id: user, q: 'voucher' })).results.map((r) => r.id)).toEqual([id])
    server.setClock('2025-03-02T10:00:01Z')
    expect((await server.api.recall({ user_id: user, q: 'voucher' })).results).toEqual([])
  })

  it('takes the older names importance_score, run_id and memory_type', async () => {
    const user = server.user()
    const [id] = await server.api.remember({ user_id: user, content: 'Old names are still understood', run_id: 'r1', memory_type: 'project', importance_score: 0.8 })
    expect(await server.api.memory(user, id!)).toMatchObject({ session_id: 'r1', retention: 'project', salience: 0.8 })
  })

  it('splits long content into pieces that are all searched', async () => {
    const user = server.user()
    const filler = Array.from({ length: 120 }, (_, i) => `Paragraph ${i} talks about the harbour and its boats.`).join(' ')
    const [id] = await server.api.remember({ user_id: user, content: `${filler} At the very end hides a marzipan elephant.` })
    await server.api.remember({ user_id: user, content: 'Boats in the harbour' })
    const { results } = await server.api.recall({ user_id: user, q: 'marzipan elephant' })
    expect(results[0]!.id).toBe(id)
    expect(await server.store.count('memory_embedding', `trace_id = $1 and head = 'semantic'`, [id])).toBeGreaterThan(1)
  })
})
