import { Injectable } from '@nestjs/common'
import { EmbeddingBackfill, EmbeddingStore, HEADS, type HeadVector, TraceReader, type TraceText, TraceVectors } from '#episodic-memory'
import type { User } from '#kernel'
import { FocusBuffer, type FocusItem } from '#working-memory'
import { type Recording, TraceRecorder } from './trace-recorder'

/** Everything that a new trace enters: vectors and long-term memory, then working memory. */
@Injectable()
export class Tiers {
  constructor(
    private readonly recorder: TraceRecorder,
    private readonly vectors: TraceVectors,
    private readonly embeddings: EmbeddingStore,
    private readonly backfill: EmbeddingBackfill,
    private readonly focus: FocusBuffer,
    private readonly reader: TraceReader,
  ) {}

  /** Name of the model that makes the vectors. */
  get model(): string {
    return this.vectors.model
  }

  /**
   * Readies what must happen outside of the transaction: months' partitions, and vectors of all heads. Undefined when the embedder
   * does not answer: the traces are stored all the same, and vectors follow.
   */
  async prepare(texts: readonly TraceText[]): Promise<HeadVector[] | undefined> {
    await this.embeddings.ensureMonths(texts.map((t) => t.occurredAt))
    return this.vectors.ofOrLater(texts, HEADS)
  }

  /** Writes new turns. Call inside a transaction, under the user's lock. */
  async record(user: User, recording: Omit<Recording, 'model'>): Promise<void> {
    await this.recorder.record(user, { ...recording, model: this.model })
  }

  /** Makes the vectors that a write left for later, in the background. */
  makeVectorsLater(): void {
    this.backfill.wake()
  }

  /** Once the traces are stored, but for those that were forgotten since. Answers what was degraded: without working memory they are remembered all the same. */
  async keepInMind(user: User, items: readonly FocusItem[]): Promise<readonly 'focus'[]> {
    const { failed } = await this.focus.tolerating(async () => {
      await this.focus.add(user, items)
      await this.focus.living(user, items, (ids) => this.reader.existing(user, ids))
    })
    return failed ? ['focus'] : []
  }

  async dropFromMind(user: User, ids: readonly string[]): Promise<void> {
    await this.focus.tolerating(() => this.focus.remove(user, ids))
  }
}
