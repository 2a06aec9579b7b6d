import { Module, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { loadSettings } from '#config'
import { Database, Sql } from '#database'
import { CachedEmbedder, Embedder } from '#embeddings'
import { EmbeddingStore } from '#episodic-memory'
import { DreamModule, DreamSchedule, DreamSettings } from '#dream'
import { ForgetModule } from '#forget'
import { JobQueue } from '#jobs'
import { Clock, FixedClock, Secrets } from '#kernel'
import { LlmModule } from '#llm'
import { RecallModule, RecallSettings } from '#recall'
import { RememberModule, RememberSettings } from '#remember'
import { WorkingMemoryModule } from '#working-memory'
import { openTestDatabase } from '../../libs/database/testing'
import { HashEmbedder } from '../../libs/embeddings/testing'
import { MIGRATIONS } from '../../migrations'

/** The flows over one store, with a clock that stands and vectors of hashed words; working memory is in this process. */
export interface Flows {
  readonly clock: FixedClock
  readonly embedder: HashEmbedder
  readonly sql: Sql
  get<T>(part: Type<T> | (abstract new (...args: never[]) => T) | symbol): T
  close(): Promise<void>
}

/** @param embedded also where there is a server */
export async function openFlows(at = '2025-06-01T10:00:00Z', embedded = false): Promise<Flows> {
  const database = await openTestDatabase({ migrations: MIGRATIONS, embedded })
  const clock = new FixedClock(new Date(at))
  const embedder = new HashEmbedder(768)
  const platform = {
    module: class Platform {}, global: true,
    providers: [
      { provide: Database, useValue: database }, { provide: Sql, useValue: database.sql }, { provide: Clock, useValue: clock },
      // What is asked for is done by the test itself.
      { provide: JobQueue, useValue: { add: async () => undefined } },
      { provide: Embedder, useValue: new CachedEmbedder(embedder, 100) }, { provide: Secrets, useValue: new Secrets('a secret for tests') },
    ],
    exports: [Database, Sql, Clock, Embedder, Secrets, JobQueue],
  }
  class App {}
  Module({
    imports: [platform, LlmModule.forRoot(loadSettings({}).llm), WorkingMemoryModule.forRoot({ maxItems: 64, ttlSeconds: 3600 }), ForgetModule.forRoot(undefined),
      RememberModule.forRoot(new RememberSettings(0.35, 30, 'UTC')), RecallModule.forRoot(new RecallSettings({ hotDays: 30, coldDays: 365 }, 'UTC')),
      DreamModule.forRoot(new DreamSettings(new DreamSchedule(undefined), 'UTC', 7), false)],
  })(App)
  const app = await NestFactory.createApplicationContext(App, { logger: ['error', 'warn'], abortOnError: false })
  await app.get(EmbeddingStore, { strict: false }).open('hash', 768, 'fp16')
  return {
    clock, embedder, sql: database.sql, get: (part) => app.get(part, { strict: false }),
    close: async () => {
      await app.close()
      await database.close()
    },
  }
}
