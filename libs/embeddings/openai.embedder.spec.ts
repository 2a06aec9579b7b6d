import { cosine } from '#kernel'
import { EmbeddingUnavailable } from './embedder'
import { OpenAiEmbedder, type OpenAiEmbedderOptions } from './openai.embedder'
import { OpenAiServer, type Misbehaviour } from './testing'

const KEY = 'sk-test-very-secret'
const TEXT = 'Ana hides the diary under the stairs'

describe('OpenAiEmbedder', () => {
  let server: OpenAiServer
  const open: OpenAiEmbedder[] = []
  const embedder = (options: Partial<OpenAiEmbedderOptions> = {}) => {
    const made = new OpenAiEmbedder({
      model: 'some-model', dim: 768, baseUrl: server.url, apiKey: KEY, timeoutMs: 2_000, maxRetries: 0, ...options,
    })
    open.push(made)
    return made
  }
  beforeAll(async () => { server = await OpenAiServer.start({ apiKey: KEY }) })
  afterEach(async () => {
    server.reset()
    for (const one of open.splice(0)) await one.close()
  })
  afterAll(async () => { await server.close() })

  it('sends model, texts and key, asks for floats, and gives unit vectors', async () => {
    const [one, two, three] = await embedder().embed(['Ana likes tea', 'Ana likes green tea', 'invoice due'], 'document')
    expect(server.requests).toEqual([{
      method: 'POST', path: '/v1/embeddings', authorization: `Bearer ${KEY}`,
      body: { model: 'some-model', input: ['Ana likes tea', 'Ana likes green tea', 'invoice due'], encoding_format: 'float' },
    }])
    expect(cosine(one!, one!)).toBeCloseTo(1, 5)
    expect(cosine(one!, two!)).toBeGreaterThan(0.7)
    expect(Math.abs(cosine(one!, three!))).toBeLessThan(0.2)
  })

  it('asks for at most 64 at a time and keeps the order, whatever the endpoint does with it', async () => {
    const texts = Array.from({ length: 150 }, (_, i) => `word${i}`)
    const plain = await embedder().embed(texts, 'document')
    expect(server.requests.map(({ body }) => body.input!.length)).toEqual([64, 64, 22])
    server.next('shuffled', 'no-index', 'ok')
    expect(await embedder().embed(texts, 'document')).toEqual(plain)
    expect(await embedder().embed([], 'query')).toEqual([])
  })

  it('pads shorter vectors, and keeps to one length', async () => {
    const small = await OpenAiServer.start({ dim: 384 })
    const one = embedder({ baseUrl: small.url })
    const [vector] = await one.embed([TEXT], 'query')
    expect(vector).toHaveLength(768)
    expect(vector!.subarray(384).every((x) => x === 0)).toBe(true)
    small.next('wrong-length')
    await expect(one.embed([TEXT], 'query')).rejects.toThrow('385 dimensions where 384 were expected')
    await small.close()
  })

  it('has the endpoint shorten text-embedding-3, and asks nothing where it need not', async () => {
    for (const model of ['text-embedding-3-small', 'openai/text-embedding-3-large']) {
      expect((await embedder({ model }).embed([TEXT], 'query'))[0]).toHaveLength(768)
      expect(server.requests.at(-1)!.body.dimensions).toBe(768)
    }
    const large = await OpenAiServer.start({ dim: 1_536 })
    const wide = embedder({ model: 'text-embedding-3-small', dim: 2_048, baseUrl: large.url })
    expect((await wide.embed([TEXT], 'query'))[0]).toHaveLength(2_048)
    expect(large.requests[0]!.body.dimensions).toBeUndefined()
    await large.close()
  })

  it('shortens bge-m3 itself, and no other longer vector', async () => {
    const long = await OpenAiServer.start({ dim: 1_024 })
    const [vector] = await embedder({ model: 'BAAI/bge-m3:latest', baseUrl: long.url }).embed([TEXT], 'query')
    expect(vector).toHaveLength(768)
    expect(cosine(vector!, vector!)).toBeCloseTo(1, 5)
    await expect(embedder({ baseUrl: long.url }).embed([TEXT], 'query')).rejects.toThrow('1024 dimensions, the store 768')
    await long.close()
  })

  it.each<[Misbehaviour, RegExp]>([
    ['error-500', /status 500/],
    ['rate-limited', /status 429/],
    ['unauthorised', /refused the key/],
    ['dropped', /could not be reached/],
    ['redirect', /could not be reached/],
    ['bad-json', /not JSON/],
    ['not-a-list', /without a list/],
    ['wrong-count', /1 vectors for 2 texts/],
    ['duplicate-index', /wrong indices/],
    ['nan', /numbers only/],
    ['zero', /vector is zero/],
    ['wrong-length', /769 dimensions/],
  ])('turns %s into EmbeddingUnavailable that tells neither key nor text', async (behaviour, message) => {
    server.always(behaviour)
    const error = await embedder({ maxRetries: 1 }).embed(['first', TEXT], 'document').catch((e: unknown) => e)
    expect(error).toBeInstanceOf(EmbeddingUnavailable)
    expect((error as Error).message).toMatch(message)
    const told = [error, (error as Error).cause].map((e) => `${(e as Error)?.stack} ${JSON.stringify(e)}`).join()
    expect(told).not.toContain(KEY)
    expect(told).not.toContain('diary')
  })

  it.each<Misbehaviour>(['hang', 'stalled-body'])('gives up on %s after the limit', async (behaviour) => {
    server.always(behaviour)
    const start = performance.now()
    await expect(embedder({ timeoutMs: 150 }).embed([TEXT], 'query')).rejects.toThrow('timed out')
    expect(performance.now() - start).toBeLessThan(1_500)
  })

  it('gives up at once when an endpoint asks for a long pause', async () => {
    server.always('busy-for-long')
    await expect(embedder({ maxRetries: 1 }).embed([TEXT], 'query')).rejects.toThrow('status 429')
    expect(server.requests).toHaveLength(1)
  })

  it.each<Misbehaviour>(['error-500', 'rate-limited', 'dropped', 'hang'])('tries again after %s', async (behaviour) => {
    server.next(behaviour)
    expect(await embedder({ maxRetries: 1, timeoutMs: 500 }).embed([TEXT], 'query')).toHaveLength(1)
    expect(server.requests).toHaveLength(2)
  })

  it('does not try a refused key again, and never follows a redirect with it', async () => {
    server.next('unauthorised', 'redirect')
    const one = embedder({ maxRetries: 2 })
    await expect(one.embed([TEXT], 'query')).rejects.toThrow('refused the key')
    expect(server.requests).toHaveLength(1)
    await expect(embedder().embed([TEXT], 'query')).rejects.toThrow('could not be reached')
    expect(server.requests).toHaveLength(2)
  })

  it('sends no key where there is none, and gets to know a wrong one', async () => {
    await expect(embedder({ apiKey: undefined }).embed([TEXT], 'query')).rejects.toThrow('refused the key')
    expect(server.requests[0]!.authorization).toBeUndefined()
    await expect(embedder({ apiKey: 'other' }).embed([TEXT], 'query')).rejects.toThrow('refused the key')
  })

  it('ends what is under way when it is closed', async () => {
    server.always('hang')
    const one = embedder()
    const asked = expect(one.embed([TEXT], 'query')).rejects.toThrow('is closed')
    await one.close()
    await asked
    await expect(one.embed([TEXT], 'query')).rejects.toThrow('is closed')
  })

  it('sends a space for the empty text, answers 404 elsewhere, and chunks longer', async () => {
    await embedder().embed([''], 'document')
    expect(server.requests[0]!.body.input).toEqual([' '])
    await expect(embedder({ baseUrl: `${server.url}/elsewhere` }).embed([TEXT], 'query')).rejects.toThrow('status 404')
    expect(embedder().chunk('A sentence. '.repeat(300)).map((piece) => piece.length)).toEqual([1_499, 1_499, 599])
    expect(embedder({ maxChunkChars: 20 }).chunk('A sentence. Another one.')).toEqual(['A sentence.', 'Another one.'])
    expect(new OpenAiEmbedder({ model: 'text-embedding-3-small', dim: 768 }).model).toBe('text-embedding-3-small')
  })
})
