import { DreamScheduler } from '#dream'
import { userUuid } from '#kernel'
import { startServer, type TestServer } from './support/server'
import type { ListBody } from './support/wire'

interface Dream {
  id: string
  day: string
  status: string
  error?: string
  changes: unknown[]
}
interface Status {
  queue: { jobs: { waiting: number; active: number; delayed: number } }
}

const TALK = [
  'The harbour was closed because of the storm.', 'We waited for the ferry until noon and read the papers.', 'The ferry left at three.', 'Nobody was seasick on the ferry, not even Ben.',
]

describe('the night', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ DREAM_SCHEDULE: '0 3 * * *' })
    // The plan that is made at start, by the real clock.
    await quiet()
  })
  afterEach(() => server.store.run('delete from memory_user'))
  afterAll(() => server?.close())

  const tell = async (user: string, day: string): Promise<void> => {
    await server.api.remember({ user_id: user, messages: TALK.map((content, i) => ({ content: `${content} (${day})`, occurred_at: `${day}T1${i}:00:00Z` })) })
  }
  /** Has what is due planned at an instant, and resolves when that and whatever is to be done at once is done. */
  const tickAt = async (at: string): Promise<Status['queue']['jobs']> => {
    server.setClock(at)
    await server.worker.get(DreamScheduler, { strict: false }).tick()
    return quiet()
  }
  const quiet = async (): Promise<Status['queue']['jobs']> => {
    for (;;) {
      const { jobs } = (await server.api.get<Status>('/memory/status')).body.queue
      if (jobs.waiting === 0 && jobs.active === 0) return jobs
    }
  }
  const dreams = async (user: string): Promise<string[][]> =>
    (await server.api.get<ListBody<Dream>>('/memory/dreams', { user_id: user })).body.results.map((run) => [run.day, run.status]).reverse()

  it('dreams of the day before at three in the morning where the user lives, and not earlier', async () => {
    server.setClock('2025-05-08T15:00:00Z')
    const [lisbon, tokyo] = [server.user(), server.user()]
    await server.api.put(`/users/${tokyo}`, { time_zone: 'Asia/Tokyo' })
    await server.api.put(`/users/${lisbon}`, { time_zone: 'Europe/Lisbon' })
    for (const user of [lisbon, tokyo]) await tell(user, '2025-05-08')
    await tickAt('2025-05-08T17:55:00Z')
    expect([await dreams(lisbon), await dreams(tokyo)]).toEqual([[], []])
    await tickAt('2025-05-08T20:00:00Z')
    expect([await dreams(lisbon), await dreams(tokyo)]).toEqual([[], [['2025-05-08', 'completed']]])
    await tickAt('2025-05-09T04:00:00Z')
    expect(await dreams(lisbon)).toEqual([['2025-05-08', 'completed']])
  })

  it('is planned once by many, and begins for each at a minute of their own', async () => {
    server.setClock('2025-05-10T15:00:00Z')
    const users = Array.from({ length: 6 }, () => server.user())
    for (const user of users) await tell(user, '2025-05-10')
    server.setClock('2025-05-11T03:00:30Z')
    const scheduler = server.worker.get(DreamScheduler, { strict: false })
    await Promise.all([scheduler.tick(), scheduler.tick(), scheduler.tick()])
    const { delayed } = await tickAt('2025-05-11T03:00:30Z')
    expect(delayed).toBeGreaterThanOrEqual(5)
    await tickAt('2025-05-11T03:05:30Z')
    for (const user of users) expect(await dreams(user)).toHaveLength(1)
  })

  it('catches up with nights that nobody planned', async () => {
    server.setClock('2025-06-01T15:00:00Z')
    const user = server.user()
    for (const day of ['2025-06-01', '2025-06-02', '2025-06-03']) await tell(user, day)
    await tickAt('2025-06-04T12:00:00Z')
    expect(await dreams(user)).toEqual([['2025-06-01', 'completed'], ['2025-06-02', 'completed'], ['2025-06-03', 'completed']])
    await tickAt('2025-06-05T12:00:00Z')
    expect(await dreams(user)).toHaveLength(3)
  })

  it('leaves a history that was imported today to the next night', async () => {
    server.setClock('2025-07-01T15:00:00Z')
    const user = server.user()
    await tell(user, '2024-01-01')
    await tickAt('2025-07-01T16:00:00Z')
    expect(await dreams(user)).toEqual([])
    await tickAt('2025-07-02T05:00:00Z')
    expect(await dreams(user)).toEqual([['2024-01-01', 'completed']])
  })
})

describe('a run', () => {
  let server: TestServer
  let user: string
  const DAY = '2025-05-08'
  beforeAll(async () => {
    server = await startServer()
  })
  beforeEach(async () => {
    user = server.user()
    await server.api.remember({ user_id: user, messages: TALK.map((content, i) => ({ content, occurred_at: `${DAY}T1${i}:00:00Z` })) })
  })
  afterAll(() => server?.close())

  const dream = async (more: Record<string, unknown> = {}): Promise<Dream> =>
    (await server.api.post<{ runs: Dream[] }>('/memory/consolidate', { user_id: user, day: DAY, wait: true, ...more })).body.runs[0]!
  const summaries = (): Promise<number> => server.store.count('memory_trace', `user_id = $1 and kind = 'summary'`, [userUuid(user)])
  const leaseUntil = (id: string, when: string): Promise<number> =>
    server.store.run(`update dream_run set status = 'running', worker = gen_random_uuid(), lease_until = now() + $2::interval where id = $1`, [id, when])

  it('is dreamt once by however many begin it', async () => {
    const answers = await Promise.all([dream(), dream(), dream(), server.api.post<{ run_ids: string[] }>('/memory/consolidate', { user_id: user, day: DAY })])
    expect(new Set(answers.map((answer) => ('id' in answer ? answer.id : answer.body.run_ids[0])))).toHaveProperty('size', 1)
    expect(answers[0]).toMatchObject({ status: 'completed' })
    expect(await summaries()).toBe(1)
  })

  it('is taken over from a worker that died, and not from one that lives', async () => {
    const { id } = await dream({ dry_run: true })
    await server.store.run('delete from dream_change where run_id = $1', [id])
    await leaseUntil(id, '-1 second')
    expect(await dream({ dry_run: true })).toMatchObject({ id, status: 'completed', changes: expect.arrayContaining([expect.anything()]) })
    await server.store.run('delete from dream_change where run_id = $1', [id])
    await leaseUntil(id, '1 second')
    const lease = Date.now() + 900
    expect(await dream({ dry_run: true })).toMatchObject({ id, status: 'completed' })
    expect(Date.now()).toBeGreaterThan(lease)
  })

  it('that fails leaves nothing but its error, and succeeds when it is asked for again', async () => {
    await server.store.run(`alter table dream_change add constraint broken check (op <> 'create') not valid`)
    const before = await server.store.counts()
    const failed = await dream()
    expect(failed).toMatchObject({ status: 'failed', error: 'error 23514', changes: [] })
    expect(await server.store.counts()).toEqual({ ...before, dream_run: before.dream_run! + 1 })
    await server.store.run('alter table dream_change drop constraint broken')
    expect(await dream()).toMatchObject({ id: failed.id, status: 'completed' })
    expect(await summaries()).toBe(1)
  })

  it('whose day has changed since it was planned dreams of the day as it is', async () => {
    const { body } = await server.api.post<{ run_ids: string[] }>('/memory/consolidate', { user_id: user, day: DAY, dry_run: true })
    await server.api.remember({ user_id: user, content: 'The ferry of three was late again because of the harbour.', occurred_at: `${DAY}T20:00:00Z` })
    const run = await dream()
    expect(run).toMatchObject({ status: 'completed' })
    expect(run.id).not.toBe(body.run_ids[0])
    expect(await summaries()).toBe(1)
  })
})
