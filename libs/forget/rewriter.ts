import { Injectable } from '@nestjs/common'
import { EmbeddingStore, HEADS, TraceReader, TraceWriter } from '#episodic-memory'
import { Clock, type User } from '#kernel'
import { DerivedReader } from './derived.reader'
import { Diary } from './diary'
import { remaining } from './remaining'

/** Takes out of derived traces what only the forgotten said, and out of facts what they knew by it. */
@Injectable()
export class Rewriter {
  constructor(
    private readonly clock: Clock,
    private readonly derived: DerivedReader,
    private readonly traces: TraceReader,
    private readonly writer: TraceWriter,
    private readonly embeddings: EmbeddingStore,
    private readonly diary: Diary,
  ) {}

  /**
   * Rewrites what derives from the traces and has something left. Call inside the transaction, before the traces are erased; answers the ids of
   * the rewritten.
   */
  async withoutSources(user: User, ids: readonly string[]): Promise<string[]> {
    await this.diary.restate(user, ids)
    const rewritten: string[] = []
    for (const one of await this.derived.from(user, ids)) {
      const { content, sentences } = remaining(one)
      if (content === one.content) continue
      await this.writer.rewrite(user.id, one.id, one.content, content)
      if (sentences) {
        const { metadata } = (await this.traces.get(user, one.id))!
        await this.writer.update(user.id, one.id, { metadata: { ...metadata, sentences: sentences.map((sources) => [...sources]) } })
      }
      await this.embeddings.redo(user.id, this.clock.now(), one.id, HEADS)
      rewritten.push(one.id)
    }
    return rewritten
  }
}
