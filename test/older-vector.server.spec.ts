import { createOnServer, makeVectorOlder, testServer } from '../libs/database/testing'
import { startServer, type TestServer } from './support/server'

describe('on a Postgres whose pgvector has no halfvec', () => {
  let server: TestServer
  let drop: () => Promise<void>
  beforeAll(async () => {
    const database = await createOnServer(testServer()!)
    drop = database.drop
    await makeVectorOlder(database.url)
    server = await startServer({ DATABASE_URL: database.url })
  })
  afterAll(async () => {
    await server?.close()
    await drop?.()
  })

  it('memories are kept as vector, found by it, and forgotten', async () => {
    const user = server.user()
    const [id] = await server.api.remember({ user_id: user, content: 'The lighthouse keeper paints boats in winter' })
    await server.api.remember({ user_id: user, content: 'Supper is at seven' })
    const { results, degraded } = await server.api.recall({ user_id: user, q: 'paints boats', explain: true })
    expect(degraded).toEqual([])
    expect(results[0]).toMatchObject({ id, scores: { semantic: expect.any(Number) } })
    expect(results[0]!.scores!.semantic).toBeGreaterThan(0)
    expect((await server.api.forget({ user_id: user, id })).forgotten).toMatchObject({ traces: 1, embeddings: 3 })
    expect((await server.api.get<{ status: string; vector_extension: string }>('/health')).body).toMatchObject({ status: 'ok', vector_extension: '0.6.2' })
  })
})
