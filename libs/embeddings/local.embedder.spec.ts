import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { cosine, StartupError, type Vector } from '#kernel'
import { EmbeddingUnavailable } from './embedder'
import { LocalEmbedder } from './local.embedder'
import { defaultModelPath, UseLiteSession } from './use-lite.session'

const SENTENCE = 'Ana moved to Lisbon because the office by the river had finally opened, and Bo came along with the two dogs. '
const workerOf = (session: UseLiteSession) => (session as unknown as { starting: Promise<ChildProcess> }).starting

describe('LocalEmbedder', () => {
  const embedder = new LocalEmbedder({ dim: 768 })
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reverie-model-'))
    await embedder.ready()
  })
  afterAll(async () => {
    await embedder.close()
    await rm(folder, { recursive: true })
  })

  /** Computed once by another packing of the same weights (the probe that this one follows; equal to the last bit). */
  it.each([
    ['The cat sits on the mat', 'A kitten is resting on the rug', 0.679217],
    ['How old are you?', 'What is your age?', 0.846416],
    ['Ana moved to Lisbon in March', 'Ana relocated to Portugal', 0.764971],
    ['I love hiking in the mountains', 'The invoice is due on Friday', -0.071393],
  ])('knows how near "%s" and "%s" are', async (a, b, expected) => {
    const [one, two] = await embedder.embed([a, b], 'document')
    expect(cosine(one!, two!)).toBeCloseTo(expected, 5)
  })

  it('reports to nobody: its runtime, which would, leaves no trace of a report in home or temporary folder', async () => {
    const empty = await mkdtemp(join(folder, 'home-'))
    const worker = fork(join(__dirname, 'use-lite.worker.cjs'), [defaultModelPath()], { env: { HOME: empty, TMPDIR: empty }, execArgv: [], serialization: 'advanced' })
    expect((await once(worker, 'message'))[0]).toEqual({ ready: true })
    worker.disconnect()
    await once(worker, 'exit')
    expect(await readdir(empty)).toEqual([])
  })

  it('gives unit vectors of the store\'s length, padded with zeros', async () => {
    const [vector] = await embedder.embed(['Ana likes tea'], 'query')
    expect(vector).toHaveLength(768)
    expect(cosine(vector!, vector!)).toBeCloseTo(1, 5)
    expect(vector!.subarray(512).every((x) => x === 0)).toBe(true)
  })

  it('keeps the order of texts of all lengths, and the company in a run changes nothing', async () => {
    const texts = Array.from({ length: 60 }, (_, i) => SENTENCE.slice(0, (i * 37) % 110) + SENTENCE.repeat(i % 7) + i)
    const together = await embedder.embed(texts, 'document')
    for (const i of [0, 7, 31, 59]) {
      const [alone] = await embedder.embed([texts[i]!], 'query')
      expect(cosine(alone!, together[i]!)).toBeCloseTo(1, 4)
    }
  })

  it('embeds nothing, blank text, unknown letters and text that is far too long', async () => {
    expect(await embedder.embed([], 'query')).toEqual([])
    const vectors = await embedder.embed(['', ' ', '我喜欢猫', SENTENCE.repeat(900)], 'document')
    for (const vector of vectors) expect(cosine(vector, vector)).toBeCloseTo(1, 5)
  })

  it('cuts long content to pieces that the model reads whole', () => {
    expect(embedder.chunk('Ana likes tea.')).toEqual(['Ana likes tea.'])
    expect(embedder.chunk(SENTENCE.repeat(10)).map((piece) => piece.length)).toEqual([326, 326, 326, 108])
    const digits = Array.from({ length: 300 }, (_, i) => i * 7919).join('')
    expect(embedder.chunk(digits).join('')).toBe(digits)
    const encode = (text: string) => (embedder as unknown as { encode: (text: string) => number[] }).encode(text)
    for (const piece of embedder.chunk(digits)) expect(encode(piece).length).toBeLessThanOrEqual(128)
  })

  it('answers a query before the documents that wait, and leaves the event loop free', async () => {
    let finished = 0
    const before = performance.eventLoopUtilization()
    const contents = Array.from({ length: 10 }, (_, i) => SENTENCE.repeat(3) + i)
    const count = (vectors: Vector[]) => { finished += vectors.length }
    const documents = Array.from({ length: 12 }, () => embedder.embed(contents, 'document').then(count))
    await embedder.embed(['Where does Ana live?'], 'query')
    expect(finished).toBeLessThan(30)
    await Promise.all(documents)
    expect(finished).toBe(120)
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.8)
  })

  it('fails what was asked when the worker dies, and starts a new one at the next call', async () => {
    const { session } = embedder as unknown as { session: UseLiteSession }
    const asked = embedder.embed(Array.from({ length: 64 }, () => SENTENCE.repeat(4)), 'document')
    const failure = expect(asked).rejects.toThrow(EmbeddingUnavailable)
    ;(await workerOf(session)).kill('SIGSEGV')
    await failure
    expect(await embedder.embed(['Ana likes tea'], 'query')).toHaveLength(1)
  })

  it('starts anew when the worker died between two calls', async () => {
    const { session } = embedder as unknown as { session: UseLiteSession }
    const worker = await workerOf(session)
    worker.emit('error', new Error('out of memory'))
    worker.kill('SIGKILL')
    expect(await embedder.embed(['Ana likes tea'], 'query')).toHaveLength(1)
    expect(await workerOf(session)).not.toBe(worker)
  })

  it('refuses a run that is late or malformed, and goes on', async () => {
    const late = new UseLiteSession(defaultModelPath(), 1)
    const long = Array.from({ length: 16 }, () => new Array<number>(128).fill(50))
    await expect(late.run(long)).rejects.toThrow('did not answer within 1 ms')
    await late.close()
    const session = new UseLiteSession(defaultModelPath(), 30_000)
    await expect(session.run([[9_999_999]])).rejects.toThrow(EmbeddingUnavailable)
    expect(await session.run([[50], [51, 52]])).toHaveLength(1_024)
    await session.close()
  })

  it('builds the model when it is missing', async () => {
    const modelPath = join(folder, 'models', 'use-lite.onnx')
    const other = new LocalEmbedder({ dim: 512, modelPath })
    const [[mine], [theirs]] = await Promise.all([other.embed(['Ana likes tea'], 'query'), embedder.embed(['Ana likes tea'], 'query')])
    await other.close()
    expect(cosine(mine!, theirs!.subarray(0, 512))).toBeCloseTo(1, 5)
    expect((await stat(modelPath)).size).toBe((await stat(defaultModelPath())).size)
  })

  it('says what is wrong with a model that cannot be built or read', async () => {
    const broken = join(folder, 'broken.onnx')
    await writeFile(broken, 'not a model')
    const unreadable = new LocalEmbedder({ dim: 768, modelPath: broken })
    await expect(unreadable.embed(['x'], 'query')).rejects.toThrow(EmbeddingUnavailable)
    await expect(unreadable.ready()).rejects.toThrow('the local model failed')
    await unreadable.close()
    const nowhere = new LocalEmbedder({ dim: 768, modelPath: join(broken, 'below-a-file.onnx') })
    await expect(nowhere.ready()).rejects.toThrow('could not be built')
    await expect(nowhere.embed(['x'], 'document')).rejects.toThrow(EmbeddingUnavailable)
    await nowhere.close()
  })

  it('refuses a store that is too narrow, and work after the end', async () => {
    expect(() => new LocalEmbedder({ dim: 384 })).toThrow(StartupError)
    const other = new LocalEmbedder({ dim: 768 })
    const asked = expect(other.embed(['Ana', 'Bo'], 'document')).rejects.toThrow(EmbeddingUnavailable)
    await other.close()
    await asked
    await expect(other.embed(['Ana'], 'query')).rejects.toThrow('closed')
  })
})
