import { startServer, type TestServer } from './support/server'
import type { ListBody, Memory } from './support/wire'

interface Run {
  id: string
  status: string
  phases: { name: string; counts: Record<string, number> }[]
  changes: { op: string; trace?: string; after?: Record<string, unknown> }[]
}

interface Edge {
  src: string
  dst: string
  type: string
}

describe('what dreams generalise', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())

  const tell = (user: string, day: string, ...talk: string[]): Promise<string[]> => server.api.remember({
    user_id: user, session_id: day, messages: talk.map((content, i) => ({ content, speaker: 'Ana', occurred_at: `${day}T${String(9 + i).padStart(2, '0')}:00:00Z` })),
  })
  const dream = async (user: string, more: Record<string, unknown> = {}): Promise<Run[]> => {
    const answer = await server.api.post<{ runs: Run[] }>('/memory/consolidate', { user_id: user, wait: true, ...more })
    if (answer.status !== 200) throw new Error(`consolidate answered ${answer.status}: ${answer.text}`)
    for (const run of answer.body.runs) expect(run).toMatchObject({ status: 'completed' })
    return answer.body.runs
  }
  const made = async (user: string, kind: string): Promise<Memory[]> => (await server.api.get<ListBody>('/memory', { user_id: user, kind, limit: '100' })).body.results
  const edges = async (user: string, id: string, type: string): Promise<Edge[]> =>
    (await server.api.get<{ edges: Edge[] }>(`/memory/${id}/edges`, { user_id: user })).body.edges.filter((edge) => edge.type === type)
  const sourcesOf = async (user: string, { id }: Memory): Promise<string[]> => (await edges(user, id, 'derived_from')).filter((edge) => edge.src === id).map((edge) => edge.dst).sort()

  const POTTERY = ['The kiln of the pottery in Ghent cooled overnight.', 'New glaze arrived for the pottery.', 'The pottery fired its kiln twice.',
    'Glaze from the kiln dripped on the pottery floor.']
  const SAILING = ['The mast of the dinghy broke near Ostend.', 'A new sail came for the dinghy.', 'The dinghy got its mast and its sail.', 'Sail and mast of the dinghy held well.']

  it('are preferences, each with the statements that it comes from, surer as they come', async () => {
    const user = server.user()
    const [first] = await tell(user, '2025-05-05', 'I love green tea from Uji.', 'Do you love coffee?', 'If I liked milk, I would drink it.')
    await dream(user)
    const [one, ...others] = await made(user, 'preference')
    expect(others).toEqual([])
    expect(one).toMatchObject({
      content: 'Ana loves green tea from Uji.', speaker: 'Ana', confidence: 0.7, metadata: { origin: 'dream', key: 'green tea from uji', value: 'loves', source: 'conversation' },
    })
    expect(await sourcesOf(user, one!)).toEqual([first])
    const [again] = await tell(user, '2025-05-09', 'I really love green tea from Uji.')
    await dream(user)
    expect((await made(user, 'preference')).map((p) => [p.id, p.confidence])).toEqual([[one!.id, 0.79]])
    expect(await sourcesOf(user, one!)).toEqual([first, again].sort())
  })

  it('follow a change of mind, and keep what was before', async () => {
    const user = server.user()
    await tell(user, '2025-05-05', 'I love green tea.')
    await tell(user, '2025-05-09', "I can't stand green tea.")
    await dream(user)
    const live = await made(user, 'preference')
    expect(live.map((p) => p.content)).toEqual(["Ana can't stand green tea."])
    const history = (await server.api.get<ListBody>(`/memory/${live[0]!.id}/history`, { user_id: user })).body.results
    expect(history.map((p) => p.content)).toEqual(['Ana loves green tea.', "Ana can't stand green tea."])
  })

  it('takes an older day that is dreamt later for what it is: older', async () => {
    const user = server.user()
    await tell(user, '2025-05-09', "I can't stand green tea.")
    await dream(user)
    await tell(user, '2025-05-05', 'I love green tea.')
    await dream(user)
    expect((await made(user, 'preference')).map((p) => p.content)).toEqual(["Ana can't stand green tea."])
  })

  it('are decisions, habits and what is often done, counted over the days', async () => {
    const user = server.user()
    const days = ['2025-05-05', '2025-05-13', '2025-05-21', '2025-05-29']
    const told = await Promise.all(days.slice(0, 3).map((day) => tell(user, day, 'I volunteered at the animal shelter.')))
    await tell(user, '2025-05-22', 'We decided to sell the old van.', 'I usually drink rooibos at night.')
    await dream(user)
    const patterns = await made(user, 'pattern')
    expect(patterns.map((p) => [p.metadata.kind, p.content, p.metadata.frequency]).sort()).toEqual([
      ['decision', 'Ana decided to sell the old van.', 1], ['workflow', 'Ana often volunteers at the animal shelter.', 3], ['workflow', 'Ana usually drinks rooibos at night.', 1],
    ])
    const often = patterns.find((p) => p.content.includes('often'))!
    expect(await sourcesOf(user, often)).toEqual(told.flat().sort())
    const more = await tell(user, days[3]!, 'I volunteered at the animal shelter today.')
    await dream(user)
    const after = (await made(user, 'pattern')).filter((p) => p.content.includes('often'))
    expect(after.map((p) => [p.id, p.metadata.frequency])).toEqual([[often.id, 4]])
    expect(await sourcesOf(user, often)).toEqual([...told.flat(), ...more].sort())
  })

  it('are the times at which a name comes up, when they are not those of everything', async () => {
    const user = server.user()
    const mondays = await Promise.all(['2025-05-05', '2025-05-12', '2025-05-19', '2025-05-26'].map((day) => tell(user, day, 'Wilhelmina led the choir today.')))
    for (let day = 6; day < 26; day++) if (day % 7 !== 5) await tell(user, `2025-05-${String(day).padStart(2, '0')}`, `Rain fell over the river for ${day} hours.`)
    await dream(user)
    const [pattern] = (await made(user, 'pattern')).filter((p) => p.content.startsWith('Wilhelmina'))
    expect(pattern).toMatchObject({ content: 'Wilhelmina mostly comes up on Mondays.', metadata: { kind: 'workflow', frequency: 4 }, confidence: 1 })
    expect(await sourcesOf(user, pattern!)).toEqual(mondays.flat().sort())
  })

  it('are clusters of what is about the same, which stay themselves as they grow', async () => {
    const user = server.user()
    const [pots, boats] = [await tell(user, '2025-05-05', ...POTTERY), await tell(user, '2025-05-06', ...SAILING)]
    await dream(user)
    const clusters = (await made(user, 'collection')).sort((a, b) => (a.content < b.content ? 1 : -1))
    expect(clusters.map((c) => c.content.split('\n').slice(1).sort())).toEqual([['glaze', 'kiln', 'pottery'], ['dinghy', 'mast', 'sail']])
    expect(clusters[0]!.metadata).toEqual({ origin: 'dream', collection_type: 'cluster', importance: expect.any(Number) })
    const members = async (c: Memory): Promise<string[]> => (await edges(user, c.id, 'member_of')).map((edge) => edge.src).sort()
    expect(await members(clusters[0]!)).toEqual([...pots].sort())
    expect(await members(clusters[1]!)).toEqual([...boats].sort())
    const [more] = await tell(user, '2025-05-07', 'The pottery has a second kiln for glaze.')
    await dream(user)
    expect((await made(user, 'collection')).map((c) => c.id).sort()).toEqual(clusters.map((c) => c.id).sort())
    expect(await members(clusters[0]!)).toEqual([...pots, more].sort())
    expect(await sourcesOf(user, clusters[0]!)).toEqual([...pots, more].sort())
  })

  it('are found by recall with their kind, and do not come without a source', async () => {
    const user = server.user()
    await tell(user, '2025-05-05', 'I love green tea from Uji.', ...POTTERY)
    await dream(user)
    for (const kind of ['preference', 'pattern', 'collection', 'summary']) {
      for (const trace of await made(user, kind)) expect((await sourcesOf(user, trace)).length).toBeGreaterThan(0)
    }
    const { results } = await server.api.recall({ user_id: user, q: 'green tea', kind: ['preference'] })
    expect(results.map((r) => r.content)).toEqual(['Ana loves green tea from Uji.'])
  })

  it('lose what only the forgotten said', async () => {
    const user = server.user()
    const [tea, , , , , kilns] = await tell(user, '2025-05-05', 'I love sencha of Kagoshima.', ...POTTERY, 'The kiln of the pottery hums, says Wilhelmina.')
    await dream(user)
    const [cluster] = await made(user, 'collection')
    await server.api.post('/memory/forget', { user_id: user, ids: [tea] })
    expect(await made(user, 'preference')).toEqual([])
    await server.api.post('/memory/forget', { user_id: user, ids: [kilns] })
    expect((await made(user, 'collection')).map((c) => c.id)).toEqual([cluster!.id])
    expect(await server.store.showing('sencha of kagoshima')).toEqual([])
    const glazes = (await server.api.get<ListBody>('/memory', { user_id: user, kind: 'episode' })).body.results.filter((m) => /glaze/i.test(m.content))
    await server.api.post('/memory/forget', { user_id: user, ids: glazes.map((m) => m.id) })
    for (const left of await made(user, 'collection')) expect(left.content).not.toMatch(/glaze/i)
  })

  it('are undone with their dream', async () => {
    const user = server.user()
    await tell(user, '2025-05-05', 'I love green tea from Uji.', 'We decided to sell the old van.', ...POTTERY)
    const [run] = await dream(user)
    expect(run!.phases.find((phase) => phase.name === 'generalise')!.counts).toMatchObject({ preferences: 1, patterns: 1, clusters: 1 })
    expect((await server.api.post(`/memory/dreams/${run!.id}/undo`, { user_id: user })).status).toBe(200)
    for (const kind of ['preference', 'pattern', 'collection']) expect(await made(user, kind)).toEqual([])
  })
})
