import { Maintenance, MaintenanceScheduler } from '#maintenance'
import { startServer, type TestServer } from './support/server'

interface Status {
  maintenance: { at: string; steps: { name: string; error: string | null }[] } | null
  partitions: { name: string; tier: string }[]
  queue: { jobs: { waiting: number; active: number } }
}

describe('the maintenance of a night', () => {
  let server: TestServer
  let runs: jest.SpyInstance
  beforeAll(async () => {
    server = await startServer({ MAINTENANCE_SCHEDULE: '0 5 * * *', DEFAULT_TIME_ZONE: 'Europe/Lisbon' })
    runs = jest.spyOn(server.worker.get(Maintenance, { strict: false }), 'run')
  })
  afterAll(() => server?.close())

  const status = async (): Promise<Status> => (await server.api.get<Status>('/memory/status')).body
  /** Has what is due planned at an instant by several at once, and resolves when it is done. */
  const tickAt = async (at: string): Promise<Status> => {
    server.setClock(at)
    const scheduler = server.worker.get(MaintenanceScheduler, { strict: false })
    await Promise.all([scheduler.tick(), scheduler.tick(), scheduler.tick()])
    for (;;) {
      const now = await status()
      if (now.queue.jobs.waiting === 0 && now.queue.jobs.active === 0) return now
    }
  }

  it('is done once, however often it is asked for, and told by the status', async () => {
    expect((await status()).maintenance).toBeNull()
    const { maintenance } = await tickAt('2025-05-08T04:00:10Z')
    expect(maintenance).toEqual({
      at: '2025-05-08T04:00:10.000Z',
      steps: ['ledger', 'expired', 'diaries', 'purge', 'months', 'cold', 'kinds', 'indexes', 'vacuum'].map((name) => ({ name, ms: expect.any(Number), did: expect.any(Array), error: null })),
    })
    expect((await tickAt('2025-05-08T15:00:00Z')).maintenance).toEqual(maintenance)
    expect((await tickAt('2025-05-09T03:59:59Z')).maintenance).toEqual(maintenance)
    expect(runs).toHaveBeenCalledTimes(1)
  })

  it('is made up for when nobody was there at its hour', async () => {
    runs.mockClear()
    expect((await tickAt('2025-05-11T19:30:00Z')).maintenance).toMatchObject({ at: '2025-05-11T19:30:00.000Z' })
    expect(runs).toHaveBeenCalledTimes(1)
  })

  it('shows how old each month is', async () => {
    for (const day of ['2023-01-10', '2025-01-10']) await server.api.remember({ user_id: server.user(), content: 'The ferry was late again.', occurred_at: `${day}T12:00:00Z` })
    const { partitions } = await tickAt('2025-05-12T04:00:00Z')
    const tier = (month: string): string | undefined => partitions.find(({ name }) => name === `memory_embedding_${month}`)?.tier
    expect(['2023_01', '2025_01', '2025_05', '2025_07'].map(tier)).toEqual(['cold', 'warm', 'hot', 'hot'])
  })
})
