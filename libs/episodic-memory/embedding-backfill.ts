import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
import { EmbeddingUnavailable } from '#embeddings'
import { Sql } from '#database'
import { Clock } from '#kernel'
import { entities } from '#language'
import { EmbeddingStore, type Pending } from './embedding.store'
import { WITH_THOSE_BEFORE } from './neighbours.sql'
import { HEADS, SCENE_TURNS } from './trace'
import { type TraceText, TraceVectors } from './trace-vectors'

const BATCH = 50
const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 60_000

/**
 * Makes the vectors that a write left for later. What is to do stands in memory_embedding_pending, written with the trace, so a
 * crash loses nothing; two processes at once do work twice and store it once. A vector is stored only when it is still asked for as it was
 * before its text was read: what is forgotten or rewritten while the embedder works does not come back by a vector made of it.
 */
@Injectable()
export class EmbeddingBackfill implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(EmbeddingBackfill.name)
  private running: Promise<void> | undefined
  private again = false
  private timer: NodeJS.Timeout | undefined
  private retryMs = FIRST_RETRY_MS
  private stopped = false

  constructor(private readonly sql: Sql, private readonly clock: Clock, private readonly store: EmbeddingStore, private readonly vectors: TraceVectors) {}

  onApplicationBootstrap(): void {
    this.wake()
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true
    clearTimeout(this.timer)
    await this.running
  }

  /** Starts work in the background, unless it is under way already. */
  wake(): void {
    if (this.stopped) return
    this.again = true
    this.running ??= this.work().finally(() => {
      this.running = undefined
    })
  }

  /** Resolves when nothing waits any more, or the embedder failed and a retry is planned. */
  async idle(): Promise<void> {
    await this.running
  }

  private async work(): Promise<void> {
    clearTimeout(this.timer)
    try {
      while (this.again && !this.stopped) {
        this.again = false
        for (let batch = await this.store.pending(BATCH); batch && !this.stopped; batch = await this.store.pending(BATCH)) await this.embed(batch)
      }
      this.retryMs = FIRST_RETRY_MS
    } catch (error) {
      const known = error instanceof EmbeddingUnavailable
      this.logger.warn(`vectors wait ${this.retryMs} ms: ${known ? error.message : (error as Error).name}`)
      this.timer = setTimeout(() => this.wake(), this.retryMs).unref()
      this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS)
    }
  }

  private async embed({ userId, noted }: { userId: string; noted: readonly Pending[] }): Promise<void> {
    const scope = { userId }
    const heads = HEADS.filter((head) => noted.some((n) => n.head === head))
    const rows = await this.sql.many<Omit<TraceText, 'names'>>(scope, WITH_THOSE_BEFORE, [userId, noted.map((n) => n.traceId), SCENE_TURNS])
    const texts = rows.map((row): TraceText => ({ ...row, names: entities(row.content, row.speaker ?? undefined).map((e) => e.name) }))
    const vectors = await this.vectors.of(texts, heads)
    await this.store.ensureMonths(texts.map((t) => t.occurredAt))
    await this.sql.transaction(scope, async () => {
      const key = ({ traceId, head }: Pick<Pending, 'traceId' | 'head'>): string => `${traceId} ${head}`
      const wanted = new Set((await this.store.settle(userId, noted)).map(key))
      await this.store.insert(userId, this.vectors.model, this.clock.now(), vectors.filter((v) => wanted.has(key(v))))
    })
  }
}
