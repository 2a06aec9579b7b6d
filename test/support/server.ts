import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { INestApplication, INestApplicationContext } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { loadSettings } from '#config'
import { Sql } from '#database'
import { EmbeddingBackfill } from '#episodic-memory'
import { Clock, userUuid } from '#kernel'
import { RecallLog, Reinforcement } from '#recall'
import { createApp } from '../../apps/api/app'
import { appModule } from '../../apps/api/app.module'
import { createLogger } from '../../apps/api/http/logging'
import { apiWorks } from '../../apps/composition/libs'
import { WorkerModule } from '../../apps/dream-worker/worker.module'
import { OpenAiServer } from '../../libs/embeddings/testing'
import { Api } from './api'
import { type FreshStore, freshStore } from './fresh-store'
import { Store } from './store'

/** The product in this process, over real HTTP, on a store of its own. */
export class TestServer {
  readonly api: Api
  readonly store: Store
  private people = 0

  /**
   * @param worker what does the jobs: the app itself, or, on a server, a dream-worker beside it
   * @param env settings that lead another process to the same store and embedder
   */
  constructor(
    readonly app: INestApplication, readonly worker: INestApplicationContext, readonly url: string, readonly embedder: OpenAiServer,
    readonly env: Readonly<Record<string, string>>, private readonly cleanup: () => Promise<void>,
  ) {
    this.api = new Api(url)
    this.store = new Store(app.get(Sql, { strict: false }))
  }

  /** A user whom no other test knows. */
  user(name = 'someone'): string {
    return `${name}-${++this.people}`
  }

  /** Stops the product's clock at an instant, or lets it go on. */
  setClock(at?: Date | string): void {
    for (const part of [this.app, this.worker]) part.get(Clock, { strict: false }).now = () => (at === undefined ? new Date() : new Date(at))
  }

  /** Resolves when what the product does after its answers is done: vectors that follow, recalls that are counted. */
  async settled(): Promise<void> {
    await this.app.get(EmbeddingBackfill, { strict: false }).idle()
    await this.app.get(Reinforcement, { strict: false }).idle()
    await this.app.get(RecallLog, { strict: false }).idle()
  }

  /** Has the vectors made that a failure left for later, and resolves when the user misses none. */
  async vectorsFollow(userId: string): Promise<void> {
    const backfill = this.app.get(EmbeddingBackfill, { strict: false })
    do {
      backfill.wake()
      await backfill.idle()
    } while (await this.store.count('memory_embedding_pending', 'user_id = $1', [userUuid(userId)]) > 0)
  }

  async close(): Promise<void> {
    this.setClock()
    await this.cleanup()
  }
}

/**
 * Starts the product built from source, with settings like an environment. Unless told otherwise its vectors come from a server that
 * hashes words (alike where words are shared), and its store is embedded in a folder of its own, or a fresh
 * one on the servers that the tests have.
 * @param worker whether, on a server, there is a dream-worker beside it
 * @param kept a store that outlives this server
 */
export async function startServer(env: Record<string, string> = {}, { worker: beside = true, kept }: { worker?: boolean; kept?: FreshStore } = {}): Promise<TestServer> {
  const embedder = await OpenAiServer.start()
  const dir = mkdtempSync(join(tmpdir(), 'reverie-test-'))
  const store = kept ?? await freshStore(dir)
  const all = {
    HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'silent', DREAM_SCHEDULE: 'off', MAINTENANCE_SCHEDULE: 'off',
    EMBEDDING_PROVIDER: 'openai', EMBEDDING_MODEL: 'hash', EMBEDDING_BASE_URL: embedder.url, EMBEDDING_CACHE_SIZE: '0', EMBEDDING_TIMEOUT_MS: '2000',
    // Servers that every suite shares may be busy.
    DATABASE_TIMEOUT_MS: '30000',
    ...store.env, ...env,
  }
  const settings = loadSettings(all)
  const logger = createLogger(settings)
  const clean = async (): Promise<void> => {
    await embedder.close()
    if (!kept) await store.drop()
    for (const path of [dir, `${dir}.secret`, `${dir}.tombstones`]) rmSync(path, { recursive: true, force: true })
  }
  try {
    const { nest, stop } = await createApp(appModule(settings, logger), settings, logger)
    await nest.listen(0, '127.0.0.1')
    const { port } = nest.getHttpServer().address() as AddressInfo
    const worker = apiWorks(settings) || !beside ? nest : await NestFactory.createApplicationContext(WorkerModule.forRoot(settings), { logger: false, abortOnError: false })
    return new TestServer(nest, worker, `http://127.0.0.1:${port}`, embedder, all, async () => {
      if (worker !== nest) await worker.close()
      await stop()
      await clean()
    })
  } catch (error) {
    await clean()
    throw error
  }
}
