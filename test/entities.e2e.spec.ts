import fc from 'fast-check'
import { startServer, type TestServer } from './support/server'
import type { EdgesBody, ListBody, Memory } from './support/wire'

const SILVA = 'Yesterday I met Marta Silva at the harbour.'
const COSTA = 'At school I talked with Marta Costa about the play.'
const BARE = 'Today I had lunch with Marta near the station.'

describe('entities', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())

  const say = async (user: string, content: string, more: Record<string, unknown> = {}): Promise<string> => (await server.api.remember({ user_id: user, content, wait: false, ...more }))[0]!
  const entities = async (user: string): Promise<Memory[]> => (await server.api.get<ListBody>('/memory', { user_id: user, kind: 'entity', limit: 100 })).body.results
  const names = async (user: string): Promise<string[]> => (await entities(user)).map((one) => one.content).sort()
  const aliases = async (user: string, name: string): Promise<unknown> => (await entities(user)).find((one) => one.content === name)?.metadata.aliases
  const mentioned = async (user: string, id: string): Promise<string[]> => {
    const { edges } = (await server.api.get<EdgesBody>(`/memory/${id}/edges`, { user_id: user })).body
    return Promise.all(edges.filter((e) => e.type === 'mentions').map(async (e) => (await server.api.memory(user, e.dst)).content))
  }

  it.each([
    ['the full name first', [SILVA, BARE]],
    ['the full name last', [BARE, SILVA]],
    ['in lower case and with an ending', [SILVA, 'lunch with marta silva again', 'Marta\'s boat is blue.', 'I told marta about it']],
    ['in one call', undefined],
  ])('are one trace with and without a surname: %s', async (_what, texts) => {
    const user = server.user()
    const ids = texts ? [] : await server.api.remember({ user_id: user, wait: false, messages: [{ content: BARE }, { content: SILVA }] })
    for (const text of texts ?? []) ids.push(await say(user, text))
    expect(await names(user)).toEqual(['Marta Silva'])
    expect(await aliases(user, 'Marta Silva')).toEqual(['Marta'])
    for (const id of ids) expect(await mentioned(user, id)).toEqual(['Marta Silva'])
  })

  it('are not what a caller writes as one, and keep what they are known by, so that whoever names them can be forgotten', async () => {
    const user = server.user()
    await server.api.remember({ user_id: user, kind: 'entity', content: 'somebody whom nobody knows', importance: 1, metadata: { first: 'marta' } })
    const id = await say(user, SILVA)
    const marta = (await entities(user)).find((one) => one.content === 'Marta Silva')!
    expect(await server.api.patch(`/memory/${marta.id}`, { user_id: user, metadata: {} })).toMatchObject({ status: 400, body: { error: { details: { field: 'metadata' } } } })
    expect((await server.api.patch(`/memory/${marta.id}`, { user_id: user, importance: 0.9 })).status).toBe(200)
    await server.api.forget({ user_id: user, id })
    expect(await names(user)).toEqual(['somebody whom nobody knows'])
  })

  it('are one under titles, and as speakers', async () => {
    const user = server.user()
    await say(user, 'I was with Dr. Sousa on Monday.')
    await say(user, 'Doctor Sousa moved my appointment.')
    await say(user, 'Come in, please.', { speaker: 'Dr. Sousa', importance: 0.9 })
    await say(user, 'The tide was low', { speaker: 'Marta' })
    await say(user, 'The boat leaks', { speaker: 'Marta Silva' })
    expect(await names(user)).toEqual(['Marta Silva', 'Sousa'])
  })

  it('say by which name a memory mentions them', async () => {
    const user = server.user()
    await say(user, SILVA)
    const id = await say(user, BARE)
    const { edges } = (await server.api.get<EdgesBody>(`/memory/${id}/edges`, { user_id: user })).body
    expect(edges.find((e) => e.type === 'mentions')!.meta).toEqual({ as: { marta: { name: 'Marta', type: 'person' } } })
  })

  it.each([[[SILVA, BARE, COSTA]], [[BARE, SILVA, COSTA]], [[COSTA, SILVA, BARE]]])('are never taken for one of two: %j', async (texts) => {
    const user = server.user()
    const ids = new Map<string, string>()
    for (const text of texts) ids.set(text, await say(user, text))
    expect(await names(user)).toEqual(['Marta', 'Marta Costa', 'Marta Silva'])
    expect(await mentioned(user, ids.get(BARE)!)).toEqual(['Marta'])
    expect(await mentioned(user, ids.get(SILVA)!)).toEqual(['Marta Silva'])
  })

  it('are each user\'s own', async () => {
    const [one, other] = [server.user(), server.user()]
    await say(one, SILVA)
    await say(other, BARE)
    expect(await names(other)).toEqual(['Marta'])
    const ids = new Set([...await entities(one), ...await entities(other)].map((e) => e.id))
    expect(ids.size).toBe(2)
  })

  it('lose an alias, a surname and themselves with the memories that used it', async () => {
    const user = server.user()
    const [bare, full, costa] = [await say(user, BARE), await say(user, SILVA), await say(user, COSTA)]
    await server.api.forget({ user_id: user, id: costa })
    expect(await names(user)).toEqual(['Marta Silva'])
    expect(await mentioned(user, bare)).toEqual(['Marta Silva'])
    await server.api.forget({ user_id: user, id: full })
    expect(await names(user)).toEqual(['Marta'])
    expect(await aliases(user, 'Marta')).toBeUndefined()
    expect(await mentioned(user, bare)).toEqual(['Marta'])
    await server.api.forget({ user_id: user, id: bare })
    expect(await names(user)).toEqual([])
    const again = [await say(user, `${SILVA} It rained.`), await say(user, `${BARE} It rained.`)]
    await server.api.forget({ user_id: user, id: again[1] })
    expect(await aliases(user, 'Marta Silva')).toBeUndefined()
  })

  it('leave nothing of a forgotten name anywhere', async () => {
    const user = server.user()
    await say(user, BARE)
    const id = await say(user, 'Yesterday I met Marta Xanthopoulou at the harbour.')
    expect((await server.store.showing('anthopoulou')).length).toBeGreaterThan(0)
    await server.api.forget({ user_id: user, id })
    expect(await server.store.showing('anthopoulou')).toEqual([])
  })

  it('keep connections that somebody made when they get a longer name', async () => {
    const user = server.user()
    const bare = await say(user, BARE)
    const node = (await entities(user))[0]!.id
    const note = await say(user, 'The lighthouse is painted every five years')
    await server.api.post(`/memory/${note}/edges`, { user_id: user, dst: node })
    await say(user, SILVA)
    const { edges } = (await server.api.get<EdgesBody>(`/memory/${note}/edges`, { user_id: user })).body
    expect(edges.map((e) => e.type)).toEqual(['related'])
    expect(await mentioned(user, bare)).toEqual(['Marta Silva'])
  })

  it.each([['Marta'], ['Marta Silva']])('lead recall to what mentions them by any name: %s', async (asked) => {
    const user = server.user()
    const ids = [await say(user, BARE), await say(user, SILVA)]
    for (let i = 0; i < 30; i++) await say(user, `The ferry number ${i} leaves from pier ${i * 3}`)
    const { results } = await server.api.recall({ user_id: user, q: asked, k: 2, explain: true })
    expect(results.map((r) => r.id).sort()).toEqual([...ids].sort())
    for (const r of results) expect(r.edges!.some((e) => e.type === 'mentions')).toBe(true)
  })

  it('are the same after forgetting as if it had never been said', async () => {
    const texts = [BARE, SILVA, COSTA, 'I met Ana today.', 'I met Ana Maria Lopes today.', 'I met Ana Maria today.', 'I met Ana S. today.', 'I met Ana Sousa today.']
    const picture = async (user: string): Promise<unknown> => {
      const nodes = await entities(user)
      const memories = (await server.api.get<ListBody>('/memory', { user_id: user, kind: 'episode', limit: 100 })).body.results
      const links = await Promise.all(memories.map(async (m) => [m.content, (await mentioned(user, m.id)).sort()]))
      return { nodes: nodes.map((n) => [n.content, n.metadata]).sort(), links: links.sort() }
    }
    await fc.assert(fc.asyncProperty(fc.shuffledSubarray(texts, { minLength: 3 }), fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), async (order, forgets) => {
      const [one, other] = [server.user(), server.user()]
      const ids: string[] = []
      for (const text of order) ids.push(await say(one, text))
      for (const [i, id] of ids.entries()) if (forgets[i]) await server.api.forget({ user_id: one, id })
      for (const [i, text] of order.entries()) if (!forgets[i]) await say(other, text)
      expect(await picture(one)).toEqual(await picture(other))
    }), { numRuns: 12 })
  })
})
