import { startServer, type TestServer } from './support/server'
import type { EdgesBody, ErrorBody, RememberBody, RememberResult } from './support/wire'

const ID = '018f0000-0000-7000-8000-000000000000'
const CAT = 'Nimbus the grey cat sleeps on the sofa'
const AGAIN = 'Nimbus the grey cat sleeps on the red sofa'

describe('connections', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())
  afterEach(() => {
    server.setClock()
    server.embedder.reset()
  })

  const tell = async (user: string, body: Record<string, unknown>, headers: Record<string, string> = {}): Promise<RememberResult> => {
    const answer = await server.api.post<RememberBody>('/memory', { user_id: user, ...body }, headers)
    expect(answer.status).toBe(201)
    return answer.body.results[0]!
  }
  const edgesOf = async (user: string, id: string): Promise<EdgesBody['edges']> => (await server.api.get<EdgesBody>(`/memory/${id}/edges`, { user_id: user })).body.edges

  describe('that are suggested', () => {
    it('and importances that are next to nothing do no harm to recall', async () => {
    const user = server.user()
    const ids = await server.api.remember({ user_id: user, messages: ['The lantern hangs in the harbour', 'The harbour is full of fog'].map((content) => ({ content })) })
    for (const id of ids) await server.api.patch(`/memory/${id}`, { user_id: user, importance: 5e-324, confidence: 1e-300 })
    expect((await server.api.post(`/memory/${ids[0]!}/edges`, { user_id: user, dst: ids[1], weight: 5e-324 })).status).toBeLessThan(300)
    expect((await server.api.recall({ user_id: user, q: 'lantern in the harbour' })).results).toHaveLength(2)
  })

  it('are the nearest memories of the same user, never itself, and can be accepted as they come', async () => {
      const user = server.user()
      const first = await tell(user, { content: CAT })
      expect(first).not.toHaveProperty('suggested')
      await tell(user, { content: 'The ferry to Oslo leaves at nine on Friday' })
      await tell(server.user(), { content: AGAIN })
      const { id, suggested } = await tell(user, { content: AGAIN })
      expect(suggested).toEqual([{ id: first.id, content: CAT, score: expect.any(Number), type: 'similar' }])
      expect(suggested![0]!.score).toBeGreaterThan(0.6)
      expect(suggested![0]!.score).toBeLessThanOrEqual(1)
      const { id: other, type, score } = suggested![0]!
      expect((await server.api.post(`/memory/${id}/edges`, { user_id: user, id: other, type, weight: score })).status).toBe(201)
      expect((await edgesOf(user, first.id)).map((e) => e.type)).toContain('similar')
    })

    it('are three at most, each text once, and none that is equal, corrected, expired or named as related', async () => {
      const user = server.user()
      server.setClock('2025-01-01T10:00:00Z')
      await tell(user, { content: `${CAT} now`, retention: 'task' })
      const old = await tell(user, { content: `${CAT} often` })
      await server.api.patch(`/memory/${old.id}?user_id=${user}`, { content: 'We never had a pet' })
      await tell(user, { content: AGAIN })
      const related = await tell(user, { content: `${CAT} still` })
      server.setClock('2025-06-01T10:00:00Z')
      const twice = await tell(user, { content: `${CAT} alone`, session_id: 'a' })
      await tell(user, { content: `${CAT} alone`, session_id: 'b' })
      const others = [twice.id]
      for (const word of ['snoring', 'purring', 'dreaming']) others.push((await tell(user, { content: `${CAT} ${word}` })).id)
      const { suggested } = await tell(user, { content: AGAIN, related: [related.id] })
      expect(suggested).toHaveLength(3)
      for (const { id } of suggested!) expect(others).toContain(id)
      expect(suggested!.map((s) => s.score)).toEqual(suggested!.map((s) => s.score).sort((a, b) => b - a))
    })

    it('come by shared words while the embedder is down, when these are several', async () => {
      const user = server.user()
      const first = await tell(user, { content: CAT })
      await tell(user, { content: 'The sofa was delivered from Gothenburg by two strong men' })
      server.embedder.always('error-500')
      const { suggested } = await tell(user, { content: 'Our grey cat Nimbus scratched his nose' })
      expect(suggested).toEqual([{ id: first.id, content: CAT, score: expect.any(Number), type: 'related' }])
    })

    it('are left out for many at once, for who does not wait, and for what is not stored', async () => {
      const user = server.user()
      await tell(user, { content: CAT })
      for (const body of [{ messages: [{ content: AGAIN }, { content: `${AGAIN} too` }] }, { content: `${AGAIN} also`, wait: false }, { content: CAT }, { content: 'ok' }]) {
        const answer = await server.api.post<RememberBody>('/memory', { user_id: user, ...body })
        for (const result of answer.body.results) expect(result).not.toHaveProperty('suggested')
      }
      await server.settled()
    })

    it('are answered again under the same Idempotency-Key, without what was forgotten since', async () => {
      const user = server.user()
      const [first, second] = [await tell(user, { content: CAT }), await tell(user, { content: `${CAT} alone` })]
      const said = { content: AGAIN }
      const answer = await tell(user, said, { 'Idempotency-Key': 'cat' })
      expect(answer.suggested!.map((s) => s.id).sort()).toEqual([first.id, second.id].sort())
      expect(await tell(user, said, { 'Idempotency-Key': 'cat' })).toEqual(answer)
      await server.api.forget({ user_id: user, id: second.id })
      expect(await server.store.showing(second.id)).toEqual(['memory_tombstone'])
      const again = await tell(user, said, { 'Idempotency-Key': 'cat' })
      expect(again).toEqual({ ...answer, suggested: answer.suggested!.filter((s) => s.id === first.id) })
    })
  })

  describe('that are made by hand', () => {
    it('are seen from both ends, are found by recall, and can be taken back', async () => {
      const user = server.user()
      const [cat, rent] = await server.api.remember({ user_id: user, messages: [{ content: 'Nimbus has a new scratching post' }, { content: 'Our landlord forbids pets' }] })
      const made = await server.api.post<EdgesBody['edges'][0]>(`/memory/${cat!}/edges`, { user_id: user, dst: rent!.toUpperCase(), weight: 0.4 })
      expect(made.status).toBe(201)
      expect(made.body).toEqual({ src: [cat, rent].sort()[0], dst: [cat, rent].sort()[1], type: 'related', weight: 0.4, ts: expect.any(String) })
      for (const id of [cat!, rent!]) expect(await edgesOf(user, id)).toContainEqual(made.body)
      const { results } = await server.api.recall({ user_id: user, q: 'scratching post', explain: true })
      expect(results.find((r) => r.id === rent)!.edges!.map((e) => e.type)).toContain('related')

      const stronger = await server.api.post<{ weight: number }>(`/memory/${rent!}/edges?user_id=${user}`, { dst: cat, type: 'related' })
      expect([stronger.status, stronger.body.weight]).toEqual([201, 1])
      const query = { user_id: user, dst: cat }
      expect((await server.api.delete<{ removed: number }>(`/memory/${rent!}/edges`, query)).body).toEqual({ removed: 1 })
      expect(await edgesOf(user, cat!)).not.toContainEqual(expect.objectContaining({ type: 'related' }))
      expect((await server.api.delete(`/memory/${rent!}/edges`, query)).status).toBe(404)
    })

    it('are taken back by type, and never those that follow from what was said', async () => {
      const user = server.user()
      const [a, b] = await server.api.remember({ user_id: user, session_id: 's', messages: [{ content: 'The attic window does not close' }, { content: 'The carpenter comes on Monday' }] })
      for (const type of ['related', 'similar']) await server.api.post(`/memory/${a!}/edges`, { user_id: user, dst: b, type })
      const types = async (): Promise<string[]> => (await edgesOf(user, a!)).filter((e) => [e.src, e.dst].includes(b!)).map((e) => e.type).sort()
      expect(await types()).toEqual(['next', 'related', 'similar'])
      await server.api.delete(`/memory/${a!}/edges`, { user_id: user, dst: b, type: 'similar' })
      expect(await types()).toEqual(['next', 'related'])
      await server.api.delete(`/memory/${a!}/edges`, { user_id: user, dst: b })
      expect(await types()).toEqual(['next'])
    })

    it('go with what is forgotten', async () => {
      const user = server.user()
      const [a, b] = await server.api.remember({ user_id: user, messages: [{ content: 'The attic window does not close' }, { content: 'The carpenter comes on Monday' }] })
      await server.api.post(`/memory/${a!}/edges`, { user_id: user, dst: b })
      await server.api.forget({ user_id: user, id: b })
      expect(await edgesOf(user, a!)).toEqual([])
    })

    it('are 404 where a memory is missing or another user\'s', async () => {
      const [user, stranger] = [server.user(), server.user()]
      const [own] = await server.api.remember({ user_id: user, content: 'The attic window does not close' })
      const [theirs] = await server.api.remember({ user_id: stranger, content: 'The carpenter comes on Monday' })
      for (const [src, dst] of [[own, ID], [ID, own], [own, theirs], [theirs, own], ['nope', own]]) {
        const answers = [
          await server.api.post<ErrorBody>(`/memory/${src!}/edges`, { user_id: user, dst }),
          await server.api.delete<ErrorBody>(`/memory/${src!}/edges`, { user_id: user, dst }),
        ]
        for (const { status, body } of answers) expect([src, dst, status, body.error.code]).toEqual([src, dst, 404, 'not_found'])
      }
    })
  })
})
