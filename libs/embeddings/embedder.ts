import type { Vector } from '#kernel'

/** What the text is for; some models embed questions and documents differently. */
export type EmbeddingPurpose = 'query' | 'document'

/**
 * Turns texts into vectors of the store's form (unit length, EMBEDDING_DIM long). Port and injection token.
 * A query is only ever compared with vectors of the same `model`.
 */
export abstract class Embedder {
  /** Name stored beside each vector. */
  abstract readonly model: string
  /** EMBEDDING_DIM. */
  abstract readonly dim: number

  /**
   * One vector a text, in order. Queries go before waiting documents.
   * @throws EmbeddingUnavailable when the provider fails, times out or answers with a malformed vector
   */
  abstract embed(texts: readonly string[], purpose: EmbeddingPurpose): Promise<Vector[]>

  /** Splits long content at sentence ends into pieces that the model reads whole; short content is one piece. */
  abstract chunk(text: string): string[]

  /** Drops every vector that is kept for the next time its text is asked for, those under way included. */
  letGo(): void {}

  /** Releases threads and connections. */
  async close(): Promise<void> {}
}

/** The provider is down, slow, or answers nonsense. The rest of the product goes on without vectors. */
export class EmbeddingUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EmbeddingUnavailable'
  }
}
