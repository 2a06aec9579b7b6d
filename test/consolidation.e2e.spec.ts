import { PHASES } from '#dream'
import { userUuid } from '#kernel'
import { startServer, type TestServer } from './support/server'
import type { ErrorBody, ListBody, Memory } from './support/wire'

interface Dream {
  id: string
  user_id: string
  day: string
  status: string
  dry_run: boolean
  phases: { name: string; ms: number; counts: Record<string, number> }[]
  changes: { op: string; trace?: string; edge?: { src: string; dst: string; type: string }; before?: Record<string, unknown>; after?: Record<string, unknown> }[]
  error?: string
}
interface Finished {
  run_ids: string[]
  runs: Dream[]
}

const DAY = '2025-05-08'
/** A day in Lisbon, with small talk. */
const TALK = [
  'I adopted a grey cat called Nimbus from the shelter in Alfama this morning.',
  'The shelter said that Nimbus is two years old. Nimbus hates thunder.',
  'My sister Marta will look after Nimbus while I am in Porto in June.',
  'Did you sleep well?',
  'For lunch we had grilled sardines near the river. The bill was twelve euros.',
  'I signed the contract for the new flat in Graça today, the rent is nine hundred euros.',
  'The landlord of the flat in Graça allows cats, so Nimbus can move in with me.',
  'In the evening it rained and Nimbus hid under the sofa.',
]

describe('consolidation', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())

  const tell = (user: string, talk: readonly string[] = TALK, day = DAY): Promise<string[]> => server.api.remember({
    user_id: user, session_id: day, messages: talk.map((content, i) => ({ content, occurred_at: `${day}T${String(9 + i).padStart(2, '0')}:00:00Z` })),
  })
  const dream = async (user: string, more: Record<string, unknown> = {}): Promise<Finished> => {
    const answer = await server.api.post<Finished>('/memory/consolidate', { user_id: user, day: DAY, wait: true, ...more })
    if (answer.status !== 200) throw new Error(`consolidate answered ${answer.status}: ${answer.text}`)
    return answer.body
  }
  const summaries = async (user: string): Promise<Memory[]> => (await server.api.get<ListBody>('/memory', { user_id: user, kind: 'summary' })).body.results
  /** Resolves when the run has ended, whoever works at it. */
  const ended = async (user: string, id: string): Promise<Dream> => {
    for (;;) {
      const { body } = await server.api.get<Dream>(`/memory/dreams/${id}`, { user_id: user })
      if (body.status !== 'queued' && body.status !== 'running') return body
    }
  }

  it('makes of a day one summary that is shorter, quotes its sources word for word, and points to each of them', async () => {
    const user = server.user()
    const ids = await tell(user)
    const { run_ids, runs } = await dream(user)
    expect(runs).toMatchObject([{ id: run_ids[0], user_id: user, day: DAY, status: 'completed', dry_run: false }])
    expect(runs[0]!.phases.map((phase) => phase.name)).toEqual(PHASES)
    expect(runs[0]!.phases[0]!.counts).toEqual({ traces: TALK.length, episodes: expect.any(Number) })
    const [summary, ...more] = await summaries(user)
    expect(more).toEqual([])
    expect(summary).toMatchObject({ kind: 'summary', role: 'summary', metadata: { day: DAY }, occurred_at: `${DAY}T16:00:00.000Z` })
    const lines = summary!.content.split('\n')
    expect(lines.length).toBeGreaterThan(1)
    expect(summary!.content.length).toBeLessThan(TALK.join('\n').length / 2)
    const { body } = await server.api.get<{ edges: { src: string; dst: string; type: string }[] }>(`/memory/${summary!.id}/edges`, { user_id: user })
    const sources = body.edges.filter((edge) => edge.type === 'derived_from' && edge.src === summary!.id).map((edge) => ids.indexOf(edge.dst))
    for (const line of lines) expect(sources.some((i) => TALK[i]!.includes(line))).toBe(true)
    for (const i of sources) expect(lines.some((line) => TALK[i]!.includes(line))).toBe(true)
    expect(runs[0]!.changes).toEqual(expect.arrayContaining([
      { op: 'create', trace: summary!.id, after: expect.objectContaining({ kind: 'summary', content: summary!.content }) },
      { op: 'create', edge: { src: summary!.id, dst: ids[sources[0]!], type: 'derived_from' }, after: { weight: 1 } },
    ]))
  })

  it('makes it a memory that recall finds by its words and by its vectors', async () => {
    const user = server.user()
    await tell(user)
    await dream(user)
    const [summary] = await summaries(user)
    const { results } = await server.api.recall({ user_id: user, q: 'Nimbus', kind: ['summary'], explain: true })
    expect(results.map((r) => r.id)).toEqual([summary!.id])
    expect(results[0]!.scores).toMatchObject({ lexical: expect.any(Number), semantic: expect.any(Number) })
    expect(results[0]!.scores!.lexical).toBeGreaterThan(0)
    expect(await server.store.count('memory_embedding', 'trace_id = $1', [summary!.id])).toBe(3)
  })

  it('dreams the same input once, by the same run', async () => {
    const user = server.user()
    await tell(user)
    const first = await dream(user)
    const again = await dream(user)
    expect(again.runs).toEqual(first.runs)
    expect(await summaries(user)).toHaveLength(1)
    expect((await server.api.post<Finished>('/memory/consolidate', { user_id: user })).body.run_ids).toEqual([])
  })

  it('supplements the dream of a day to which something was added, and closes the older summary', async () => {
    const user = server.user()
    await tell(user)
    const first = await dream(user)
    const [before] = await summaries(user)
    const talk = 'Nimbus the cat and Marta moved into the flat in Graça, and the landlord of the flat welcomed Nimbus.'
    await server.api.remember({ user_id: user, content: talk, occurred_at: `${DAY}T20:00:00Z` })
    const second = await dream(user)
    expect(second.run_ids).not.toEqual(first.run_ids)
    const [after, ...others] = await summaries(user)
    expect(others).toEqual([])
    expect(after!.id).not.toBe(before!.id)
    expect(second.runs[0]!.changes).toContainEqual({
      op: 'supersede', trace: before!.id, before: { superseded_by: null, valid_until: null },
      after: { superseded_by: after!.id, valid_until: expect.any(String), reason: 'the day was dreamt of anew' },
    })
    expect((await server.api.get<ListBody>(`/memory/${after!.id}/history`, { user_id: user })).body.results.map((m) => m.id)).toEqual([before!.id, after!.id])
  })

  it('shows what it would do on a dry run, and changes nothing', async () => {
    const user = server.user()
    await tell(user)
    const counts = await server.store.count('memory_trace', 'user_id = $1', [userUuid(user)])
    const { runs } = await dream(user, { dry_run: true })
    expect(runs[0]).toMatchObject({ status: 'completed', dry_run: true })
    expect(runs[0]!.changes[0]).toMatchObject({ op: 'create', after: { content: expect.stringContaining('Nimbus') } })
    expect(await server.store.count('memory_trace', 'user_id = $1', [userUuid(user)])).toBe(counts)
    const real = await dream(user)
    expect(real.run_ids).not.toEqual(runs.map((run) => run.id))
    expect((await summaries(user)).map((m) => m.content)).toEqual([runs[0]!.changes[0]!.after!.content])
  })

  it('leaves out what will expire: a summary must not outlive what it quotes', async () => {
    const user = server.user()
    await tell(user)
    await server.api.remember({ user_id: user, retention: 'task', content: 'Nimbus needs the flat in Graça cleaned by the landlord today.', occurred_at: `${DAY}T19:00:00Z` })
    expect((await dream(user)).runs[0]!.phases[0]!.counts).toEqual({ traces: TALK.length, episodes: expect.any(Number) })
    expect((await summaries(user))[0]!.content).not.toContain('cleaned')
  })

  it('makes nothing of a day that cannot be said more shortly', async () => {
    const user = server.user()
    await tell(user, ['The tide was low in Lisbon today'])
    expect((await dream(user)).runs).toMatchObject([{ status: 'completed', changes: [] }])
    expect(await summaries(user)).toEqual([])
  })

  it('takes days as the user lives them', async () => {
    const user = server.user()
    await server.api.remember({ user_id: user, messages: ['Tokyo wakes up early and the fish market is full', 'The tuna auction was loud and we ate breakfast there']
      .map((content, i) => ({ content, occurred_at: `2025-05-07T2${i}:00:00Z` })) })
    await server.api.put(`/users/${user}`, { time_zone: 'Asia/Tokyo' })
    expect((await dream(user, { day: '2025-05-07' })).runs).toEqual([])
    expect((await dream(user)).runs).toMatchObject([{ day: DAY, status: 'completed' }])
    expect(await summaries(user)).toMatchObject([{ metadata: { day: DAY } }])
  })

  it('dreams every day not yet dreamt when none is named, through the queue, and lists the runs', async () => {
    const user = server.user()
    await tell(user, TALK, '2025-05-06')
    await tell(user)
    const { status, body } = await server.api.post<Finished>('/memory/consolidate', { user_id: user })
    expect(status).toBe(202)
    expect(body).toEqual({ run_ids: [expect.any(String), expect.any(String)] })
    const runs = await Promise.all(body.run_ids.map((id) => ended(user, id)))
    const without = ({ changes: _, ...run }: Dream): Omit<Dream, 'changes'> => run
    expect(runs.map((run) => [run.day, run.status])).toEqual([['2025-05-06', 'completed'], [DAY, 'completed']])
    const page = await server.api.get<ListBody<Dream>>('/memory/dreams', { user_id: user, status: 'completed', limit: 1 })
    expect(page.body.results).toEqual([without(runs[1]!)])
    const next = await server.api.get<ListBody<Dream>>('/memory/dreams', { user_id: user, limit: 1, cursor: page.body.next_cursor! })
    expect(next.body).toEqual({ results: [without(runs[0]!)], next_cursor: null })
    expect((await server.api.get<ListBody<Dream>>('/memory/dreams', { user_id: user, status: 'failed' })).body.results).toEqual([])
    expect((await server.api.get<{ queue: object }>('/memory/status')).body.queue).toMatchObject({ jobs: { failed: 0 }, warnings: expect.any(Array) })
  })

  it('dreams again what was undone only by force', async () => {
    const user = server.user()
    await tell(user)
    const { run_ids } = await dream(user)
    await server.store.run(`update dream_run set status = 'undone' where id = $1`, [run_ids[0]!])
    expect((await dream(user)).runs[0]!.status).toBe('undone')
    expect((await dream(user, { force: true })).runs).toMatchObject([{ id: run_ids[0], status: 'completed' }])
  })

  describe('and forgetting', () => {
    it('takes the words of a forgotten source out of the summary, its words and its diary', async () => {
      const user = server.user()
      const ids = await tell(user, TALK.map((text) => text.replace('contract', 'quixotism')))
      const dry = await dream(user, { dry_run: true })
      await dream(user)
      const [summary] = await summaries(user)
      expect(summary!.content).toContain('quixotism')
      expect(summary!.content).toContain('\n')
      const { forgotten } = await server.api.forget({ user_id: user, id: ids[5] })
      expect(forgotten).toMatchObject({ traces: 1, derived: 0, rewritten: 1 })
      await server.vectorsFollow(user)
      expect((await summaries(user))[0]).toMatchObject({ id: summary!.id, content: summary!.content.split('\n').filter((line) => !line.includes('quixotism')).join('\n') })
      expect(await server.store.showing('quixotism')).toEqual([])
      expect(await server.store.naming(ids[5]!)).toEqual([])
      expect(await server.store.count('memory_embedding', 'trace_id = $1', [summary!.id])).toBe(3)
      expect((await server.api.get<Dream>(`/memory/dreams/${dry.run_ids[0]!}`, { user_id: user })).text).not.toContain('quixotism')
      const { results } = await server.api.recall({ user_id: user, q: 'quixotism', kind: ['summary'], explain: true })
      expect(results[0]!.scores!.lexical).toBe(0)
    })

    it('takes a summary with it whose sources are all forgotten, and does not dream them again', async () => {
      const user = server.user()
      await tell(user)
      await dream(user)
      await server.api.forget({ user_id: user, scope: { session_id: DAY } })
      expect(await summaries(user)).toEqual([])
      expect(await server.store.count('memory_trace', 'user_id = $1 and kind <> $2', [userUuid(user), 'entity'])).toBe(0)
      expect((await dream(user)).runs).toEqual([])
    })

    it('keeps a summary away that was forgotten itself, also when the day is dreamt again', async () => {
      const user = server.user()
      await tell(user)
      await dream(user)
      const [summary] = await summaries(user)
      await server.api.forget({ user_id: user, id: summary!.id })
      await server.api.remember({ user_id: user, content: 'Ok, bye now', importance: 0.4, occurred_at: `${DAY}T23:00:00Z` })
      const [run] = (await dream(user)).runs
      expect(run!.status).toBe('completed')
      expect(run!.changes.filter(({ op }) => op === 'create')).toEqual([])
      expect(await summaries(user)).toEqual([])
    })

    it('removes runs and diary with their user', async () => {
      const user = server.user('dreamer')
      await tell(user)
      await dream(user)
      await server.api.delete(`/users/${user}`)
      for (const table of ['dream_run', 'dream_change', 'memory_trace']) expect(await server.store.count(table, 'user_id = $1', [userUuid(user)])).toBe(0)
    })
  })

  it('stores a summary without the embedder, and its vectors when that is back', async () => {
    const user = server.user()
    await tell(user)
    server.embedder.always('error-500')
    const { runs } = await dream(user)
    server.embedder.reset()
    expect(runs).toMatchObject([{ status: 'completed' }])
    const [summary] = await summaries(user)
    await server.vectorsFollow(user)
    expect(await server.store.count('memory_embedding', 'trace_id = $1', [summary!.id])).toBe(3)
  })

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a day that is none', { day: '2025-02-30' }, /^day: must be a day/],
    ['a day in another form', { day: '8 May' }, /^day: must be a day/],
    ['a day in the future', { day: '2999-01-01' }, /^day: must not be in the future; today is/],
    ['a field that it does not know', { dag: DAY }, /^dag: is not a known field/],
    ['a flag that is none', { dry_run: 'perhaps' }, /^dry_run: must be true or false/],
  ])('refuses %s by name', async (_, more, message) => {
    const answer = await server.api.post<ErrorBody>('/memory/consolidate', { user_id: server.user(), ...more })
    expect(answer.status).toBe(400)
    expect(answer.body.error.message).toMatch(message)
  })

  it.each<[string, Record<string, string>, RegExp]>([
    ['a status that is none', { status: 'asleep' }, /^status: /],
    ['a cursor that is none', { cursor: 'here' }, /^cursor: /],
    ['a limit of nothing', { limit: '0' }, /^limit: /],
    ['a field that it does not know', { dag: DAY }, /^dag: is not a known field/],
  ])('refuses %s in the list of dreams by name', async (_, query, message) => {
    const answer = await server.api.get<ErrorBody>('/memory/dreams', { user_id: server.user(), ...query })
    expect(answer.status).toBe(400)
    expect(answer.body.error.message).toMatch(message)
  })

  it('answers 404 for a run that is unknown, malformed or another user\'s', async () => {
    const user = server.user()
    await tell(user)
    const { run_ids } = await dream(user)
    for (const [id, who] of [['018f0000-0000-7000-8000-000000000000', user], ['none', user], [run_ids[0]!, server.user()]] as const) {
      for (const path of ['', '/events']) expect((await server.api.get(`/memory/dreams/${id}${path}`, { user_id: who })).status).toBe(404)
    }
  })

  it('tells how far a dream is, phase by phase, and how it ended', async () => {
    const user = server.user()
    await tell(user)
    const { body: { run_ids: [id] } } = await server.api.post<Finished>('/memory/consolidate', { user_id: user, day: DAY })
    const { headers, text } = await server.api.get(`/memory/dreams/${id}/events`, { user_id: user })
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const events = text.trimEnd().split('\n\n').map((event) => /^event: (\w+)\ndata: (.*)$/.exec(event)!.slice(1))
    const told = events.map(([name, data]) => [name, JSON.parse(data!) as { phase?: string; status?: string }] as const)
    expect(told.map(([name, { phase, status }]) => [name, phase ?? status])).toEqual([...PHASES.flatMap((phase) => [['begin', phase], ['end', phase]]), ['done', 'completed']])
  })
})
