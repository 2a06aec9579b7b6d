import { Injectable } from '@nestjs/common'
import { Embedder, EmbeddingUnavailable } from '#embeddings'
import type { HeadVector } from './embedding.store'
import { sceneText } from './scene'
import type { Head } from './trace'

/** What the vectors of a trace are made of. */
export interface TraceText {
  readonly id: string
  readonly speaker: string | null
  readonly role: string
  readonly content: string
  readonly occurredAt: Date
  /** Names in it, canonical, speaker included. */
  readonly names: readonly string[]
  /** The turns before it in its session, oldest first, as far as it goes on from them. */
  readonly before: readonly string[]
}

/** Pieces of one trace's content that are embedded; what lies beyond is found by its words. */
const MAX_CHUNKS = 64

/** Makes the vectors of traces: content in pieces, names, scene. */
@Injectable()
export class TraceVectors {
  constructor(private readonly embedder: Embedder) {}

  get model(): string {
    return this.embedder.model
  }

  /** All vectors of all traces, of the heads asked for, in one batch. @throws EmbeddingUnavailable */
  async of(traces: readonly TraceText[], heads: readonly Head[]): Promise<HeadVector[]> {
    const slots: { traceId: string; head: Head; chunk: number; occurredAt: Date; text: string }[] = []
    for (const t of traces) {
      const add = (head: Head, texts: readonly string[]): void => {
        if (heads.includes(head)) texts.forEach((text, chunk) => slots.push({ traceId: t.id, head, chunk, occurredAt: t.occurredAt, text }))
      }
      add('semantic', this.embedder.chunk(t.content).slice(0, MAX_CHUNKS))
      add('entity', [t.names.length > 0 ? t.names.join(', ') : (t.speaker ?? t.role)])
      add('situation', [sceneText(t.before, t.content)])
    }
    const vectors = await this.embedder.embed(slots.map((slot) => slot.text), 'document')
    return slots.map(({ text: _, ...slot }, i) => ({ ...slot, vec: vectors[i]! }))
  }

  /** The same; undefined when the embedder does not answer: what they are of is stored all the same, and vectors follow. */
  async ofOrLater(traces: readonly TraceText[], heads: readonly Head[]): Promise<HeadVector[] | undefined> {
    try {
      return await this.of(traces, heads)
    } catch (error) {
      if (error instanceof EmbeddingUnavailable) return undefined
      throw error
    }
  }
}
