import { startServer, type TestServer } from './support/server'
import type { ErrorBody, ListBody, Memory } from './support/wire'

interface Collection {
  id: string
  name: string
  topics: string[]
  origin: string
  member_count: number
  members: string[]
  [field: string]: unknown
}
interface Page {
  results: Collection[]
  next_cursor: string | null
}

const NOBODY = '018f0000-0000-7000-8000-000000000000'

describe('collections', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())

  const add = async (user: string, fields: object): Promise<Collection> => {
    const { status, body, text } = await server.api.post<Collection>('/memory/collections', { user_id: user, ...fields })
    if (status !== 201) throw new Error(`collections answered ${status}: ${text}`)
    return body
  }
  const change = (user: string, id: string, fields: object) => server.api.patch<Collection>(`/memory/collections/${id}`, { user_id: user, ...fields })
  const get = async (user: string, id: string): Promise<Collection> => (await server.api.get<Collection>(`/memory/collections/${id}`, { user_id: user })).body
  const list = async (user: string, more = {}): Promise<Page> => (await server.api.get<Page>('/memory/collections', { user_id: user, ...more })).body
  const tell = (user: string, ...talk: string[]): Promise<string[]> => server.api.remember({ user_id: user, messages: talk.map((content) => ({ content })) })

  it('are made, read, and listed by pages and type, without their members', async () => {
    const user = server.user()
    const ids = await tell(user, 'The roof of the barn leaks', 'The barn door was painted green')
    const barn = await add(user, { name: 'The barn', description: 'Repairs', collection_type: 'house', topics: ['roof'], importance: 0.7, members: ids })
    expect(barn).toMatchObject({
      name: 'The barn', description: 'Repairs', collection_type: 'house', topics: ['roof'], importance: 0.7, confidence: 1, origin: 'caller', member_count: 2,
      members: expect.arrayContaining(ids),
    })
    expect(await get(user, barn.id)).toEqual(barn)
    const bare = await add(user, { name: 'Empty' })
    expect(bare).toMatchObject({ description: null, collection_type: null, topics: [], importance: null, member_count: 0, members: [] })
    const { members: _, ...listed } = barn
    const first = await list(user, { limit: 1 })
    expect(first.results.map((one) => one.id)).toEqual([bare.id])
    expect(await list(user, { limit: 1, cursor: first.next_cursor })).toEqual({ results: [listed], next_cursor: null })
    expect((await list(user, { collection_type: 'house' })).results).toEqual([listed])
  })

  it('take what is remembered under their name, before and after they are renamed', async () => {
    const user = server.user()
    const remember = async (content: string, collection: string): Promise<string> => (await server.api.remember({ user_id: user, content, collection }))[0]!
    const one = await remember('The dentist is on Thursday at ten', 'Health')
    const [health] = (await list(user)).results
    expect(health).toMatchObject({ name: 'Health', origin: 'caller', member_count: 1 })
    await change(user, health!.id, { name: 'Well-being' })
    const two = await remember('Doctor Sousa wants another blood test', 'Well-being')
    expect((await get(user, health!.id)).members.sort()).toEqual([one, two].sort())
    const three = await remember('My new glasses are ready in Rua Augusta', 'Health')
    const other = (await list(user)).results.find((all) => all.name === 'Health')!
    expect(other.id).not.toBe(health!.id)
    expect((await get(user, other.id)).members).toEqual([three])
  })

  it('are changed in what is said of them and in who is in them', async () => {
    const user = server.user()
    const [one, two] = await tell(user, 'The roof of the barn leaks', 'The barn door was painted green')
    const { id } = await add(user, { name: 'The barn', description: 'Repairs', members: [one] })
    expect((await change(user, id, { description: null, importance: 0.2, topics: ['door'], add_members: [two], remove_members: [one] })).body)
      .toMatchObject({ id, name: 'The barn', description: null, importance: 0.2, topics: ['door'], members: [two], member_count: 1 })
    expect((await change(user, id, { add_members: [two] })).body.members).toEqual([two])
    await server.api.delete(`/memory/${two}`, { user_id: user })
    expect(await get(user, id)).toMatchObject({ member_count: 0, topics: ['door'] })
  })

  it('that a dream found are shown as it found them, and left alone by dreams once amended', async () => {
    const user = server.user()
    const said = (day: string, ...talk: string[]) => server.api.remember({ user_id: user, messages: talk.map((content, i) => ({ content, occurred_at: `${day}T0${i}:00:00Z` })) })
    const dream = () => server.api.post('/memory/consolidate', { user_id: user, wait: true })
    await said('2025-05-05', 'The kiln of the pottery cooled over night', 'New glaze for the kiln of the pottery came', 'The pottery fired the kiln again',
      'The pottery bought glaze in Ghent', 'Glaze from the pottery kiln ran')
    await dream()
    const [found] = (await list(user, { collection_type: 'cluster' })).results
    expect(found).toMatchObject({ origin: 'dream', member_count: 5, topics: expect.arrayContaining(['pottery', 'kiln', 'glaze']) })
    expect(found!.name).toBe(found!.topics.slice(0, 3).join(', '))
    const amended = (await change(user, found!.id, { name: 'Clay', description: 'The studio' })).body
    expect(amended).toMatchObject({ name: 'Clay', description: 'The studio', origin: 'caller', topics: found!.topics, member_count: 5 })
    await said('2025-05-06', 'The kiln of the pottery broke', 'Glaze for the pottery kiln is sold out')
    await dream()
    expect((await list(user)).results.map((one) => one.id)).toEqual([found!.id])
    expect(await get(user, found!.id)).toEqual(amended)
  })

  it('are forgotten without their members, and their names may be used again', async () => {
    const user = server.user()
    const [one] = await tell(user, 'The roof of the barn leaks')
    const { id } = await add(user, { name: 'The old barn behind the vineyard', members: [one] })
    expect((await server.api.delete(`/memory/collections/${id}`, { user_id: user, dry_run: true })).body).toMatchObject({ dry_run: true, count: 1 })
    expect((await server.api.delete(`/memory/collections/${id}`, { user_id: user })).body).toMatchObject({ ids: [id], tombstones: [] })
    expect((await server.api.get(`/memory/collections/${id}`, { user_id: user })).status).toBe(404)
    expect((await server.api.memory(user, one!)).content).toBe('The roof of the barn leaks')
    const again = await add(user, { name: 'The old barn behind the vineyard' })
    await server.api.delete(`/memory/collections/${again.id}`, { user_id: user, block: true })
    expect((await server.api.post<ErrorBody>('/memory/collections', { user_id: user, name: 'The old barn behind the vineyard' })).body.error)
      .toMatchObject({ code: 'conflict', details: { field: 'name' } })
  })

  it('have names of their own', async () => {
    const user = server.user()
    const [one, two] = [await add(user, { name: 'One' }), await add(user, { name: 'Two' })]
    const taken = { status: 409, body: { error: { code: 'conflict', details: { duplicate_of: one.id } } } }
    expect(await server.api.post('/memory/collections', { user_id: user, name: 'One' })).toMatchObject(taken)
    expect(await change(user, two.id, { name: 'One', description: 'x' })).toMatchObject(taken)
    expect(await get(user, two.id)).toEqual(two)
    expect((await change(user, one.id, { name: 'One' })).body).toEqual(one)
    expect((await add(server.user(), { name: 'One' })).name).toBe('One')
  })

  it('and entities get no other name by correcting a memory, which would leave theirs behind', async () => {
    const user = server.user()
    const [one] = await tell(user, 'Marta mended the roof of the barn')
    const barn = await add(user, { name: 'The barn', members: [one] })
    const entities = async (): Promise<Memory[]> => (await server.api.get<ListBody>('/memory', { user_id: user, kind: 'entity' })).body.results
    const [marta] = await entities()
    for (const id of [barn.id, marta!.id]) {
      expect(await server.api.patch(`/memory/${id}`, { user_id: user, content: 'The stable', tags: ['x'] }))
        .toMatchObject({ status: 400, body: { error: { code: 'invalid_request', details: { field: 'content' } } } })
    }
    expect(await get(user, barn.id)).toEqual(barn)
    expect(await entities()).toEqual([marta])
    expect(await server.api.patch(`/memory/${marta!.id}`, { user_id: user, tags: ['x'] })).toMatchObject({ status: 200, body: { id: marta!.id, tags: ['x'] } })
  })

  it('are of their user alone, and so are their members', async () => {
    const user = server.user()
    const [episode] = await tell(user, 'The roof of the barn leaks')
    const [foreign] = await tell(server.user(), 'The roof of the barn leaks')
    const { id } = await add(user, { name: 'The barn' })
    for (const [path, who] of [[id, server.user()], [episode, user], [NOBODY, user], ['x', user]] as const) {
      expect((await server.api.get(`/memory/collections/${path}`, { user_id: who })).status).toBe(404)
      expect((await server.api.patch(`/memory/collections/${path}`, { user_id: who, importance: 1 })).status).toBe(404)
      expect((await server.api.delete(`/memory/collections/${path}`, { user_id: who })).status).toBe(404)
    }
    for (const answer of [
      await server.api.post<ErrorBody>('/memory/collections', { user_id: user, name: 'Other', members: [episode, foreign] }),
      await change(user, id, { importance: 1, add_members: [foreign] }),
      await change(user, id, { importance: 1, add_members: [id] }),
    ]) expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', details: { field: expect.stringContaining('members') } } } })
    expect((await list(user)).results).toMatchObject([{ id, importance: null, member_count: 0 }])
  })

  it.each<[string, object, string]>([
    ['no name', { description: 'x' }, 'name'], ['a blank name', { name: ' ' }, 'name'], ['a name of 257 characters', { name: 'x'.repeat(257) }, 'name'], ['NUL', { name: 'a\0' }, 'name'],
    ['importance above 1', { name: 'x', importance: 2 }, 'importance'], ['a topic that is none', { name: 'x', topics: [''] }, 'topics[0]'],
    ['65 topics', { name: 'x', topics: Array(65).fill('x') }, 'topics'], ['a member that is no id', { name: 'x', members: ['y'] }, 'members[0]'],
    ['1,001 members', { name: 'x', members: Array(1_001).fill(NOBODY) }, 'members'], ['a member that nobody has', { name: 'x', members: [NOBODY] }, 'members'],
    ['an unknown field', { name: 'x', colour: 'red' }, 'colour'],
  ])('refuse %s by name, and nothing is written', async (_, fields, field) => {
    const user = server.user()
    const answer = await server.api.post<ErrorBody>('/memory/collections', { user_id: user, ...fields })
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', details: { field } } } })
    expect((await list(user)).results).toEqual([])
  })
})
