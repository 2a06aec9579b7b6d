import { userUuid } from '#kernel'
import { FULL_COUNTS, FULL_DAY, tellFullDay } from './support/full-day'
import { startServer, type TestServer } from './support/server'
import type { ErrorBody, ListBody, Memory } from './support/wire'

interface Dream {
  id: string
  day: string
  status: string
  forgotten: number
  phases: { name: string; counts: Record<string, number> }[]
  changes: { op: string; trace?: string }[]
}

const DAY = '2025-05-08'
const NEXT = '2025-05-09'
const TALK = [
  'I adopted a grey cat called Nimbus from the shelter in Alfama this morning.',
  'The shelter said that Nimbus is two years old. Nimbus hates thunder.',
  'My sister Marta will look after Nimbus while I am in Porto in June.',
  'For lunch we had grilled sardines near the river. The bill was twelve euros.',
  'I signed the contract for the new flat in Graça today, the rent is nine hundred euros.',
  'The landlord of the flat in Graça allows cats, so Nimbus can move in with me.',
]

describe('undoing a dream', () => {
  let server: TestServer
  let user: string
  beforeAll(async () => {
    server = await startServer()
  })
  beforeEach(async () => {
    server.setClock('2025-05-10T12:00:00Z')
    user = server.user()
    await tell(DAY)
  })
  afterAll(() => server?.close())

  const tell = (day: string, more = ''): Promise<string[]> => server.api.remember({
    user_id: user, session_id: day, messages: TALK.map((content, i) => ({ content: `${content}${more}`, occurred_at: `${day}T${String(9 + i).padStart(2, '0')}:00:00Z` })),
  })
  const dream = async (more: Record<string, unknown> = {}): Promise<Dream> =>
    (await server.api.post<{ runs: Dream[] }>('/memory/consolidate', { user_id: user, day: DAY, wait: true, ...more })).body.runs[0]!
  const undo = (id: string): ReturnType<typeof server.api.post<Dream & ErrorBody>> => server.api.post<Dream & ErrorBody>(`/memory/dreams/${id}/undo`, { user_id: user })
  const dump = (places = true): Promise<Record<string, unknown[]>> => server.store.dump(userUuid(user), { places })
  const summaries = async (): Promise<Memory[]> => (await server.api.get<ListBody>('/memory', { user_id: user, kind: 'summary' })).body.results
  const refused = async (id: string): Promise<string> => {
    const { status, body } = await undo(id)
    expect(status).toBe(409)
    expect(body.error.code).toBe('conflict')
    return body.error.message
  }

  it('leaves the memory as it was before, byte for byte, run after run', async () => {
    await tell(NEXT, ' Again.')
    const states = [await dump()]
    const runs: Dream[] = []
    for (const day of [DAY, NEXT]) {
      runs.push(await dream({ day }))
      states.push(await dump())
    }
    const made = (kind: string): number[] => states.map((state) => (state.memory_trace as { kind: string }[]).filter((trace) => trace.kind === kind).length)
    expect(made('summary')).toEqual([0, 1, 2])
    expect(made('fact')[1]).toBeGreaterThan(0)
    for (const i of [1, 0]) {
      expect(await undo(runs[i]!.id)).toMatchObject({ status: 200, body: { id: runs[i]!.id, status: 'undone', forgotten: 0 } })
      expect(await dump()).toEqual(states[i])
    }
  })

  it('leaves an export as it was before, byte for byte, whatever each phase made', async () => {
    const ana = server.user('ana')
    await tellFullDay(server.api, ana, (at) => server.setClock(at))
    const memory = async (): Promise<unknown[]> => [(await server.api.post('/memory/export', { user_id: ana })).text, await server.store.dump(userUuid(ana))]
    const before = await memory()
    const { id, phases } = await dream({ user_id: ana, day: FULL_DAY })
    const counts = Object.fromEntries(phases.map((phase) => [phase.name, phase.counts]))
    for (const [phase, names] of Object.entries(FULL_COUNTS)) for (const name of names) expect([phase, name, counts[phase]![name]! > 0]).toEqual([phase, name, true])
    expect(await memory()).not.toEqual(before)
    expect((await server.api.post(`/memory/dreams/${id}/undo`, { user_id: ana })).status).toBe(200)
    expect(await memory()).toEqual(before)
  })

  it('opens again what a supplementary dream had closed', async () => {
    await dream()
    await server.api.remember({ user_id: user, content: 'Nimbus the cat and Marta moved into the flat in Graça, and the landlord welcomed Nimbus.', occurred_at: `${DAY}T20:00:00Z` })
    const before = await dump()
    const run = await dream()
    expect(run.changes).toContainEqual(expect.objectContaining({ op: 'supersede' }))
    await undo(run.id)
    expect(await dump()).toEqual(before)
  })

  it('keeps its day from being dreamt again, but by force: then it is the same dream', async () => {
    const run = await dream()
    const dreamt = await dump(false)
    await undo(run.id)
    expect(await dream()).toMatchObject({ id: run.id, status: 'undone' })
    expect((await server.api.post<{ run_ids: string[] }>('/memory/consolidate', { user_id: user })).body.run_ids).toEqual([])
    expect(await dream({ force: true })).toMatchObject({ id: run.id, status: 'completed' })
    expect(await dump(false)).toEqual(dreamt)
  })

  it('goes from the newest run to the oldest, and no run twice', async () => {
    const first = await dream()
    await tell(NEXT, ' Again.')
    const second = await dream({ day: NEXT })
    expect(await refused(first.id)).toBe(`the dream cannot be undone: a later dream stands: undo ${second.id} first`)
    expect((await undo(second.id)).status).toBe(200)
    expect(await refused(second.id)).toBe('the dream cannot be undone: it was undone before')
    expect((await undo(first.id)).status).toBe(200)
  })

  it.each<[string, (id: string) => Promise<unknown>, RegExp]>([
    ['corrected', (id) => server.api.patch(`/memory/${id}`, { user_id: user, content: 'A day with Nimbus and a contract in Graça.' }), /was corrected since/],
    ['tagged', (id) => server.api.patch(`/memory/${id}`, { user_id: user, tags: ['cat'] }), /was changed since/],
    ['given another importance', (id) => server.api.patch(`/memory/${id}`, { user_id: user, importance: 0.9 }), /was changed since/],
    ['connected', async (id) => {
      const [other] = await server.api.remember({ user_id: user, content: 'Nimbus has a birthday party in the flat in Graça', occurred_at: `${NEXT}T10:00:00Z` })
      await server.api.post(`/memory/${id}/edges`, { user_id: user, dst: other, type: 'related' })
    }, /was connected since/],
  ])('is refused when somebody has %s what it made, and changes nothing', async (_, change, message) => {
    const run = await dream()
    const [summary] = await summaries()
    await change(summary!.id)
    const before = await dump()
    const why = await refused(run.id)
    expect(why).toMatch(message)
    expect(why).toContain(summary!.id)
    expect(await dump()).toEqual(before)
    expect((await server.api.get<Dream>(`/memory/dreams/${run.id}`, { user_id: user })).body.status).toBe('completed')
  })

  it('undoes the rest when something in it was forgotten since, and says so', async () => {
    const run = await dream()
    const [summary] = await summaries()
    const sources = (await server.api.get<{ edges: { dst: string; type: string }[] }>(`/memory/${summary!.id}/edges`, { user_id: user })).body.edges.filter((e) => e.type === 'derived_from')
    await server.api.forget({ user_id: user, id: sources[0]!.dst })
    const { status, body } = await undo(run.id)
    expect([status, body.status]).toEqual([200, 'undone'])
    expect(body.forgotten).toBeGreaterThan(0)
    expect(await summaries()).toEqual([])
    expect((await server.store.naming(summary!.id)).filter((column) => !column.startsWith('dream_'))).toEqual([])
    expect(await server.store.naming(sources[0]!.dst)).toEqual([])
  })

  it('takes it out of mind as well', async () => {
    const run = await dream()
    const [summary] = await summaries()
    await server.api.recall({ user_id: user, q: 'Nimbus', kind: ['summary'], reinforce: true })
    await server.settled()
    const inMind = async (): Promise<string[]> => (await server.api.get<ListBody<{ id: string }>>('/memory/focus', { user_id: user })).body.results.map((item) => item.id)
    expect(await inMind()).toContain(summary!.id)
    await undo(run.id)
    expect(await inMind()).not.toContain(summary!.id)
    expect(await server.store.count('memory_activation', 'trace_id = $1', [summary!.id])).toBe(0)
  })

  it('is refused for what changed nothing that could be taken back', async () => {
    expect(await refused((await dream({ dry_run: true })).id)).toMatch(/it was a dry run/)
    const { id } = await dream()
    await server.store.run(`update dream_run set status = 'failed' where id = $1`, [id])
    expect(await refused(id)).toMatch(/it failed, and left nothing/)
    await server.store.run(`update dream_run set status = 'queued' where id = $1`, [id])
    expect(await refused(id)).toMatch(/it has not ended yet/)
  })

  it('is refused when DREAM_UNDO_DAYS are over', async () => {
    const { id } = await dream()
    server.setClock('2025-05-17T12:00:01Z')
    expect(await refused(id)).toMatch(/was kept for 7 days \(DREAM_UNDO_DAYS\)/)
    server.setClock('2025-05-17T12:00:00Z')
    expect((await undo(id)).status).toBe(200)
  })

  it('answers 404 for a run that is unknown, malformed or another user\'s', async () => {
    const { id } = await dream()
    for (const [run, who] of [['018f0000-0000-7000-8000-000000000000', user], ['none', user], [id, server.user()]] as const) {
      expect((await server.api.post(`/memory/dreams/${run}/undo`, { user_id: who })).status).toBe(404)
    }
  })

  it('refuses a field that it does not know by name', async () => {
    const { status, body } = await server.api.post<ErrorBody>(`/memory/dreams/${(await dream()).id}/undo`, { user_id: user, gently: true })
    expect(status).toBe(400)
    expect(body.error.message).toMatch(/^gently: is not a known field/)
  })
})
