import { userOf } from '#kernel'
import { FocusBuffer } from '#working-memory'
import { Amendments } from '../libs/remember/amendments'
import { startServer, type TestServer } from './support/server'
import type { ErrorBody, ListBody, RememberBody } from './support/wire'

const SECRET = 'The password of the safe is quixotism'
const AFTER = 'Then we went home by tram'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ EMBEDDING_TIMEOUT_MS: '60000' })
  // The start tries the embedder in the background; after this it has.
  await server.api.remember({ user_id: server.user('control'), content: 'Good morning, everybody in the harbour' })
})
afterEach(() => server.embedder.reset())
afterAll(() => server?.close())

describe('vectors that are made while something is forgotten', () => {
  /** Vectors of a trace that are those of another, too. */
  const alike = (id: string, other: string, head: string): Promise<number> =>
    server.store.count('memory_embedding a join memory_embedding b using (head, chunk)',
      'a.trace_id = $1 and b.trace_id = $2 and a.head = $3 and a.vec::text = b.vec::text', [id, other, head])
  const made = (id: string, head: string): Promise<number> => server.store.count('memory_embedding', 'trace_id = $1 and head = $2', [id, head])
  /** The only turn of a session, whose vectors are as they ought to be. */
  const alone = async (content: string): Promise<string> => (await server.api.remember({ user_id: server.user('control'), session_id: 's', content }))[0]!
  const expectOf = async (id: string, content: string): Promise<void> => {
    const control = await alone(content)
    for (const head of ['semantic', 'entity', 'situation']) expect([head, await made(id, head), await alike(id, control, head)]).toEqual([head, 1, 1])
    const wrong = 'select binary_quantize(e.vec) from memory_embedding e where e.trace_id = s.trace_id and e.head'
    expect(await server.store.count('memory_signature s', `s.trace_id = $1 and s.situation = (${wrong} = 'situation') and s.semantic = (${wrong} = 'semantic')`, [id])).toBe(1)
  }

  it('do not show it in the scenes of the turns after it, when they were to follow', async () => {
    const user = server.user()
    const { arrived, go } = server.embedder.pause()
    const [secret, after] = await server.api.remember({ user_id: user, session_id: 's', wait: false, messages: [{ content: SECRET }, { content: AFTER }] })
    await arrived
    expect(JSON.stringify(server.embedder.requests.at(-1)!.body.input)).toContain(`quixotism\\n${AFTER}`)
    await server.api.forget({ user_id: user, id: secret })
    go()
    await server.vectorsFollow(user)
    expect(await made(secret!, 'semantic')).toBe(0)
    await expectOf(after!, AFTER)
  })

  it('do not show it in the scene of a turn that was just being remembered', async () => {
    const user = server.user()
    const [secret] = await server.api.remember({ user_id: user, session_id: 's', content: SECRET })
    const { arrived, go } = server.embedder.pause()
    const remembered = server.api.remember({ user_id: user, session_id: 's', content: AFTER })
    await arrived
    await server.api.forget({ user_id: user, id: secret })
    go()
    const [after] = await remembered
    await server.vectorsFollow(user)
    await expectOf(after!, AFTER)
  })

  it('are those of a summary without it', async () => {
    const user = server.user()
    const [, shelter] = await server.api.remember({ user_id: user, messages: [
      'I adopted a grey cat called Nimbus from the shelter in Alfama this morning.',
      'The shelter said that Nimbus is two years old. Nimbus hates thunder.',
      'My sister Marta will look after Nimbus while I am in Porto in June.',
      'For lunch we had grilled sardines near the river. The bill was twelve euros.',
      'I signed the contract for the new flat in Graça today, the rent is nine hundred euros.',
      'The landlord of the flat in Graça allows cats, so Nimbus can move in with me.',
    ].map((content, i) => ({ content, occurred_at: `2025-03-01T1${i}:00:00Z` })) })
    server.embedder.always('error-500')
    expect((await server.api.post('/memory/consolidate', { user_id: user, day: '2025-03-01', wait: true })).status).toBe(200)
    const summary = async (): Promise<{ id: string; content: string }> => (await server.api.get<ListBody>('/memory', { user_id: user, kind: 'summary' })).body.results[0]!
    const before = await summary()
    expect(await made(before.id, 'semantic')).toBe(0)
    server.embedder.always('ok')
    const { arrived, go } = server.embedder.pause()
    const followed = server.vectorsFollow(user)
    await arrived
    expect(before.content).toContain('two years old')
    await server.api.forget({ user_id: user, id: shelter })
    go()
    await followed
    const { id, content } = await summary()
    expect([id, content.includes('two years old')]).toEqual([before.id, false])
    expect([await made(id, 'semantic'), await alike(id, await alone(content), 'semantic')]).toEqual([1, 1])
  })

  it('are not stored of a correction of it, which is refused', async () => {
    const user = server.user()
    const [secret] = await server.api.remember({ user_id: user, content: SECRET })
    const { arrived, go } = server.embedder.pause()
    const corrected = server.api.patch<ErrorBody>(`/memory/${secret!}?user_id=${user}`, { user_id: user, content: `${SECRET}, in capitals` })
    await arrived
    await server.api.forget({ user_id: user, id: secret })
    go()
    expect(await corrected).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } })
    expect(await server.store.showing('quixotism')).toEqual([])
  })
})

describe('what is remembered while it is forgotten', () => {
  /** Of four words that say something: kept away by itself. */
  const DISTINCT = 'The password of the grey safe is quixotism'
  const say = (user: string, body: Record<string, unknown>): Promise<{ body: RememberBody }> => server.api.post<RememberBody>('/memory', { user_id: user, ...body })

  it('is kept away, from working memory, too', async () => {
    for (const importance of [0.9, 0]) {
      const user = server.user()
      const [secret] = await server.api.remember({ user_id: user, content: DISTINCT })
      const { arrived, go } = server.embedder.pause()
      const again = say(user, { session_id: 'another', messages: [{ content: 'The harbour was full of fog this morning' }, { content: DISTINCT.toUpperCase(), importance }] })
      await arrived
      await server.api.forget({ user_id: user, id: secret })
      go()
      expect((await again).body.results.map(({ status }) => status)).toEqual(['stored', 'blocked'])
      await server.settled()
      expect((await server.api.get<ListBody>('/memory/focus', { user_id: user })).text).not.toMatch(/safe/i)
      expect((await server.api.get<ListBody>('/memory', { user_id: user })).text).not.toMatch(/safe/i)
    }
  })

  it('is kept away as a correction of something else', async () => {
    const user = server.user()
    const [secret, other] = await server.api.remember({ user_id: user, messages: [{ content: DISTINCT }, { content: AFTER }] })
    const { arrived, go } = server.embedder.pause()
    const corrected = server.api.patch<ErrorBody>(`/memory/${other!}`, { user_id: user, content: DISTINCT.toUpperCase() })
    await arrived
    await server.api.forget({ user_id: user, id: secret })
    go()
    expect(await corrected).toMatchObject({ status: 409, body: { error: { code: 'conflict', details: { field: 'content' } } } })
    expect((await server.api.memory(user, other!)).content).toBe(AFTER)
  })

  it('does not stay in working memory when it was forgotten before it came there', async () => {
    const user = server.user()
    const focus = server.app.get(FocusBuffer, { strict: false })
    const add = focus.add.bind(focus)
    const adding = jest.spyOn(focus, 'add').mockImplementationOnce(async (who, items) => {
      await server.api.forget({ user_id: user, id: items[0]!.id })
      await add(who, items)
    })
    await server.api.remember({ user_id: user, content: DISTINCT })
    expect(adding).toHaveBeenCalled()
    adding.mockRestore()
    expect(await focus.list(userOf(user))).toEqual([])
  })

  it('is not found any more when it was just amended', async () => {
    const user = server.user()
    const [id] = await server.api.remember({ user_id: user, content: DISTINCT })
    const amendments = server.app.get(Amendments, { strict: false })
    const apply = amendments.apply.bind(amendments)
    jest.spyOn(amendments, 'apply').mockImplementationOnce(async (...how) => {
      await apply(...how)
      await server.api.forget({ user_id: user, id })
    })
    expect(await server.api.patch<ErrorBody>(`/memory/${id!}`, { user_id: user, importance: 0.2 })).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } })
  })

  it('gets no tags or fields that it would leave behind', async () => {
    const user = server.user()
    const [id] = await server.api.remember({ user_id: user, content: DISTINCT })
    const amendments = server.app.get(Amendments, { strict: false })
    const apply = amendments.apply.bind(amendments)
    jest.spyOn(amendments, 'apply').mockImplementationOnce(async (...how) => {
      await server.api.forget({ user_id: user, id })
      await apply(...how)
    })
    expect((await server.api.patch(`/memory/${id!}`, { user_id: user, tags: ['zeugma'], metadata: { about: 'zeugma' } })).status).toBe(404)
    expect(await server.store.showing('zeugma')).toEqual([])
  })

  it('leaves working memory with the next look, the next forgetting or the purge when who put it there died', async () => {
    const user = server.user()
    const focus = server.app.get(FocusBuffer, { strict: false })
    const [gone, other] = await server.api.remember({ user_id: user, messages: [{ content: DISTINCT }, { content: AFTER }] })
    const inMind = await focus.list(userOf(user))
    const back = (): Promise<void> => focus.add(userOf(user), inMind.filter(({ id }) => id === gone))
    const there = async (): Promise<string[]> => (await focus.list(userOf(user))).map(({ id }) => id)
    await server.api.forget({ user_id: user, id: gone })

    await back()
    expect((await server.api.get<ListBody>('/memory/focus', { user_id: user })).body.results.map(({ id }) => id)).toEqual([other])
    expect(await there()).toEqual([other])
    await back()
    const { body } = await server.api.post<{ steps: { name: string; did: string[] }[] }>('/maintenance/purge')
    expect(body.steps.find(({ name }) => name === 'focus')!.did).toContain('took 1 forgotten memories out of working memory')
    expect(await there()).toEqual([other])
    await back()
    await server.api.forget({ user_id: user, id: other })
    expect(await there()).toEqual([])
  })
})
