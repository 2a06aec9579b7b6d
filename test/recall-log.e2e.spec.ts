import { userUuid } from '#kernel'
import { RecallLog } from '#recall'
import { startServer, type TestServer } from './support/server'
import type { ErrorBody, RecallBody, RememberBody } from './support/wire'

interface AnalyticsBody {
  recalls: number
  since: string | null
  empty: number
  average_results: number | null
  ms: { p50: number | null; p95: number | null }
  tiers: Record<string, number>
  latest: { at: string; query: string | null; results: number; ms: number; tiers: Record<string, number> }[]
}

describe('the log of recalls', () => {
  let server: TestServer
  let silent: TestServer
  beforeAll(async () => {
    server = await startServer({ RECALL_LOG_TEXT: 'on' })
    silent = await startServer()
  })
  afterAll(async () => {
    await server?.close()
    await silent?.close()
  })
  afterEach(() => server.setClock())

  const tell = async (user: string, content: string, on = server): Promise<string> =>
    (await on.api.post<RememberBody>('/memory', { user_id: user, content })).body.results[0]!.id
  const ask = async (user: string, query: string, on = server): Promise<RecallBody> => (await on.api.post<RecallBody>('/memory/recall', { user_id: user, query })).body
  const analytics = async (user: string, query: Record<string, string> = {}, on = server): Promise<AnalyticsBody> =>
    (await on.api.get<AnalyticsBody>('/memory/analytics', { user_id: user, ...query })).body

  it('counts recalls, what they found in which tier and how long they took, the latest first', async () => {
    const user = server.user()
    server.setClock('2026-03-01T10:00:00Z')
    await tell(user, 'The lighthouse keeper plays chess')
    await ask(user, 'lighthouse')
    server.setClock('2026-03-01T11:00:00Z')
    const { took_ms } = await ask(user, 'who plays chess')
    const told = await analytics(user)
    expect(told).toMatchObject({ recalls: 2, since: '2026-03-01T10:00:00.000Z', empty: 0, average_results: 1 })
    expect(told.latest.map(({ at, query, results }) => [at, query, results]))
      .toEqual([['2026-03-01T11:00:00.000Z', 'who plays chess', 1], ['2026-03-01T10:00:00.000Z', 'lighthouse', 1]])
    expect(told.latest[0]!.ms).toBeCloseTo(took_ms, 3)
    expect(Object.values(told.tiers).reduce((a, b) => a + b)).toBe(2)
    expect(told.ms.p50).toBeLessThanOrEqual(told.ms.p95!)
    expect((await analytics(user, { limit: '1' })).latest).toHaveLength(1)
  })

  it('is empty for who asked nothing, and counts what found nothing', async () => {
    const user = server.user()
    expect(await analytics(user)).toEqual({ recalls: 0, since: null, empty: 0, average_results: null, ms: { p50: null, p95: null }, tiers: {}, latest: [] })
    const id = await tell(user, 'A single thing')
    await server.api.post('/memory/forget', { user_id: user, id })
    await ask(user, 'anything')
    expect(await analytics(user)).toMatchObject({ recalls: 1, empty: 1, tiers: {} })
  })

  it('keeps no text of a question unless texts are logged', async () => {
    const user = silent.user()
    await tell(user, 'The lighthouse keeper plays chess', silent)
    await ask(user, 'who plays chess', silent)
    expect((await analytics(user, {}, silent)).latest).toMatchObject([{ query: null, results: 1 }])
  })

  it('loses the texts when something is forgotten, also of what still waits to be written', async () => {
    const user = server.user()
    const id = await tell(user, 'The lighthouse keeper plays chess')
    await ask(user, 'lighthouse')
    await server.settled()
    await ask(user, 'who plays chess')
    await server.api.post('/memory/forget', { user_id: user, id })
    const told = await analytics(user)
    expect(told.recalls).toBe(2)
    expect(told.latest.map((one) => one.query)).toEqual([null, null])
    await server.api.delete(`/users/${user}`)
    expect(await server.store.count('recall_log', 'user_id = $1', [userUuid(user)])).toBe(0)
  })

  it('keeps the newest thousand of a user', async () => {
    const user = server.user()
    await tell(user, 'The lighthouse keeper plays chess')
    const log = server.app.get(RecallLog, { strict: false })
    const noted = { id: userUuid(user), externalId: user }
    for (let i = 0; i < 1005; i++) log.note(noted, { query: `question ${i}`, results: 1, ms: 1, tiers: { hot: 1 } })
    const told = await analytics(user, { limit: '2' })
    expect(told).toMatchObject({ recalls: 1000, tiers: { hot: 1000 }, latest: [{ query: 'question 1004' }, { query: 'question 1003' }] })
  })

  it('refuses a bad limit by name', async () => {
    const { status, body } = await server.api.get<ErrorBody>('/memory/analytics', { limit: '201' })
    expect([status, body.error.details?.field]).toEqual([400, 'limit'])
  })
})
