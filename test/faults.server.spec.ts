import { PrivatePostgres, PrivateRedis } from './servers/private-server'
import { startServer, type TestServer } from './support/server'
import type { ErrorBody, ListBody, RecallBody, RememberBody } from './support/wire'

interface Health { status: string; backend: string; vector_extension: string | null; focus: { backend: string; reachable: boolean } }
interface Status { limits: { reachable: boolean }; backend: string; counts: { traces: number }; focus: { backend: string; items: number | null } }

describe('server mode, when what it stands on fails', () => {
  let postgres: PrivatePostgres
  let redis: PrivateRedis
  let server: TestServer

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([PrivatePostgres.create().then((p) => p.start()), PrivateRedis.create().then((r) => r.start())])
    server = await startServer({ DATABASE_URL: postgres.url, REDIS_URL: redis.url, APP_SECRET: 'a secret for the faults', DATABASE_TIMEOUT_MS: '2000', RATE_LIMIT_PER_MINUTE: '3' })
  })
  afterAll(async () => {
    await server?.close()
    await Promise.all([postgres?.close(), redis?.close()])
  })

  const health = async (): Promise<Health> => (await server.api.get<Health>('/health')).body
  const status = async (): Promise<Status> => (await server.api.get<Status>('/memory/status')).body
  const remember = (user: string, content: string) => server.api.post<RememberBody & ErrorBody>('/memory', { user_id: user, content })
  const recall = (user: string, q: string) => server.api.post<RecallBody & ErrorBody>('/memory/recall', { user_id: user, q })
  /** Asks until it is so. */
  const until = async (so: () => Promise<boolean>): Promise<void> => {
    while (!(await so())) await new Promise(setImmediate)
  }

  it('says in status and health what it stands on', async () => {
    expect(await health()).toMatchObject({ status: 'ok', backend: 'postgresql', vector_extension: expect.any(String), focus: { backend: 'redis', reachable: true } })
    expect(await status()).toMatchObject({ backend: 'postgresql', focus: { backend: 'redis', items: expect.any(Number) } })
    expect((await server.api.get('/health/ready')).status).toBe(200)
  })

  it('remembers and recalls without Redis, says so, forgets nothing by halves, and has it back without a restart', async () => {
    const user = server.user()
    const before = await remember(user, 'The harbour light was repaired in spring')
    expect(before.body.degraded).toEqual([])
    await redis.stop()

    const during = await remember(user, 'The harbour master keeps the spare lamps in the shed')
    expect([during.status, during.body.degraded, during.body.results[0]!.status]).toEqual([201, ['focus'], 'stored'])
    const found = await recall(user, 'harbour light')
    expect([found.status, found.body.degraded, found.body.results.length]).toEqual([200, ['focus'], 2])
    expect((await server.api.get(`/memory/focus`, { user_id: user })).status).toBe(503)
    expect(await status()).toMatchObject({ focus: { backend: 'redis', items: null } })
    expect(await health()).toMatchObject({ status: 'degraded', focus: { reachable: false } })
    expect((await server.api.get('/health/ready')).status).toBe(200)
    // What could come back to mind is not forgotten: it is refused, and nothing has happened.
    const refused = await server.api.post<ErrorBody>('/memory/forget', { user_id: user, id: before.body.results[0]!.id })
    expect([refused.status, refused.body.error.code, refused.headers.get('retry-after')]).toEqual([503, 'unavailable', '5'])
    expect((await server.api.get<ListBody>('/memory', { user_id: user })).body.results).toHaveLength(2)

    await redis.start()
    await until(async () => (await recall(user, 'harbour light')).body.degraded.length === 0)
    const after = await remember(user, 'The harbour bell rings at noon')
    expect(after.body.degraded).toEqual([])
    const inMind = (await server.api.get<ListBody>('/memory/focus', { user_id: user })).body.results
    expect(inMind.map((item) => item.id)).toContain(after.body.results[0]!.id)
    expect((await server.api.forget({ user_id: user, id: before.body.results[0]!.id })).forgotten.traces).toBe(1)
    expect((await health()).status).toBe('ok')
  })

  it('lets requests pass uncounted while Redis is away, says so, and counts again when it is back', async () => {
    const { key } = (await server.api.post<{ key: string }>('/keys', { name: 'counted', role: 'service' })).body
    const asked = async (): Promise<number> => (await server.api.with({ 'x-api-key': key }).get('/memory/stats')).status
    await redis.stop()
    expect([await asked(), await asked(), await asked(), await asked()]).toEqual([200, 200, 200, 200])
    expect((await status()).limits).toEqual({ requests_per_minute: 3, backend: 'redis', reachable: false })
    expect((await health()).status).toBe('degraded')
    await redis.start()
    await until(async () => (await asked()) === 429)
    expect((await status()).limits.reachable).toBe(true)
  })

  it('goes on beside a Redis that only hangs', async () => {
    const user = server.user()
    redis.hang()
    try {
      const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => remember(user, `Crate ${i} stands on the quay`)))
      expect(answers.map(({ status: code, body }) => [code, body.degraded])).toEqual(answers.map(() => [201, ['focus']]))
      expect((await recall(user, 'crate on the quay')).body).toMatchObject({ degraded: ['focus'], results: expect.any(Array) })
    } finally {
      redis.go()
    }
    await until(async () => (await recall(user, 'crate on the quay')).body.degraded.length === 0)
  })

  it('answers 503 with Retry-After without Postgres, loses nothing it acknowledged, and has it back without a restart', async () => {
    const user = server.user()
    const kept = (await remember(user, 'The ledger lies in the top drawer')).body.results[0]!.id
    await postgres.stop()
    const refusals = [
      await remember(user, 'Nobody will know this'), await recall(user, 'ledger'),
      await server.api.get<ErrorBody>('/memory/status'), await server.api.get<ErrorBody>('/health/ready'),
    ]
    for (const refused of refusals) {
      expect([refused.status, refused.body.error.code, refused.headers.get('retry-after')]).toEqual([503, 'unavailable', '5'])
      expect(refused.text).not.toContain(PrivatePostgres.PASSWORD)
    }
    expect(await health()).toMatchObject({ status: 'degraded', backend: 'postgresql', vector_extension: null })
    await postgres.start()
    await until(async () => (await server.api.get('/health/ready')).status === 200)
    expect((await recall(user, 'ledger drawer')).body.results.map((r) => r.id)).toEqual([kept])
    expect((await remember(user, 'The second ledger lies below')).status).toBe(201)
  })

  it('waits for a Postgres that hangs no longer than its limit, and goes on when it does', async () => {
    const user = server.user()
    await remember(user, 'The clock in the hall is slow')
    postgres.hang()
    try {
      const refused = await recall(user, 'clock')
      expect([refused.status, refused.body.error.code, refused.headers.get('retry-after')]).toEqual([503, 'unavailable', '5'])
    } finally {
      postgres.go()
    }
    await until(async () => (await server.api.get('/health/ready')).status === 200)
    expect((await recall(user, 'clock in the hall')).body.results).toHaveLength(1)
  })
})
