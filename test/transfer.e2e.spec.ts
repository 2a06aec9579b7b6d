import { startServer, type TestServer } from './support/server'
import type { ErrorBody, Memory, RememberBody } from './support/wire'

const NDJSON = 'application/x-ndjson'

interface Imported {
  dry_run: boolean
  stored: Record<string, number>
  skipped: Record<string, number>
  blocked: Record<string, number>
  blocked_lines: number[]
}
type Line = Record<string, unknown> & { line: string }

describe('moving a memory', () => {
  let server: TestServer
  let other: TestServer
  beforeAll(async () => {
    server = await startServer()
    other = await startServer()
  })
  afterAll(async () => {
    await other?.close()
    await server?.close()
  })
  afterEach(() => server.setClock())

  const exportOf = async (user: string, from = server): Promise<string> => {
    const answer = await from.api.post('/memory/export', { user_id: user })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, NDJSON])
    return answer.text
  }
  const linesOf = (text: string): Line[] => text.trimEnd().split('\n').map((line) => JSON.parse(line) as Line)
  const textOf = (lines: readonly Line[]): string => {
    const count = (kind: string): number => lines.filter(({ line }) => line === kind).length
    const end = { line: 'end', sessions: count('session'), traces: count('trace'), edges: count('edge') }
    return [...lines.filter(({ line }) => line !== 'end'), end].map((line) => `${JSON.stringify(line)}\n`).join('')
  }
  const importInto = async <T = Imported>(user: string, text: string | Uint8Array<ArrayBuffer>, into = server, query = ''): Promise<{ status: number; body: T }> =>
    into.api.raw<T>('POST', `/memory/import?user_id=${encodeURIComponent(user)}${query}`, text, NDJSON)
  const imported = async (user: string, text: string, into = server, query = ''): Promise<Imported> => {
    const { status, body } = await importInto(user, text, into, query)
    expect([status, status === 200 ? undefined : body]).toEqual([200, undefined])
    return body
  }

  /** A life with everything in it that a store can hold. */
  const live = async (user: string): Promise<{ turns: string[]; corrected: string; successor: string }> => {
    server.setClock('2025-05-05T09:00:00Z')
    await server.api.put(`/users/${user}`, { time_zone: 'Europe/Lisbon' })
    const turns = await server.api.remember({
      user_id: user, session_id: 'monday', project: 'move', agent_id: 'guide', messages: [
        { content: 'I moved to Lisbon in May with my sister Marta', speaker: 'Ana', occurred_at: '2025-05-01T10:00:00Z', tags: ['home', 'family'],
          importance: 0.8 },
        { content: 'We adopted a grey cat called Nimbus at the shelter of Almada in 2025', speaker: 'Ana', occurred_at: '2025-05-01T10:01:00Z',
          metadata: { emotion: 'joy', n: [1, 2.5, null], deep: { a: true } } },
        { content: 'The cat hides under the sofa when it thunders', speaker: 'Ana', occurred_at: '2025-05-01T10:02:00Z' },
      ],
    })
    await server.api.remember({ user_id: user, session_id: 'monday', content: 'Three days later Nimbus found the balcony', speaker: 'Ana', occurred_at: '2025-05-04T10:00:00Z' })
    await server.api.remember({ user_id: user, content: 'Pay the rent before the tenth', retention: 'task', source: { mail: 7 }, category: 'money', importance: 0.9, confidence: 0.7 })
    const [corrected] = await server.api.remember({ user_id: user, session_id: 'tuesday', content: 'The dentist is on Thursday at ten', collection: 'Health' })
    const [related] = await server.api.remember({ user_id: user, session_id: 'tuesday', content: 'Doctor Sousa is the dentist in Rua Augusta', collection: 'Health', related: [turns[0]] })
    server.setClock('2025-05-06T09:00:00Z')
    const { body } = await server.api.patch<Memory>(`/memory/${corrected}?user_id=${user}`, { content: 'The dentist is on Friday at noon' })
    await server.api.post(`/memory/${related}/edges`, { user_id: user, dst: turns[2], type: 'similar', weight: 0.25 })
    const dreamt = await server.api.post('/memory/consolidate', { user_id: user, wait: true })
    expect(dreamt.status).toBe(200)
    await server.settled()
    server.setClock()
    return { turns, corrected: corrected!, successor: body.id }
  }

  it('exports a header, sessions, traces and edges by their keys, and an end', async () => {
    const user = server.user('export')
    const { turns, corrected, successor } = await live(user)
    const lines = linesOf(await exportOf(user))
    expect(lines[0]).toEqual({ line: 'header', format: 'reverie', version: 1, user_id: user, time_zone: 'Europe/Lisbon' })
    const of = (kind: string): Line[] => lines.filter(({ line }) => line === kind)
    expect(lines.map(({ line }) => line)).toEqual([...of('header'), ...of('session'), ...of('trace'), ...of('edge'), ...of('end')].map(({ line }) => line))
    expect(of('end')).toEqual([{ line: 'end', sessions: 2, traces: of('trace').length, edges: of('edge').length }])
    const ids = of('trace').map(({ id }) => id as string)
    expect(ids).toEqual([...ids].sort())
    const first = of('trace').find(({ id }) => id === turns[0])!
    expect(first).toEqual({
      line: 'trace', id: turns[0], kind: 'episode', role: 'user', speaker: 'Ana', content: 'I moved to Lisbon in May with my sister Marta', retention: 'personal',
      session_id: 'monday', place: 0, project: 'move', agent_id: 'guide', salience: 0.8, first_salience: null,
      salience_given: true, confidence: 1, category: null, tags: ['home', 'family'],
      source: null, metadata: {}, triple: null, occurred_at: '2025-05-01T10:00:00.000Z', dated: true, created_at: '2025-05-05T09:00:00.000Z',
      valid_from: '2025-05-01T10:00:00.000Z', valid_until: null, superseded_by: null, expires_at: null, pruned_at: null,
    })
    const placeOf = (id: string): unknown => of('trace').find((t) => t.id === id)!.place
    expect(turns.map(placeOf)).toEqual([0, 1, 2])
    expect(of('trace').find(({ id }) => id === corrected)).toMatchObject({ superseded_by: successor, valid_until: '2025-05-06T09:00:00.000Z', place: 0 })
    expect([placeOf(successor), ...of('trace').filter(({ kind }) => kind === 'entity').map(({ place }) => place)]).toEqual(expect.arrayContaining(['alone', null]))
    expect(of('edge').map(({ type }) => type)).toEqual(expect.arrayContaining(['next', 'mentions', 'member_of', 'related', 'similar', 'supersedes', 'derived_from']))
    expect(of('trace').map(({ kind }) => kind)).toEqual(expect.arrayContaining(['summary', 'collection']))
    for (const word of ['vec', 'access', 'embedding']) expect(Object.keys(first).join()).not.toContain(word)
  })

  it('leaves out no column of a trace, a session or an edge but those that follow from the rest', async () => {
    const user = server.user('columns')
    await server.api.remember({ user_id: user, session_id: 's', messages: [{ content: 'The ferry leaves at nine' }, { content: 'The train leaves at ten' }] })
    const lines = linesOf(await exportOf(user))
    const keysOf = (kind: string): string[] => Object.keys(lines.find(({ line }) => line === kind)!)
    const renamed: Record<string, string> = { external_id: 'session_id', meta: 'metadata' }
    const follows = ['user_id', 'words', 'tells', 'content_key', 'block_end']
    for (const [table, kind] of [['memory_trace', 'trace'], ['memory_session', 'session'], ['memory_edge', 'edge']] as const) {
      const there = [...keysOf(kind), ...follows, ...(kind === 'session' ? ['id'] : [])]
      const columns = await server.store.columns(table)
      expect([table, columns.filter((name) => !there.includes(name) && !there.includes(renamed[name] ?? ''))]).toEqual([table, []])
    }
  })

  it('comes back byte for byte in an empty store, and answers there as it did here', async () => {
    const user = 'a traveller'
    const { turns, successor } = await live(user)
    const text = await exportOf(user)
    const traces = linesOf(text).filter(({ line }) => line === 'trace').length
    const answer = await imported(user, text, other)
    expect(answer).toMatchObject({ dry_run: false, stored: { traces }, skipped: { sessions: 0, traces: 0, edges: 0 }, blocked: { sessions: 0, traces: 0, edges: 0 }, blocked_lines: [] })
    expect(await exportOf(user, other)).toBe(text)
    await other.vectorsFollow(user)
    for (const q of ['Which pet lives with them?', 'dentist', 'Where did Ana move?', 'rent']) {
      const [here, there] = await Promise.all([server, other].map((s) => s.api.recall({ user_id: user, q, k: 20, reference_date: '2025-05-07T00:00:00Z', explain: true })))
      const scores = (results: typeof here): unknown => results!.results.map(({ id, score }) => [id, Math.round(score * 1e6)])
      expect(scores(there)).toEqual(scores(here))
    }
    expect((await other.api.get<{ results: Memory[] }>(`/memory/${successor}/history`, { user_id: user })).body.results.map((m) => m.content))
      .toEqual(['The dentist is on Thursday at ten', 'The dentist is on Friday at noon'])
    // A turn more stands next to those that came.
    await other.api.remember({ user_id: user, session_id: 'monday', content: 'And now it sleeps there', occurred_at: '2025-05-04T10:05:00Z' })
    await server.api.remember({ user_id: user, session_id: 'monday', content: 'And now it sleeps there', occurred_at: '2025-05-04T10:05:00Z' })
    const last = async (from: TestServer): Promise<unknown> => linesOf(await exportOf(user, from)).find(({ content }) => content === 'And now it sleeps there')!.place
    expect(await last(other)).toBe(await last(server))
    expect(turns).toHaveLength(3)
  })

  it('skips what is there already and the same, and adds what is missing beside its neighbours', async () => {
    const user = server.user('again')
    const { turns } = await live(user)
    const text = await exportOf(user)
    const { end } = Object.fromEntries(linesOf(text).map((line) => [line.line, line]))
    const all = { sessions: end!.sessions, traces: end!.traces, edges: end!.edges }
    const before = await server.store.counts()
    expect(await imported(user, text)).toMatchObject({ stored: { sessions: 0, traces: 0, edges: 0 }, skipped: all })
    await server.settled()
    expect(await server.store.counts()).toEqual(before)
    await server.api.forget({ user_id: user, scope: { all: true }, block: false })
    expect(await imported(user, text)).toMatchObject({ stored: all })
    expect(await exportOf(user)).toBe(text)
    expect(linesOf(text).filter(({ id }) => turns.includes(id as string)).map(({ place }) => place)).toEqual([0, 1, 2])
  })

  it('becomes another user\'s memory, whose names are their own', async () => {
    const user = server.user('giver')
    await live(user)
    const taker = server.user('taker')
    const mine = await server.api.remember({ user_id: taker, session_id: 'monday', content: 'Marta lives in Lisbon, too', speaker: 'Ben' })
    const text = await exportOf(user)
    const answer = await imported(taker, text)
    // Marta, Lisbon and the session were there.
    expect(answer).toMatchObject({ skipped: { sessions: 1, traces: 2, edges: 0 }, blocked: { traces: 0 } })
    await server.vectorsFollow(taker)
    const [lines, own] = [linesOf(text), linesOf(await exportOf(taker))]
    const contents = (all: Line[]): unknown[] => all.filter(({ line }) => line === 'trace').map(({ content }) => content).sort()
    expect(contents(own)).toEqual([...contents(lines), 'Marta lives in Lisbon, too', 'Ben'].sort())
    const { results } = await server.api.recall({ user_id: taker, q: 'What about Marta?', explain: true, k: 5 })
    expect(results.map(({ id }) => id)).toEqual(expect.arrayContaining([mine[0], lines.find(({ content }) => String(content).startsWith('I moved'))!.id]))
    const session = await server.api.get<{ message_count: number }>('/memory/sessions/monday', { user_id: taker })
    expect(session.body.message_count).toBe(5)
    expect(await exportOf(user)).toBe(text)
  })

  it('tells on a dry run what it would do, and does nothing', async () => {
    const user = server.user('dry')
    await live(user)
    const text = await exportOf(user)
    const taker = server.user('taker')
    const before = await server.store.counts()
    const told = await imported(taker, text, server, '&dry_run=true')
    expect(await server.store.counts()).toEqual(before)
    expect(told).toEqual({ ...await imported(taker, text), dry_run: true })
  })

  it('does not bring back what was forgotten, nor what was made of it', async () => {
    const user = server.user('forgetter')
    const { turns } = await live(user)
    const text = await exportOf(user)
    await server.api.forget({ user_id: user, id: turns[1] })
    const lines = linesOf(text)
    const line = (test: (line: Line) => boolean): number => lines.findIndex(test) + 1
    await server.api.forget({ user_id: user, scope: { all: true } })
    const answer = await imported(user, text)
    const quoting = lines.filter((l) => lines.some((e) => e.line === 'edge' && e.type === 'derived_from' && e.src === l.id && e.dst === turns[1]))
    expect(quoting.map((q) => q.kind).sort()).toEqual(['fact', 'fact', 'summary'])
    const gone = new Set([turns[1], ...quoting.map(({ id }) => id)])
    const mentions = lines.filter((e) => e.line === 'edge' && e.type === 'mentions')
    const unmentioned = lines.filter((l) => l.kind === 'entity' && mentions.filter((e) => e.dst === l.id).every((e) => gone.has(e.src as string)))
    expect(unmentioned.map(({ content }) => content)).toEqual(['Almada'])
    expect(answer.blocked_lines).toEqual([...gone, ...unmentioned.map(({ id }) => id)].map((id) => line((l) => l.id === id)).sort((a, b) => a - b))
    expect(answer.blocked.traces).toBe(1 + quoting.length + unmentioned.length)
    const now = linesOf(await exportOf(user))
    expect(now.filter((l) => String(l.content).includes('grey cat'))).toEqual([])
    const ids = new Set(now.map(({ id }) => id))
    for (const { line: kind, src, dst } of now) if (kind === 'edge') expect([ids.has(src), ids.has(dst)]).toEqual([true, true])
    expect((await server.api.get<{ message_count: number }>('/memory/sessions/monday', { user_id: user })).body.message_count).toBe(3)
  })

  it('refuses what is there and differs, by its line, and writes nothing', async () => {
    const user = server.user('conflict')
    await server.api.remember({ user_id: user, messages: [{ content: 'The garden gate squeaks loudly' }, { content: 'The carpenter comes on Monday' }] })
    const lines = linesOf(await exportOf(user))
    const number = lines.findIndex(({ content }) => content === 'The carpenter comes on Monday') + 1
    const changed = lines.map((l, i) => (i === number - 1 ? { ...l, content: 'The carpenter never comes' } : l))
    const fresh = { ...lines[number - 1]!, id: '018f0000-0000-7000-8000-0000000000aa', content: 'Something that is new to the store' }
    const at = changed.findLastIndex(({ line }) => line === 'trace') + 1
    const before = await server.store.counts()
    const { status, body } = await importInto<ErrorBody>(user, textOf([...changed.slice(0, at), fresh, ...changed.slice(at)]))
    expect([status, body.error.code, body.error.details]).toEqual([409, 'conflict', {
      field: `line ${number}`, problems: [{ line: number, field: 'id', message: `memory ${String(lines[number - 1]!.id)} is there already, and differs` }],
    }])
    expect(await server.store.counts()).toEqual(before)
  })

  it('moves ten thousand memories, more than a body may hold', async () => {
    const user = 'a long life'
    const [session] = [{ line: 'session', session_id: 's', project: null, started_at: '2025-01-01T00:00:00.000Z', ended_at: '2025-01-08T00:00:00.000Z',
      last_at: '2025-01-08T00:00:00.000Z', message_count: 10_000, next_place: 10_000, topics: ['work'], importance: 0.5, summary: 'A week' }]
    const id = (n: number): string => `018f0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
    const source = { letter: 'and so on '.repeat(180) }
    const traces = Array.from({ length: 10_000 }, (_, n): Line => ({
      line: 'trace', id: id(n), kind: 'episode', role: 'user', speaker: 'Ana', content: `Day ${n} by the harbour`, retention: 'personal', session_id: 's', place: n,
      project: null, agent_id: null, salience: 0.6, first_salience: null, salience_given: false, confidence: 1, category: null, tags: [], source,
      metadata: { n }, triple: null,
      occurred_at: '2025-01-01T00:00:00.000Z', dated: true, created_at: '2025-01-09T00:00:00.000Z', valid_from: '2025-01-01T00:00:00.000Z', valid_until: null,
      superseded_by: null, expires_at: null, pruned_at: null,
    }))
    const edges = traces.slice(1).map((_, n): Line => ({ line: 'edge', src: id(n), dst: id(n + 1), type: 'next', weight: 1, ts: '2025-01-09T00:00:00.000Z', meta: null }))
    const text = textOf([{ line: 'header', format: 'reverie', version: 1, user_id: user, time_zone: null }, session, ...traces, ...edges])
    expect(text.length).toBeGreaterThan(16 * 1024 * 1024)
    server.embedder.always('error-500')
    expect(await imported(user, text)).toMatchObject({ stored: { sessions: 1, traces: 10_000, edges: 9_999 } })
    expect(await exportOf(user) === text).toBe(true)
    await server.api.delete(`/users/${encodeURIComponent(user)}`)
    server.embedder.reset()
  })

  it('knows a message again that came with it', async () => {
    const user = 'a repeater'
    const said = { user_id: user, session_id: 's', content: 'The ferry to Oslo leaves at nine', occurred_at: '2025-05-01T10:00:00Z' }
    await server.api.remember(said)
    await imported(user, await exportOf(user), other)
    expect((await other.api.post<RememberBody>('/memory', said)).body.results[0]).toMatchObject({ status: 'duplicate' })
  })
})
