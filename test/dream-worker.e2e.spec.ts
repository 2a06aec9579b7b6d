import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testServer } from '../libs/database/testing'
import { OpenAiServer } from '../libs/embeddings/testing'
import { freePort } from './servers/free-port'
import { Child, ensureBuilt, Program } from './support/built'
import { type FreshStore, freshStore } from './support/fresh-store'
import type { ListBody } from './support/wire'

const DAYS = 40

/** A dream-worker as a process of its own. */
class WorkerProcess extends Program {
  constructor(cwd: string, env: Record<string, string>) {
    super('dream-worker/main.js', cwd, env)
  }

  /** Resolves when it says that it works. */
  ready(): Promise<this> {
    return this.says('works')
  }
}

describe('dream-worker', () => {
  let folder: string
  const workers: WorkerProcess[] = []
  const start = (env: Record<string, string>): WorkerProcess => {
    const worker = new WorkerProcess(folder, env)
    workers.push(worker)
    return worker
  }
  beforeAll(() => {
    ensureBuilt()
    folder = mkdtempSync(join(tmpdir(), 'reverie-worker-'))
  })
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.kill('SIGKILL')))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('is refused on an embedded store, which belongs to one process', async () => {
    const worker = start({})
    expect(await worker.exited).toBe(1)
    expect(worker.errors).toMatch(/embedded store.*\n.*DATABASE_URL/)
  })

  // Needs a server of Postgres: with TEST_DATABASE_URL.
  const onServer = testServer() ? describe : describe.skip
  onServer('on Postgres and Redis', () => {
    let embedder: OpenAiServer
    let api: Child
    let store: FreshStore
    let env: Record<string, string>
    beforeAll(async () => {
      embedder = await OpenAiServer.start()
      store = await freshStore(folder)
      env = {
        ...store.env, DREAM_SCHEDULE: 'off', EMBEDDING_PROVIDER: 'openai', EMBEDDING_MODEL: 'hash', EMBEDDING_BASE_URL: embedder.url,
      }
      api = await Child.start({ ...env, DATA_DIR: join(folder, 'data'), PORT: String(await freePort()) }).ready()
    })
    afterAll(async () => {
      await api?.kill('SIGKILL')
      await store?.drop()
      await embedder?.close()
    })

    const dreams = async (status?: string): Promise<unknown[]> =>
      (await api.api.get<ListBody<unknown>>('/memory/dreams', { user_id: 'ana', limit: 200, status })).body.results
    const until = async (enough: () => Promise<boolean>): Promise<void> => {
      while (!await enough());
    }

    it('dreams what the api was asked for, with others, and neither doubles nor loses a day when one of them is killed', async () => {
      const days = Array.from({ length: DAYS }, (_, i) => new Date(Date.UTC(2025, 0, 1 + i)).toISOString().slice(0, 10))
      for (const day of days) {
        await api.api.remember({ user_id: 'ana', messages: ['The harbour was closed because of the storm.', 'We waited for the ferry until noon.', 'Nobody was seasick, not even Ben.']
          .map((content, i) => ({ content: `${content} (${day})`, occurred_at: `${day}T1${i}:00:00Z` })) })
      }
      const [first, second] = await Promise.all([start(env).ready(), start({ ...env, WORKER_PORT: '0' }).ready()])
      expect(first.output).toMatch(/dream-worker works \(Postgres at .*, jobs in Redis\)/)
      expect(first.errors).toContain('DREAM_SCHEDULE=off')
      const { status, body } = await api.api.post<{ run_ids: string[] }>('/memory/consolidate', { user_id: 'ana' })
      expect(status).toBe(202)
      expect(body.run_ids).toHaveLength(DAYS)
      await until(async () => (await dreams('completed')).length >= 3)
      expect(await first.kill('SIGKILL')).toBe('SIGKILL')
      await until(async () => (await dreams('completed')).length >= 10)
      expect(await second.kill('SIGTERM')).toBe(0)
      await start(env).ready()
      await until(async () => (await dreams('completed')).length === DAYS)
      const summaries = (await api.api.get<ListBody>('/memory', { user_id: 'ana', kind: 'summary', limit: 200 })).body.results
      expect(summaries.map((s) => s.metadata.day).sort()).toEqual(days)
      expect(await dreams()).toHaveLength(DAYS)
    })

    it('tells its health, and that the queue does not answer', async () => {
      const port = await freePort()
      await start({ ...env, WORKER_PORT: String(port) }).ready()
      const health = await fetch(`http://127.0.0.1:${port}/health`)
      expect([health.status, await health.json()]).toEqual([200, { status: 'ok', queue: expect.objectContaining({ failed: 0 }) }])
      expect((await fetch(`http://127.0.0.1:${port}/else`)).status).toBe(404)
      const lost = await freePort()
      await start({ ...env, JOBS_REDIS_URL: 'redis://127.0.0.1:1', WORKER_PORT: String(lost) }).ready()
      expect((await fetch(`http://127.0.0.1:${lost}/health`)).status).toBe(503)
    })
  })
})
