import { userUuid } from '#kernel'
import { startServer, type TestServer } from './support/server'
import type { EdgesBody, ErrorBody, ListBody, Memory } from './support/wire'

interface Run {
  id: string
  status: string
  phases: { name: string; counts: Record<string, number> }[]
  changes: { op: string; trace?: string; edge?: { src: string; dst: string; type: string }; before?: Record<string, unknown>; after?: Record<string, unknown> }[]
}
type Fact = Memory & { triple?: Record<string, unknown>; valid_from?: string; valid_until?: string; superseded_by?: string }
type Line = readonly [speaker: string, content: string, at: string]

const PORTO: Line = ['Ana', 'I live in Porto. My sister Marta is here for the weekend.', '2026-01-10T09:00:00Z']
const LISBON: Line = ['Ana', 'I moved to Lisbon in May, and we adopted a cat called Nimbus.', '2026-06-10T09:00:00Z']

describe('facts that the dream reads', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())

  const tell = (user: string, ...lines: readonly Line[]): Promise<string[]> => server.api.remember({
    user_id: user, session_id: lines[0]![2].slice(0, 10), messages: lines.map(([speaker, content, occurred_at]) => ({ speaker, content, occurred_at })),
  })
  const dream = async (user: string, more: Record<string, unknown> = {}): Promise<Run[]> => {
    const answer = await server.api.post<{ runs: Run[] }>('/memory/consolidate', { user_id: user, wait: true, ...more })
    if (answer.status !== 200) throw new Error(`consolidate answered ${answer.status}: ${answer.text}`)
    expect(answer.body.runs.map((run) => run.status)).toEqual(answer.body.runs.map(() => 'completed'))
    return answer.body.runs
  }
  const facts = async (user: string): Promise<Fact[]> => (await server.api.get<ListBody<Fact>>('/memory', { user_id: user, kind: 'fact' })).body.results
  const said = async (user: string): Promise<string[]> => (await facts(user)).map((fact) => fact.content).sort()
  const named = async (user: string, content: string): Promise<Fact> => (await facts(user)).find((fact) => fact.content === content)!
  const edges = async (user: string, id: string): Promise<EdgesBody['edges']> => (await server.api.get<EdgesBody>(`/memory/${id}/edges`, { user_id: user })).body.edges
  const ends = async (user: string, id: string, type: string): Promise<string[]> =>
    (await edges(user, id)).filter((edge) => edge.type === type && edge.src === id).map((edge) => edge.dst).sort()

  it('are triples with the instant from which they hold, that point to each of their sources and to whom they name', async () => {
    const user = server.user()
    const [id] = await tell(user, LISBON)
    await dream(user)
    expect(await said(user)).toEqual(['Ana has a pet called Nimbus', 'Ana lives in Lisbon', 'Nimbus is a cat'])
    const fact = await named(user, 'Ana lives in Lisbon')
    expect(fact).toMatchObject({
      kind: 'fact', metadata: { origin: 'dream' }, triple: { subject: 'Ana', predicate: 'lives_in', object: 'Lisbon' }, valid_from: '2026-05-01T00:00:00.000Z',
    })
    expect(fact.confidence).toBeGreaterThan(0.5)
    expect(await ends(user, fact.id, 'derived_from')).toEqual([id])
    const mentioned = await Promise.all((await ends(user, fact.id, 'mentions')).map(async (entity) => (await server.api.memory(user, entity)).content))
    expect(mentioned.sort()).toEqual(['Ana', 'Lisbon'])
    const recalled = await server.api.recall({ user_id: user, q: 'Where does Ana live?', kind: 'fact' })
    expect(recalled.results[0]!.content).toBe('Ana lives in Lisbon')
  })

  it('give way to newer ones on the same subject, and both are kept', async () => {
    const user = server.user()
    await tell(user, PORTO)
    await tell(user, LISBON)
    const runs = await dream(user)
    expect(await said(user)).toEqual(['Ana has a pet called Nimbus', 'Ana lives in Lisbon', "Marta is Ana's sister", 'Nimbus is a cat'])
    const lisbon = await named(user, 'Ana lives in Lisbon')
    const history = (await server.api.get<ListBody<Fact>>(`/memory/${lisbon.id}/history`, { user_id: user })).body.results
    expect(history.find((fact) => fact.content === 'Ana lives in Porto')).toMatchObject({ valid_until: '2026-05-01T00:00:00.000Z', superseded_by: lisbon.id })
    expect(runs.at(-1)!.phases.find((phase) => phase.name === 'resolve')!.counts).toMatchObject({ superseded: 1, contradictions: 0 })
    expect(runs.at(-1)!.changes).toContainEqual(expect.objectContaining({ op: 'supersede', after: expect.objectContaining({ reason: 'a newer statement says otherwise' }) }))
  })

  it('come to the same, whichever day is dreamt of first', async () => {
    const user = server.user()
    await tell(user, LISBON)
    await dream(user)
    await tell(user, PORTO)
    await dream(user)
    expect(await said(user)).toEqual(['Ana has a pet called Nimbus', 'Ana lives in Lisbon', "Marta is Ana's sister", 'Nimbus is a cat'])
  })

  it('are made once: what is said again is another source, and a day dreamt of anew adds nothing', async () => {
    const user = server.user()
    const first = await tell(user, PORTO)
    await dream(user)
    const { confidence } = await named(user, 'Ana lives in Porto')
    const again = await tell(user, ['Ana', 'As I said, I live in Porto.', '2026-02-10T09:00:00Z'])
    await dream(user)
    const fact = await named(user, 'Ana lives in Porto')
    expect(fact.confidence).toBeGreaterThan(confidence)
    expect(await ends(user, fact.id, 'derived_from')).toEqual([...first, ...again].sort())
    // A supplementary run of the same day.
    await tell(user, ['Ana', 'The market was crowded this morning.', '2026-02-10T11:00:00Z'])
    await dream(user)
    expect(await said(user)).toEqual(['Ana lives in Porto', "Marta is Ana's sister"])
    expect(await named(user, 'Ana lives in Porto')).toMatchObject({ id: fact.id, confidence: fact.confidence })
  })

  it('are shown and not decided where they contradict each other', async () => {
    const user = server.user()
    await tell(user, ['Bob', 'Ana lives in Rome.', '2026-01-10T09:00:00Z'], ['Eve', 'Ana lives in Oslo.', '2026-01-10T10:00:00Z'])
    const [run] = await dream(user)
    expect(await said(user)).toEqual(['Ana lives in Oslo', 'Ana lives in Rome'])
    const rome = await named(user, 'Ana lives in Rome')
    const oslo = await named(user, 'Ana lives in Oslo')
    expect(run!.changes).toContainEqual({ op: 'create', edge: { src: [rome.id, oslo.id].sort()[0], dst: [rome.id, oslo.id].sort()[1], type: 'contradicts' }, after: { weight: 1 } })
    expect(run!.phases.find((phase) => phase.name === 'resolve')!.counts).toMatchObject({ contradictions: 1 })
  })

  it('do not come back once they are forgotten, though what they were read from stays and is said again', async () => {
    const user = server.user()
    await tell(user, PORTO)
    await dream(user)
    await server.api.forget({ user_id: user, id: (await named(user, 'Ana lives in Porto')).id })
    await tell(user, ['Ana', 'I live in Porto, by the way.', '2026-01-10T12:00:00Z'])
    const [run] = await dream(user)
    expect(await said(user)).toEqual(["Marta is Ana's sister"])
    expect(run!.phases.find((phase) => phase.name === 'link')!.counts).toMatchObject({ blocked: 1 })
  })

  it('stay as long as one of their sources does, and then hold from when that one says', async () => {
    const user = server.user()
    const [since] = await tell(user, ['Ana', 'I have lived in Porto since 2019.', '2026-01-10T09:00:00Z'])
    const [plain] = await tell(user, ['Ana', 'I live in Porto.', '2026-02-10T09:00:00Z'])
    await dream(user)
    const both = await named(user, 'Ana lives in Porto')
    expect(both).toMatchObject({ valid_from: '2019-01-01T00:00:00.000Z' })
    await server.api.forget({ user_id: user, id: since })
    const one = await named(user, 'Ana lives in Porto')
    expect(one).toMatchObject({ id: both.id, valid_from: '2026-02-10T09:00:00.000Z' })
    expect(one.confidence).toBeLessThan(both.confidence)
    await server.api.forget({ user_id: user, id: plain })
    expect(await said(user)).toEqual([])
  })

  it('hold again when the newer one is forgotten, which takes no older one with it', async () => {
    const user = server.user()
    await tell(user, PORTO)
    await tell(user, LISBON)
    await dream(user)
    await server.api.forget({ user_id: user, id: (await named(user, 'Ana lives in Lisbon')).id })
    expect(await said(user)).toEqual(['Ana has a pet called Nimbus', 'Ana lives in Porto', "Marta is Ana's sister", 'Nimbus is a cat'])
  })

  it('end when what they were read from is corrected', async () => {
    const user = server.user()
    const [id] = await tell(user, ['Ana', 'I live in Porto.', '2026-01-10T09:00:00Z'])
    await dream(user)
    expect((await server.api.patch(`/memory/${id}`, { user_id: user, content: 'I live in Braga.' })).status).toBe(200)
    await dream(user)
    expect(await said(user)).toEqual(['Ana lives in Braga'])
  })

  it('are taken back with the dream', async () => {
    const user = server.user()
    await tell(user, PORTO)
    await dream(user)
    const before = await facts(user)
    await tell(user, LISBON)
    const [run] = await dream(user)
    expect((await server.api.post<ErrorBody>(`/memory/dreams/${run!.id}/undo`, { user_id: user })).status).toBe(200)
    expect(await facts(user)).toEqual(before)
    await dream(user, { day: '2026-06-10', force: true })
    expect(await said(user)).toContain('Ana lives in Lisbon')
  })

  it('are taken back as they were, byte for byte, sources and ends included', async () => {
    const user = server.user()
    await tell(user, PORTO)
    await tell(user, ['Ana', 'I have lived in Porto since 2019. I love sardines.', '2026-02-10T09:00:00Z'])
    await tell(user, LISBON)
    const dump = (): Promise<unknown> => server.store.dump(userUuid(user), { places: true })
    const states: unknown[] = []
    const runs: Run[] = []
    for (const day of ['2026-01-10', '2026-02-10', '2026-06-10']) {
      states.push(await dump())
      runs.push(...await dream(user, { day }))
    }
    expect(new Set(states.map((state) => JSON.stringify(state))).size).toBe(3)
    for (const i of [2, 1, 0]) {
      expect((await server.api.post(`/memory/dreams/${runs[i]!.id}/undo`, { user_id: user })).status).toBe(200)
      expect(await dump()).toEqual(states[i])
    }
  })

  it('are taken back with the dream that told of them last when what else told of them was forgotten', async () => {
    const user = server.user()
    const [first] = await tell(user, ['Ana', 'I live in Porto.', '2026-01-10T09:00:00Z'])
    const runs = await dream(user)
    await tell(user, ['Ana', 'I have lived in Porto since 2019.', '2026-02-10T09:00:00Z'])
    runs.push(...await dream(user))
    await server.api.forget({ user_id: user, id: first })
    expect(await said(user)).toEqual(['Ana lives in Porto'])
    for (const run of [...runs].reverse()) {
      const { status, body } = await server.api.post<{ forgotten: number }>(`/memory/dreams/${run.id}/undo`, { user_id: user })
      expect([status, body.forgotten > 0]).toEqual([200, true])
      expect(await said(user)).toEqual([])
    }
    expect(await server.store.count('memory_trace', `user_id = $1 and kind = 'fact'`, [userUuid(user)])).toBe(0)
  })

  it('are taken back where the newer one that ended them was forgotten', async () => {
    const user = server.user()
    await tell(user, PORTO)
    await dream(user)
    const before = await said(user)
    const [id] = await tell(user, LISBON)
    const [run] = await dream(user)
    await server.api.forget({ user_id: user, id })
    expect(await said(user)).toEqual(before)
    expect((await server.api.post(`/memory/dreams/${run!.id}/undo`, { user_id: user })).status).toBe(200)
    expect(await said(user)).toEqual(before)
  })

  it('have a source, every one, and so have the entities that they name', async () => {
    const nowhere = await server.store.count('memory_trace', `kind = 'fact' and not exists (
      select from memory_edge e where e.user_id = memory_trace.user_id and e.src = memory_trace.id and e.type = 'derived_from')`, [])
    const unnamed = await server.store.count('memory_trace', `kind = 'entity' and not exists (
      select from memory_edge e join memory_trace s on s.user_id = e.user_id and s.id = e.src and s.kind = 'episode'
      where e.user_id = memory_trace.user_id and e.dst = memory_trace.id and e.type = 'mentions')`, [])
    expect([nowhere, unnamed]).toEqual([0, 0])
    expect(await server.store.count('memory_trace', `kind = 'fact'`, [])).toBeGreaterThan(0)
  })

  it('are nobody else\'s', async () => {
    const [ana, eve] = [server.user(), server.user()]
    await tell(ana, PORTO)
    await tell(eve, LISBON)
    await dream(ana)
    await dream(eve)
    expect(await said(ana)).toEqual(['Ana lives in Porto', "Marta is Ana's sister"])
    expect(await said(eve)).toEqual(['Ana has a pet called Nimbus', 'Ana lives in Lisbon', 'Nimbus is a cat'])
  })

  it('connects what was said twice with the first time, the day with its summary, and the summary with who spoke', async () => {
    const user = server.user()
    const ferry = 'The ferry to Cacilhas leaves at nine every morning.'
    const ids = await tell(user, ['Ana', ferry, '2026-01-10T09:00:00Z'], ['Bob', 'My uncle works at the harbour there, he told me that the boats are full.', '2026-01-10T09:01:00Z'])
    const [twice] = await tell(user, ['Ana', ferry, '2026-01-11T09:00:00Z'])
    await dream(user)
    expect(await ends(user, twice!, 'duplicate_of')).toEqual([ids[0]])
    const days = (await server.api.get<ListBody>('/memory', { user_id: user, kind: 'summary' })).body.results
    const day = days.find((summary) => summary.metadata.day === '2026-01-10')!
    expect(await ends(user, ids[0]!, 'same_day')).toEqual([day.id])
    const people = await Promise.all((await ends(user, day.id, 'participant')).map(async (id) => (await server.api.memory(user, id)).content))
    expect(people.sort()).toEqual(['Ana', 'Bob'])
  })
})
