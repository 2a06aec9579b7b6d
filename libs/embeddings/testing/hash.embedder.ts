import { normalise, type Vector } from '#kernel'
import { chunkText } from '../chunk'
import { Embedder, EmbeddingUnavailable, type EmbeddingPurpose } from '../embedder'
import { bagOfWords } from './bag-of-words'

/** A fast deterministic Embedder for tests: a hashed bag of words, so texts with common words are near. */
export class HashEmbedder extends Embedder {
  /** While true every `embed` fails with EmbeddingUnavailable. */
  down = false
  /** Every call so far, failed ones included. */
  readonly calls: { texts: readonly string[]; purpose: EmbeddingPurpose }[] = []
  closed = false

  constructor(readonly dim = 768, readonly model = 'hash', private readonly maxChunkChars = 400) {
    super()
  }

  async embed(texts: readonly string[], purpose: EmbeddingPurpose): Promise<Vector[]> {
    this.calls.push({ texts: [...texts], purpose })
    if (this.down) throw new EmbeddingUnavailable('the test embedder is down')
    return texts.map((text) => this.vectorOf(text))
  }

  vectorOf(text: string): Vector {
    return normalise(bagOfWords(text, this.dim), this.dim)
  }

  chunk(text: string): string[] {
    return chunkText(text, { maxChars: this.maxChunkChars })
  }

  override async close(): Promise<void> {
    this.closed = true
  }
}
