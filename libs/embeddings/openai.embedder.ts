import { normalise, type Vector } from '#kernel'
import { Endpoint, EndpointFailure } from '#openai'
import { chunkText } from './chunk'
import { Embedder, EmbeddingUnavailable, type EmbeddingPurpose } from './embedder'

export interface OpenAiEmbedderOptions {
  /** Name of the model as the endpoint knows it. */
  model: string
  /** Length of the store's vectors. */
  dim: number
  /** Root of the API, with its `/v1`. Default: that of OpenAI. */
  baseUrl?: string
  /** Sent as a bearer token; endpoints in one's own network often need none. */
  apiKey?: string
  /** Limit of one attempt, answer's body included. Default: 10 s. */
  timeoutMs?: number
  /** Attempts after the first, with exponential back-off, on 408, 409, 429, 5xx and lost connections. Default: 2. */
  maxRetries?: number
  /** Longest piece of `chunk` in characters. Default: 1,500, which common models with a window of 512 tokens read whole. */
  maxChunkChars?: number
}

/** A model whose vectors may be cut to their first dimensions and normalised again. */
interface Truncatable {
  name: RegExp
  /** The lengths that the model is published with. */
  lengths: readonly number[]
  /** The endpoint cuts when asked by the parameter `dimensions`. */
  byParameter?: boolean
}

/**
 * Models made for shorter vectors (Matryoshka representation learning, Kusupati et al., 2022), by the last part of
 * their name. bge-m3 was not, but keeps its order of likeness well enough at three quarters of its length.
 */
const TRUNCATABLE: readonly Truncatable[] = [
  { name: /^text-embedding-3-small$/, lengths: [1536], byParameter: true },
  { name: /^text-embedding-3-large$/, lengths: [3072], byParameter: true },
  { name: /^bge-m3$/, lengths: [1024] },
  { name: /^qwen3-embedding/, lengths: [1024, 2560, 4096] },
  { name: /^gemini-embedding-001$/, lengths: [3072] },
  { name: /^nomic-embed-text-v1\.5$/, lengths: [768] },
  { name: /^mxbai-embed-large/, lengths: [1024] },
]

const BATCH = 64
/** Nobody who waits for a vector would wait for longer. */
const LONGEST_PAUSE_MS = 2_000

/**
 * Any endpoint that speaks OpenAI's POST /embeddings. Errors never carry the key, the texts, or what the endpoint
 * said (which may repeat either).
 */
export class OpenAiEmbedder extends Embedder {
  readonly model: string
  readonly dim: number
  private readonly endpoint: Endpoint
  private readonly truncatable: Truncatable | undefined
  private readonly maxChunkChars: number
  /** Length of the first vector of a model that the table does not know; another length later means another model. */
  private seenLength: number | undefined

  constructor(options: OpenAiEmbedderOptions) {
    super()
    this.model = options.model
    this.dim = options.dim
    this.maxChunkChars = options.maxChunkChars ?? 1_500
    const name = options.model.toLowerCase().split('/').at(-1)!.split(':')[0]!
    this.truncatable = TRUNCATABLE.find((model) => model.name.test(name))
    const { baseUrl, apiKey, timeoutMs = 10_000, maxRetries = 2 } = options
    this.endpoint = new Endpoint({ baseUrl, apiKey, timeoutMs, maxRetries, longestPauseMs: LONGEST_PAUSE_MS })
  }

  async embed(texts: readonly string[], _purpose: EmbeddingPurpose): Promise<Vector[]> {
    const vectors: Vector[] = []
    for (let i = 0; i < texts.length; i += BATCH) vectors.push(...await this.request(texts.slice(i, i + BATCH)))
    return vectors
  }

  chunk(text: string): string[] {
    return chunkText(text, { maxChars: this.maxChunkChars })
  }

  /** Ends the requests that are under way. */
  override async close(): Promise<void> {
    this.endpoint.close()
  }

  private async request(texts: readonly string[]): Promise<Vector[]> {
    const asksForDim = this.truncatable?.byParameter && this.truncatable.lengths.every((length) => length > this.dim)
    let body: unknown
    try {
      body = await this.endpoint.call((client, signal) => client.embeddings.create({
        model: this.model,
        input: texts.map((text) => text === '' ? ' ' : text), // OpenAI refuses the empty text
        encoding_format: 'float',
        ...(asksForDim ? { dimensions: this.dim } : {}),
      }, { signal }))
    } catch (error) {
      throw error instanceof EndpointFailure ? this.unavailable(error.message) : error
    }
    return this.vectors(body, texts.length)
  }

  /** The vectors in the order of the texts; endpoints may answer in another order and then say so by `index`. */
  private vectors(body: unknown, count: number): Vector[] {
    const data = (body as { data?: unknown } | null | undefined)?.data
    if (!Array.isArray(data)) throw this.unavailable('answered without a list of vectors')
    if (data.length !== count) throw this.unavailable(`answered ${data.length} vectors for ${count} texts`)
    const vectors: Vector[] = []
    data.forEach((entry: { embedding?: unknown; index?: unknown } | null, position) => {
      const index = typeof entry?.index === 'number' ? entry.index : position
      if (!Number.isInteger(index) || index < 0 || index >= count || vectors[index]) {
        throw this.unavailable('answered vectors with wrong indices')
      }
      vectors[index] = this.vector(entry?.embedding)
    })
    return vectors
  }

  private vector(raw: unknown): Vector {
    if (!Array.isArray(raw)) throw this.unavailable('answered something that is not a vector')
    const expected = this.truncatable ? [...this.truncatable.lengths, this.dim] : [this.seenLength ?? raw.length]
    if (!expected.includes(raw.length)) {
      throw this.unavailable(`answered a vector of ${raw.length} dimensions where ${expected.join(' or ')} were expected`)
    }
    if (raw.some((value) => typeof value !== 'number')) throw this.unavailable('answered a vector that does not hold numbers only')
    try {
      const vector = normalise(raw as number[], this.dim, this.truncatable !== undefined)
      this.seenLength = raw.length
      return vector
    } catch (error) {
      throw this.unavailable(`answered a malformed vector: ${(error as Error).message}`)
    }
  }

  private unavailable(what: string): EmbeddingUnavailable {
    return new EmbeddingUnavailable(`the embedding endpoint ${what}`)
  }
}
