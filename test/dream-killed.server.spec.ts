import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { JobQueue } from '#jobs'
import { userUuid } from '#kernel'
import { ensureBuilt, Program } from './support/built'
import { FULL_DAY, FULL_EVE, NOW, tellFullDay } from './support/full-day'
import { startServer, type TestServer } from './support/server'
import type { ListBody } from './support/wire'

const KILLS = 20
const SEED = 6
/** Workers at a time. */
const CREW = 4
/** Jobs that a worker does at once. */
const CONCURRENCY = 2
/** What workers call themselves to Postgres. */
const WORKER = 'worker-to-kill-'

interface Run {
  id: string
  day: string
  status: string
}

/** Numbers from 0 to 1, the same for a seed: mulberry32. */
function random(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

describe('dream-workers on Postgres and Redis', () => {
  let server: TestServer
  let user: string
  let folder: string
  /** What was before, what is after a dream that nobody interrupts, and how many statements that takes. */
  let before: string
  let after: string
  let statements: number
  let run: Run
  const workers: Program[] = []
  let jobs = 0

  /** @param dies as of dies.cjs */
  const start = (dies: Record<string, string> = {}): Program => {
    const own = { DATABASE_URL: `${server.env.DATABASE_URL!}?application_name=${WORKER}${workers.length}`, NODE_OPTIONS: `--require ${join(__dirname, 'support/dies.cjs')}`, NOW }
    const worker = new Program('dream-worker/main.js', folder, { ...server.env, ...own, ...dies })
    workers.push(worker)
    return worker
  }
  const memory = async (): Promise<string> => {
    const { status, text } = await server.api.post('/memory/export', { user_id: user })
    expect(status).toBe(200)
    return JSON.stringify([text.split('\n'), await server.store.dump(userUuid(user), { places: false })], null, 1)
  }
  const ask = (more: Record<string, unknown>): ReturnType<typeof server.api.post<{ runs: Run[]; run_ids: string[] }>> =>
    server.api.post('/memory/consolidate', { user_id: user, day: FULL_DAY, ...more })
  /** Resolves when the run has ended, whoever dreams it. */
  const ended = async (): Promise<undefined> => void await server.api.get(`/memory/dreams/${run.id}/events`, { user_id: user })
  /** One more job that says to dream of the day: twice does no harm, and none is done as long as a job of its name is. */
  const job = (): Promise<void> => server.app.get(JobQueue, { strict: false }).add('dream-run', { user: userUuid(user), run: run.id }, { id: `again-${++jobs}` })

  /** Takes the dream back, and has it dreamt anew. */
  const again = async (): Promise<void> => {
    expect((await server.api.post(`/memory/dreams/${run.id}/undo`, { user_id: user })).status).toBe(200)
    expect(await memory()).toBe(before)
    expect((await ask({ force: true })).body.run_ids).toEqual([run.id])
    await job()
  }
  /** What half a minute after its death would bring: a worker's run is taken for abandoned, and its job is another's. */
  const bury = async (worker: Program): Promise<void> => {
    expect(await worker.exited).toBe('SIGKILL')
    // What it sent last may still be under way.
    while (await server.store.count('pg_stat_activity', 'application_name = $1', [`${WORKER}${workers.indexOf(worker)}`]) > 0);
    await server.store.run(`update dream_run set lease_until = now() - interval '1 second' where status = 'running'`)
    await job()
  }

  beforeAll(async () => {
    ensureBuilt()
    folder = mkdtempSync(join(tmpdir(), 'reverie-killed-'))
    server = await startServer({}, { worker: false })
    user = server.user()
    await tellFullDay(server.api, user, (at) => server.setClock(at))
    before = await memory()
    const queries = jest.spyOn(Client.prototype, 'query')
    run = (await ask({ wait: true })).body.runs[0]!
    statements = queries.mock.calls.length
    queries.mockRestore()
    after = await memory()
  })
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.kill('SIGKILL')))
  })
  afterAll(async () => {
    await server?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('leave what one leaves that nobody kills, though twenty of them are killed, each at another statement', async () => {
    const draw = random(SEED)
    const isWhole = async (): Promise<void> => expect(await memory()).toBe(after)
    let whole = 0
    await again()
    let dreamt = ended()
    for (const crew: Program[] = []; workers.length < KILLS || crew.length > 0;) {
      while (crew.length < CREW && workers.length < KILLS) crew.push(start({ DIE_AT: String(1 + Math.floor(draw() * statements)), DIE: draw() < 0.5 ? 'unsent' : 'sent' }))
      const dead = await Promise.race([dreamt, ...crew.map((worker) => worker.exited.then(() => worker))])
      if (dead) {
        crew.splice(crew.indexOf(dead), 1)
        await bury(dead)
      } else {
        await isWhole()
        whole++
        await again()
        dreamt = ended()
      }
    }
    start()
    await dreamt
    await isWhole()
    expect(whole).toBeGreaterThan(0)
  }, 300_000)

  it('dream a day once, though all that each of them can do at once is to dream of it', async () => {
    await again()
    for (let i = 2; i < 2 * CONCURRENCY; i++) await job()
    await Promise.all([start().says('works'), start().says('works')])
    await ended()
    expect(await memory()).toBe(after)
    const { results } = (await server.api.get<ListBody<Run>>('/memory/dreams', { user_id: user })).body
    expect(results.map(({ day, status }) => [day, status])).toEqual([[FULL_DAY, 'completed'], [FULL_EVE, 'completed']])
  })

  it('change nothing when the day is dreamt of again', async () => {
    expect((await ask({ force: true })).body.run_ids).toEqual([run.id])
    expect((await ask({ day: undefined })).body.run_ids).toEqual([])
    expect((await ask({ wait: true, force: true })).body.runs).toMatchObject([{ id: run.id, status: 'completed' }])
    expect(await memory()).toBe(after)
  })
})
