import { startServer, type TestServer } from './support/server'

describe('what a question says beside its words', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())

  it('puts first what happened when the question says, in the time zone of the user', async () => {
    const user = server.user()
    for (const [name, at] of [['Bo', '2025-06-28T16:30:00Z'], ['Cleo', '2025-06-29T16:30:00Z'], ['Dana', '2024-06-29T16:30:00Z']] as const) {
      await server.api.remember({ user_id: user, session_id: name, content: `We met ${name} at the pier`, occurred_at: at, importance: 0.5 })
    }
    const first = async (q: string): Promise<string> =>
      (await server.api.recall({ user_id: user, q, reference_date: '2025-06-30T12:00:00Z', k: 3 })).results[0]!.content
    expect(await first('Whom did we meet at the pier yesterday?')).toContain('Cleo')
    expect(await first('Whom did we meet at the pier last year?')).toContain('Dana')
    expect(await first('Whom did we meet at the pier on 28 June 2025?')).toContain('Bo')
    await server.api.put(`/users/${user}`, { time_zone: 'Asia/Tokyo' })
    // Half past four in the afternoon, UTC, is the next morning there.
    expect(await first('Whom did we meet at the pier yesterday?')).toContain('Bo')
    const { results } = await server.api.recall({ user_id: user, q: 'Whom did we meet at the pier yesterday?', reference_date: '2025-06-30T12:00:00Z', explain: true })
    expect(results).toHaveLength(3)
    for (const r of results) expect(Object.values(r.scores!).reduce((a, b) => a + b, 0)).toBeCloseTo(r.score, 6)
  })

  it('prefers what tells of the kind of thing that is asked for', async () => {
    const user = server.user()
    await server.api.remember({ user_id: user, content: 'The violin lesson was lovely and calm' })
    await server.api.remember({ user_id: user, content: 'The violin lesson was moved to Tuesday' })
    const [best] = (await server.api.recall({ user_id: user, q: 'When is the violin lesson?' })).results
    expect(best!.content).toContain('Tuesday')
  })
})
