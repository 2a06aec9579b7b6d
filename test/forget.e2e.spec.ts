import { userUuid } from '#kernel'
import { startServer, type TestServer } from './support/server'
import type { ErrorBody, ForgetBody, ListBody, PreviewBody, RememberBody } from './support/wire'

const NOWHERE = '018f0000-0000-7000-8000-000000000000'

describe('forget', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())

  const recalled = async (user: string, q: string): Promise<string[]> => (await server.api.recall({ user_id: user, q, k: 50 })).results.map((r) => r.id)
  const inFocus = async (user: string): Promise<string[]> =>
    (await server.api.get<ListBody>('/memory/focus', { user_id: user })).body.results.map((r) => r.id)

  it('erases a memory by id from recall, from reading, from focus and from every table', async () => {
    const user = server.user()
    const [first, secret, last] = await server.api.remember({
      user_id: user, session_id: 'clinic', messages: [
        { content: 'The waiting room was full of plants' },
        { content: 'Doctor Zelenka found a rare quixotism in my blood', speaker: 'Ana', tags: ['xylotag'], metadata: { diagnosis: 'quixotism' } },
        { content: 'Then we took the tram home' },
      ],
    }, { 'Idempotency-Key': 'clinic' })
    await server.api.post('/memory/recall', { user_id: user, q: 'quixotism', explain: true })
    await server.settled()
    expect(await inFocus(user)).toContain(secret)
    expect((await server.store.naming(secret!)).length).toBeGreaterThan(5)

    const { forgotten, ids, tombstones, receipt } = await server.api.forget({ user_id: user, id: secret })
    expect(ids).toEqual([secret])
    expect(forgotten).toMatchObject({ traces: 1, focus: 1, derived: 0, rewritten: 0 })
    expect(forgotten.embeddings).toBeGreaterThanOrEqual(1)
    expect(forgotten.terms).toBeGreaterThan(2)
    expect(forgotten.edges).toBeGreaterThan(0)
    expect(tombstones).toHaveLength(1)
    expect(receipt).toMatchObject({ id: expect.any(String), at: expect.any(String), digest: expect.any(String) })

    await server.vectorsFollow(user)
    expect(await recalled(user, 'quixotism in the blood')).toEqual(expect.arrayContaining([first, last]))
    expect(await recalled(user, 'quixotism in the blood')).not.toContain(secret)
    expect((await server.api.get(`/memory/${secret!}`, { user_id: user })).status).toBe(404)
    expect((await server.api.get(`/memory/${secret!}/history`, { user_id: user })).status).toBe(404)
    expect((await server.api.get(`/memory/${secret!}/edges`, { user_id: user })).status).toBe(404)
    expect(await inFocus(user)).not.toContain(secret)
    expect(await server.store.naming(secret!)).toEqual([])
    for (const word of ['quixotism', 'zelenka', 'xylotag']) expect(await server.store.showing(word)).toEqual([])
  })

  it('keeps each signature that of its vectors, also of long content, and when a neighbour was forgotten', async () => {
    const user = server.user()
    const long = Array.from({ length: 120 }, (_, i) => `Sentence number ${i} tells of the harbour, the lighthouse and ship ${i * 7}.`).join(' ')
    const [, middle] = await server.api.remember({ user_id: user, session_id: 'harbour', messages: [
      { content: 'We walked along the pier' }, { content: 'The gulls were loud that morning' }, { content: long }, { content: 'Then it rained' },
    ] })
    const ofUser = [userUuid(user)]
    const vector = (head: string, chunk: string): string =>
      `(select binary_quantize(e.vec) from memory_embedding e where e.user_id = s.user_id and e.trace_id = s.trace_id and e.head = '${head}' and e.chunk = ${chunk})`
    const wrong = `s.user_id = $1 and (s.semantic is distinct from ${vector('semantic', 's.chunk')}
      or s.entity is distinct from ${vector('entity', '0')} or s.situation is distinct from ${vector('situation', '0')})`
    const pieces = await server.store.count('memory_signature s', 's.user_id = $1', ofUser)
    expect(pieces).toBeGreaterThan(4)
    expect(await server.store.count('memory_signature s', wrong, ofUser)).toBe(0)
    await server.api.forget({ user_id: user, id: middle })
    expect(await server.store.count('memory_signature s', wrong, ofUser)).toBe(0)
    await server.vectorsFollow(user)
    expect(await server.store.count('memory_signature s', wrong, ofUser)).toBe(0)
    expect(await server.store.count('memory_signature s', 's.user_id = $1 and s.situation is not null', ofUser)).toBe(pieces - 1)
  })

  it('takes back in one call what was never so, with what a dream knew by it', async () => {
    const user = server.user()
    const day = '2025-05-08'
    const tell = (content: string, minute: number): Promise<string[]> =>
      server.api.remember({ user_id: user, session_id: 'talk', content, speaker: 'Ana', occurred_at: `${day}T10:0${minute}:00Z` })
    const [misspoken] = await tell('My sister Zuleika lives in Bruges.', 1)
    await tell('I live in Ghent and work as a potter.', 2)
    await server.api.post('/memory/consolidate', { user_id: user, day, wait: true })
    const kinds = (): Promise<{ body: { results: { kind: string; content: string }[] } }> =>
      server.api.get('/memory', { user_id: user, kind: 'fact,entity,preference,pattern,summary,collection', limit: 100 })
    const before = (await kinds()).body.results
    expect(before.filter(({ kind, content }) => kind === 'fact' && content.includes('Zuleika')).length).toBeGreaterThan(0)
    expect(before.filter(({ kind, content }) => kind === 'entity' && /Zuleika|Bruges/.test(content))).toHaveLength(2)
    await server.store.run(`update memory_session set summary = 'About Zuleika', topics = array['Bruges'] where user_id = $1`, [userUuid(user)])

    const { forgotten } = await server.api.forget({ user_id: user, id: misspoken })
    expect(forgotten.derived).toBeGreaterThan(0)
    await server.vectorsFollow(user)
    for (const word of ['zuleika', 'bruges', 'sister']) expect([word, await server.store.showing(word)]).toEqual([word, []])
    const after = (await kinds()).body.results.map(({ content }) => content).join('\n')
    for (const word of ['Ghent', 'potter']) expect(after).toContain(word)
  })

  it('forgets what lives in working memory alone', async () => {
    const user = server.user()
    const [id] = await server.api.remember({ user_id: user, content: 'okay thanks' })
    expect(await inFocus(user)).toEqual([id])
    const answer = await server.api.post<ForgetBody>('/memory/forget', { user_id: user, id })
    expect(answer.status).toBe(200)
    expect(answer.body.forgotten).toMatchObject({ traces: 0, focus: 1 })
    expect(await inFocus(user)).toEqual([])
  })

  it('does the same by DELETE, and by several ids at once', async () => {
    const user = server.user()
    const ids = await server.api.remember({ user_id: user, messages: [{ content: 'Alpha goes to the market' }, { content: 'Beta stays at home' }, { content: 'Gamma reads a novel' }] })
    const deleted = await server.api.delete<ForgetBody>(`/memory/${ids[0]!}`, { user_id: user })
    expect(deleted.status).toBe(200)
    expect(deleted.body).toMatchObject({ ids: [ids[0]], forgotten: { traces: 1 } })
    expect((await server.api.forget({ user_id: user, ids: ids.slice(1) })).forgotten.traces).toBe(2)
    expect(await recalled(user, 'anything')).toEqual([])
  })

  it('answers 404 for an unknown id and for another user\'s, and forgets nothing then', async () => {
    const [owner, other] = [server.user(), server.user()]
    const [id] = await server.api.remember({ user_id: owner, content: 'A thing that only its owner may forget' })
    for (const body of [{ id: NOWHERE }, { user_id: other, id }, { user_id: owner, ids: [id, NOWHERE] }]) {
      const answer = await server.api.post<ErrorBody>('/memory/forget', body)
      expect(answer.status).toBe(404)
      expect(answer.body.error.code).toBe('not_found')
    }
    expect((await server.api.delete(`/memory/${id!}`, { user_id: other })).status).toBe(404)
    expect(await recalled(owner, 'owner')).toEqual([id])
  })

  describe('by scope', () => {
    const fill = async (): Promise<{ user: string; ids: string[] }> => {
      const user = server.user()
      const one = async (body: Record<string, unknown>): Promise<string> => (await server.api.remember({ user_id: user, ...body }))[0]!
      return {
        user,
        ids: [
          await one({ content: 'First note about apples', session_id: 's1', project: 'orchard', occurred_at: '2025-01-10T00:00:00Z', metadata: { mood: 'low' } }),
          await one({ content: 'Second note about pears', session_id: 's1', agent_id: 'coach', tags: ['fruit'], occurred_at: '2025-02-10T00:00:00Z' }),
          await one({ content: 'Third note about plums', session_id: 's2', retention: 'task', kind: 'fact', occurred_at: '2025-03-10T00:00:00Z' }),
        ],
      }
    }

    it.each<[string, Record<string, unknown>, number[]]>([
      ['a session', { session_id: 's1' }, [0, 1]],
      ['a project', { project: 'orchard' }, [0]],
      ['an agent', { agent_id: 'coach' }, [1]],
      ['a retention', { retention: 'task' }, [2]],
      ['a kind', { kind: 'fact' }, [2]],
      ['tags', { tags: ['fruit'] }, [1]],
      ['filters', { filters: { 'metadata.mood': 'low' } }, [0]],
      ['what happened before', { before: '2025-02-01T00:00:00Z' }, [0]],
      ['what happened after', { after: '2025-02-01T00:00:00Z' }, [1, 2]],
      ['two conditions at once', { session_id: 's1', after: '2025-02-01T00:00:00Z' }, [1]],
      ['everything', { all: true }, [0, 1, 2]],
      ['nothing that there is', { session_id: 'none' }, []],
    ])('forgets %s and nothing else', async (_, scope, expected) => {
      const { user, ids } = await fill()
      const preview = await server.api.post<PreviewBody>('/memory/forget', { user_id: user, scope, dry_run: true })
      expect(preview.body).toMatchObject({ dry_run: true, count: expected.length })
      expect(await recalled(user, 'note')).toHaveLength(3)
      const gone = await server.api.forget({ user_id: user, scope })
      expect([...gone.ids].sort()).toEqual(expected.map((i) => ids[i]!).sort())
      expect(gone.forgotten.traces).toBe(expected.length)
      expect((await recalled(user, 'note')).sort()).toEqual(ids.filter((_id, i) => !expected.includes(i)).sort())
    })

    it('does not keep the same text away', async () => {
      const { user } = await fill()
      const { tombstones } = await server.api.forget({ user_id: user, scope: { all: true } })
      expect(tombstones).toEqual([])
      const again = await server.api.post<RememberBody>('/memory', { user_id: user, content: 'First note about apples', session_id: 's1' })
      expect(again.body.results[0]!.status).toBe('stored')
    })

    it('takes small talk of the session with it', async () => {
      const user = server.user()
      await server.api.remember({ user_id: user, session_id: 's', messages: [{ content: 'The garden gate squeaks loudly' }, { content: 'ok' }] })
      await server.api.forget({ user_id: user, scope: { session_id: 's' } })
      expect(await inFocus(user)).toEqual([])
    })

    it('is refused when empty, for that would be everything', async () => {
      const { user } = await fill()
      const answer = await server.api.post<ErrorBody>('/memory/forget', { user_id: user, scope: {} })
      expect(answer.status).toBe(400)
      expect(answer.body.error).toMatchObject({ code: 'invalid_request', details: { field: expect.stringMatching(/^scope/) } })
      expect(await recalled(user, 'note')).toHaveLength(3)
    })
  })

  describe('by query', () => {
    const fill = async (): Promise<{ user: string; ids: string[] }> => {
      const user = server.user()
      const ids = await server.api.remember({
        user_id: user,
        messages: [{ content: 'My sister Dora works in Vienna' }, { content: 'Dora has a dog' }, { content: 'Dora\'s work in Vienna is about bridges' }, { content: 'Cheese is on offer' }],
      })
      return { user, ids }
    }

    it('previews and deletes nothing by itself, and applies exactly what the token stands for', async () => {
      const { user, ids } = await fill()
      const preview = await server.api.post<PreviewBody>('/memory/forget', { user_id: user, query: 'Dora works Vienna', dry_run: false })
      expect(preview.status).toBe(200)
      expect(preview.body).toMatchObject({ dry_run: true, count: 2 })
      const because = Object.fromEntries(preview.body.candidates.map((c) => [c.id, c.because]))
      expect(because).toMatchObject({ [ids[0]!]: 'match', [ids[2]!]: 'match', [ids[1]!]: 'similar' })
      expect(because).not.toHaveProperty(ids[3]!)
      expect(await recalled(user, 'Dora')).toHaveLength(4)
      const applied = await server.api.forget({ user_id: user, preview_token: preview.body.preview_token })
      expect([...applied.ids].sort()).toEqual([ids[0]!, ids[2]!].sort())
      expect((await recalled(user, 'Dora')).sort()).toEqual([ids[1]!, ids[3]!].sort())
    })

    it('refuses a token whose set has changed', async () => {
      const { user } = await fill()
      const preview = await server.api.post<PreviewBody>('/memory/forget', { user_id: user, query: 'Dora works Vienna' })
      await server.api.remember({ user_id: user, content: 'Next year Dora works in Vienna again' })
      const answer = await server.api.post<ErrorBody>('/memory/forget', { user_id: user, preview_token: preview.body.preview_token })
      expect(answer.status).toBe(409)
      expect(answer.body.error.code).toBe('stale_preview')
      expect(await recalled(user, 'Dora')).toHaveLength(5)
    })

    it('refuses another user\'s token, an altered one and one used before', async () => {
      const { user } = await fill()
      const { body } = await server.api.post<PreviewBody>('/memory/forget', { user_id: user, query: 'cheese offer' })
      for (const [who, token] of [[server.user(), body.preview_token], [user, `x${body.preview_token}`], [user, '']] as const) {
        const answer = await server.api.post<ErrorBody>('/memory/forget', { user_id: who, preview_token: token })
        expect(answer.status).toBeGreaterThanOrEqual(400)
        expect(answer.status).toBeLessThan(500)
      }
      expect(await server.api.post<ErrorBody>('/memory/forget', { user_id: user, preview_token: body.preview_token, dry_run: true }))
        .toMatchObject({ status: 400, body: { error: { details: { field: 'dry_run' } } } })
      await server.api.forget({ user_id: user, preview_token: body.preview_token })
      expect((await server.api.post('/memory/forget', { user_id: user, preview_token: body.preview_token })).status).toBe(409)
    })

    it('answers zero counts when nothing matches', async () => {
      const { user } = await fill()
      const preview = await server.api.post<PreviewBody>('/memory/forget', { user_id: user, query: 'zebra crossing' })
      expect(preview.body).toMatchObject({ dry_run: true, count: 0, candidates: [] })
    })
  })

  describe('keeps away', () => {
    const status = async (body: Record<string, unknown>): Promise<RememberBody['results'][number]> => (await server.api.post<RememberBody>('/memory', body)).body.results[0]!

    it('a text that was forgotten by id, however it is spelt', async () => {
      const user = server.user()
      const content = 'My locker number at the old station is forty two'
      const [id] = await server.api.remember({ user_id: user, content })
      await server.api.forget({ user_id: user, id })
      for (const again of [content, content.toUpperCase(), `  ${content}. `]) expect(await status({ user_id: user, content: again })).toMatchObject({ status: 'blocked', id: null })
      expect(await recalled(user, 'locker')).toEqual([])
      expect((await status({ user_id: server.user(), content })).status).toBe('stored')
    })

    it('no text of fewer than four words of content, unless it has the same source', async () => {
      const user = server.user()
      const [id] = await server.api.remember({ user_id: user, content: 'Call the plumber', source: { id: 'mail-7' } })
      await server.api.forget({ user_id: user, id })
      expect((await status({ user_id: user, content: 'Call the plumber' })).status).toBe('stored')
      expect((await status({ user_id: user, content: 'Call the plumber', source: { id: 'mail-7' }, session_id: 'x' })).status).toBe('blocked')
    })

    it('nothing when told not to block, and a scope when told to', async () => {
      const user = server.user()
      const content = 'The recipe needs seven lemons and honey'
      const [id] = await server.api.remember({ user_id: user, content })
      expect((await server.api.forget({ user_id: user, id, block: false })).tombstones).toEqual([])
      expect((await status({ user_id: user, content })).status).toBe('stored')
      expect((await server.api.forget({ user_id: user, scope: { all: true }, block: true })).tombstones).toHaveLength(1)
      expect((await status({ user_id: user, content })).status).toBe('blocked')
    })
  })

  it('leaves a receipt that can be read and does not hold the value', async () => {
    const user = server.user()
    const [id] = await server.api.remember({ user_id: user, content: 'Pamplemousse is the password of the vault' })
    const { receipt } = await server.api.forget({ user_id: user, id, reason: 'asked by phone' })
    const read = await server.api.get<Record<string, unknown>>(`/memory/forget/receipts/${receipt.id}`, { user_id: user })
    expect(read.status).toBe(200)
    expect(read.body).toMatchObject({ id: receipt.id, at: receipt.at, digest: receipt.digest, purged: false })
    expect(read.text.toLowerCase()).not.toContain('pamplemousse')
    expect((await server.api.get(`/memory/forget/receipts/${receipt.id}`, { user_id: server.user() })).status).toBe(404)
    expect((await server.api.get(`/memory/forget/receipts/${NOWHERE}`, { user_id: user })).status).toBe(404)
  })

  it('removes a user wholly', async () => {
    const user = server.user('leaver')
    await server.api.remember({ user_id: user, session_id: 'last', content: 'Grandmother\'s heliotrope brooch' })
    expect((await server.api.delete(`/users/${user}`)).status).toBe(200)
    for (const word of ['heliotrope', user]) expect(await server.store.showing(word)).toEqual([])
    expect(await inFocus(user)).toEqual([])
  })
})
