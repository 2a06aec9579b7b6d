import { Sql } from '#database'
import { JobQueue } from '#jobs'
import { startServer, type TestServer } from './support/server'
import type { ErrorBody, ListBody, PreviewBody, RecallBody, RememberBody } from './support/wire'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.close())

describe('a store that cannot be written to', () => {
  /** Has every write of a trace fail as Postgres fails it. */
  const failing = async (code: string, work: () => Promise<void>): Promise<void> => {
    const sql = server.app.get(Sql, { strict: false })
    await sql.run('maintenance', `create function pg_temp_fault() returns trigger language plpgsql as $$ begin raise exception 'a value of somebody' using errcode = '${code}'; end $$`)
    await sql.run('maintenance', 'create trigger fault before insert or update or delete on memory_trace for each row execute function pg_temp_fault()')
    try {
      await work()
    } finally {
      await sql.run('maintenance', 'drop trigger fault on memory_trace')
      await sql.run('maintenance', 'drop function pg_temp_fault()')
    }
  }

  it.each([['whose disk is full', '53100', /disk .* is full: free some space/], ['that is read-only', '25006', /read-only: .*default_transaction_read_only/]])(
    '%s says cause and cure with 503, writes nothing by halves, and is read all the same', async (_, code, cause) => {
      const user_id = server.user()
      const [id] = await server.api.remember({ user_id, session_id: 's', content: 'The lamp stands on the piano' })
      await server.settled()
      const before = await server.store.counts()
      await failing(code, async () => {
        const refused = [
          await server.api.post<ErrorBody>('/memory', { user_id, session_id: 's', content: 'The second lamp stands in the hall' }),
          await server.api.post<ErrorBody>('/memory/forget', { user_id, id }),
          await server.api.patch<ErrorBody>(`/memory/${id}`, { user_id, content: 'The lamp stands on the table' }),
        ]
        for (const { status, body, headers, text } of refused) {
          expect([status, body.error.code, headers.get('retry-after')]).toEqual([503, 'unavailable', '5'])
          expect(body.error.message).toMatch(cause)
          expect(text).not.toContain('somebody')
        }
        expect((await server.api.recall({ user_id, q: 'lamp' })).results.map((one) => one.id)).toEqual([id])
        expect((await server.api.get<ListBody>('/memory', { user_id })).body.results).toHaveLength(1)
      })
      expect(await server.store.counts()).toEqual(before)
      expect((await server.api.post('/memory', { user_id, content: 'The third lamp stands outside' })).status).toBe(201)
    })
})

describe('a clock that goes back', () => {
  afterEach(() => server.setClock())

  it('neither loses, doubles nor mixes up what is remembered, forgotten and asked again', async () => {
    const user_id = server.user()
    const { api } = server
    const once = { 'Idempotency-Key': 'once' }
    server.setClock('2026-05-01T12:00:00Z')
    const said = { user_id, session_id: 's', content: 'The first buoy is red' }
    const first = (await api.post<RememberBody>('/memory', said, once)).body
    server.setClock('2026-05-01T11:00:00Z')
    expect((await api.post<RememberBody>('/memory', said, once)).body).toEqual(first)
    const [second] = await api.remember({ user_id, session_id: 's', content: 'The second buoy is green' })
    const [third] = await api.remember({ user_id, session_id: 's', content: 'The third buoy beside the old harbour wall is white' })
    const ids = [first.results[0]!.id, second, third]
    expect(new Set(ids).size).toBe(3)
    const found = (await api.post<RecallBody>('/memory/recall', { user_id, q: 'buoy', k: 10 })).body.results
    expect(found.map(({ id }) => id).sort()).toEqual([...ids].sort())
    expect(found.every(({ score }) => score >= 0 && score <= 1)).toBe(true)
    const listed: string[] = []
    let cursor: string | null | undefined
    do {
      const page = (await api.get<ListBody>('/memory', { user_id, limit: 1, cursor: cursor ?? undefined })).body
      listed.push(...page.results.map(({ id }) => id))
      cursor = page.next_cursor
    } while (cursor)
    expect(listed.sort()).toEqual([...ids].sort())

    const one = await api.forget({ user_id, id: second })
    server.setClock('2026-05-01T10:00:00Z')
    const two = await api.forget({ user_id, id: third })
    expect(one.receipt.id).not.toBe(two.receipt.id)
    for (const { receipt } of [one, two]) expect((await api.get(`/memory/forget/receipts/${receipt.id}`, { user_id })).status).toBe(200)
    expect((await api.post<RememberBody>('/memory', { user_id, session_id: 's', content: 'The third buoy beside the old harbour wall is white' })).body.results[0]!.status).toBe('blocked')
    const run = (await api.post<{ runs: { status: string }[] }>('/memory/consolidate', { user_id, day: '2026-05-01', wait: true })).body.runs
    expect(run.map(({ status }) => status)).toEqual(['completed'])
  })
})

describe('a preview token that is older than ten minutes', () => {
  it('is refused by name, and forgets nothing', async () => {
    const user_id = server.user()
    await server.api.remember({ user_id, content: 'The cellar smells of apples' })
    server.setClock('2026-05-01T12:00:00Z')
    const { preview_token } = (await server.api.post<PreviewBody>('/memory/forget', { user_id, query: 'cellar apples' })).body
    server.setClock('2026-05-01T12:10:01Z')
    const refused = await server.api.post<ErrorBody>('/memory/forget', { user_id, preview_token })
    expect([refused.status, refused.body.error.code]).toEqual([409, 'stale_preview'])
    server.setClock()
    expect((await server.api.get<ListBody>('/memory', { user_id })).body.results).toHaveLength(1)
  })
})

describe('a job that failed for good', () => {
  it('is listed with its reason and is tried anew when an administrator says so', async () => {
    jest.spyOn(server.app.get(JobQueue, { strict: false }), 'failed').mockResolvedValueOnce([
      { id: 'dream-1', name: 'dream-run', reason: 'Error 23505', attempts: 5, at: new Date('2026-05-01T12:00:00Z') },
    ])
    expect((await server.api.get<ListBody<object>>('/maintenance/jobs')).body).toEqual({
      results: [{ id: 'dream-1', name: 'dream-run', reason: 'Error 23505', attempts: 5, failed_at: '2026-05-01T12:00:00.000Z' }], next_cursor: null,
    })
    const missing = await server.api.post<ErrorBody>('/maintenance/jobs/dream-1/retry')
    expect([missing.status, missing.body.error.code]).toEqual([404, 'not_found'])
    const { key } = (await server.api.post<{ key: string }>('/keys', { name: 'bot', role: 'service' })).body
    expect((await server.api.with({ 'x-api-key': key }).get('/maintenance/jobs')).status).toBe(403)
  })
})
