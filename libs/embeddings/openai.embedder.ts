import { normalise, type Vector } from '#kernel'
import OpenAI, { APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai'
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
  /** Attempts after the first, with the library's exponential back-off, on 408, 409, 429, 5xx and lost connections. Default: 2. */
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

/**
 * Any endpoint that speaks OpenAI's POST /embeddings. Errors never carry the key, the texts, or what the endpoint
 * said (which may repeat either).
 */
export class OpenAiEmbedder extends Embedder {
  readonly model: string
  readonly dim: number
  private readonly client: OpenAI
  private readonly truncatable: Truncatable | undefined
  private readonly maxChunkChars: number
  private readonly limitMs: number
  private readonly closing = new AbortController()
  /** Length of the first vector of a model that the table does not know; another length later means another model. */
  private seenLength: number | undefined

  constructor(options: OpenAiEmbedderOptions) {
    super()
    this.model = options.model
    this.dim = options.dim
    this.maxChunkChars = options.maxChunkChars ?? 1_500
    const name = options.model.toLowerCase().split('/').at(-1)!.split(':')[0]!
    this.truncatable = TRUNCATABLE.find((model) => model.name.test(name))
    const timeoutMs = options.timeoutMs ?? 10_000
    const maxRetries = options.maxRetries ?? 2
    // The library may wait as long as a Retry-After asks; nobody who waits for a vector would.
    this.limitMs = (timeoutMs + 2_000) * (maxRetries + 1)
    this.client = new OpenAI({
      apiKey: options.apiKey || 'none',
      baseURL: options.baseUrl ?? 'https://api.openai.com/v1',
      defaultHeaders: options.apiKey ? {} : { Authorization: null },
      timeout: timeoutMs + 1_000, // never reached: guardedFetch has the limit
      maxRetries,
      // Everything the library would otherwise read from the environment.
      organization: null, project: null, adminAPIKey: null, webhookSecret: null, logLevel: 'off',
      fetch: (url, init) => guardedFetch(url, init, timeoutMs),
    })
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
    this.closing.abort()
  }

  private async request(texts: readonly string[]): Promise<Vector[]> {
    const asksForDim = this.truncatable?.byParameter && this.truncatable.lengths.every((length) => length > this.dim)
    const limit = AbortSignal.timeout(this.limitMs)
    const signal = AbortSignal.any([limit, this.closing.signal])
    let body: unknown
    try {
      body = await Promise.race([
        this.client.embeddings.create({
          model: this.model,
          input: texts.map((text) => text === '' ? ' ' : text), // OpenAI refuses the empty text
          encoding_format: 'float',
          ...(asksForDim ? { dimensions: this.dim } : {}),
        }, { signal }),
        aborted(signal),
      ])
    } catch (error) {
      throw this.unavailable(this.closing.signal.aborted ? 'is closed' : limit.aborted ? 'timed out' : reason(error))
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

/**
 * fetch that never follows a redirect, which could carry key and texts to another host, and whose limit holds for the
 * body as well (the library's own ends with the headers).
 */
async function guardedFetch(url: string | URL | Request, init: RequestInit | undefined, timeoutMs: number): Promise<Response> {
  const limit = AbortSignal.timeout(timeoutMs)
  const signal = init?.signal ? AbortSignal.any([limit, init.signal]) : limit
  try {
    return await fetch(url, { ...init, redirect: 'error', signal })
  } catch (error) {
    // The library knows a time-out by its message.
    throw limit.aborted ? new Error('the request timed out') : error
  }
}

/** Fails when the signal does. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, fail) => {
    const end = () => fail(new APIUserAbortError())
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}

/** Why a request failed, in words that hold nothing of the request or of the answer. */
function reason(error: unknown): string {
  const name = (error as Error | undefined)?.name
  if (error instanceof APIConnectionTimeoutError || name === 'TimeoutError' || name === 'AbortError') return 'timed out'
  if (error instanceof APIError && error.status === 401) return 'refused the key (status 401)'
  if (error instanceof APIError && error.status !== undefined) return `answered with status ${error.status}`
  if (name === 'SyntaxError') return 'answered something that is not JSON'
  return 'could not be reached'
}
