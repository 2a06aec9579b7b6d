import { cosine } from '#kernel'
import { CachedEmbedder, KEPT_MS } from './cached.embedder'
import { EmbeddingUnavailable } from './embedder'
import { HashEmbedder } from './testing'

describe('CachedEmbedder', () => {
  let inner: HashEmbedder
  let cached: CachedEmbedder
  const asked = () => inner.calls.map(({ texts }) => texts)
  beforeEach(() => {
    inner = new HashEmbedder(64)
    cached = new CachedEmbedder(inner, 3)
  })

  it('is the embedder that it wraps', async () => {
    expect([cached.model, cached.dim, cached.chunk('a b')]).toEqual(['hash', 64, ['a b']])
    expect(await cached.embed([], 'query')).toEqual([])
    expect(asked()).toEqual([])
  })

  it('asks once for each text and purpose', async () => {
    const [a, b, again] = await cached.embed(['a', 'b', 'a'], 'document')
    expect(a).toEqual(again)
    expect(a).not.toEqual(b)
    expect(await cached.embed(['b', 'c', 'a'], 'document')).toEqual([b, (await inner.embed(['c'], 'document'))[0], a])
    await cached.embed(['a'], 'query')
    expect(inner.calls.map(({ texts, purpose }) => [texts.join(), purpose])).toEqual([
      ['a,b', 'document'], ['c', 'document'], ['c', 'document'], ['a', 'query'],
    ])
  })

  it('keeps more than a call has room for arguments, and lets go of them', async () => {
    const many = Array.from({ length: 130_000 }, (_, i) => `${i}`)
    const small = new HashEmbedder(8)
    const large = new CachedEmbedder(small, many.length + 1)
    jest.useFakeTimers()
    try {
      await large.embed(['first'], 'query')
      jest.advanceTimersByTime(1)
      await large.embed(many, 'query')
      jest.advanceTimersByTime(KEPT_MS - 1)
      await large.embed(['first', '0'], 'query')
      jest.advanceTimersByTime(1)
      await large.embed(['0'], 'query')
      expect(small.calls.map(({ texts }) => texts.length)).toEqual([1, many.length, 1, 1])
    } finally {
      jest.useRealTimers()
    }
  })

  it('keeps none for long, however often it is used', async () => {
    jest.useFakeTimers()
    try {
      await cached.embed(['a'], 'query')
      jest.advanceTimersByTime(KEPT_MS / 2)
      await cached.embed(['a', 'b'], 'query')
      jest.advanceTimersByTime(KEPT_MS / 2)
      await cached.embed(['b'], 'query')
      expect(asked()).toEqual([['a'], ['b']])
      await cached.embed(['a'], 'query')
      jest.advanceTimersByTime(KEPT_MS / 2)
      await cached.embed(['b'], 'query')
      expect(asked()).toEqual([['a'], ['b'], ['a'], ['b']])
    } finally {
      jest.useRealTimers()
    }
  })

  it('keeps the texts used last', async () => {
    await cached.embed(['a', 'b', 'c'], 'query')
    await cached.embed(['a'], 'query')
    await cached.embed(['d'], 'query')
    await cached.embed(['a', 'c', 'd', 'b'], 'query')
    expect(asked()).toEqual([['a', 'b', 'c'], ['d'], ['b']])
    const none = new CachedEmbedder(inner, 0)
    await none.embed(['a'], 'query')
    await none.embed(['a'], 'query')
    expect(asked()).toHaveLength(5)
  })

  it('asks once for texts that are asked for at the same time', async () => {
    const texts = [['a', 'b'], ['b', 'c'], ['a']]
    const answers = await Promise.all(texts.map((some) => cached.embed(some, 'query')))
    expect(asked()).toEqual([['a', 'b'], ['c']])
    expect(answers[0]![1]).toEqual(answers[1]![0])
  })

  it('gives copies', async () => {
    const [one] = await cached.embed(['a'], 'query')
    one!.fill(0)
    const [two] = await cached.embed(['a'], 'query')
    expect(cosine(two!, two!)).toBeCloseTo(1, 5)
  })

  it('passes failures to all who wait and keeps none', async () => {
    inner.down = true
    const both = [cached.embed(['a'], 'query'), cached.embed(['a', 'b'], 'query')]
    for (const one of both) await expect(one).rejects.toThrow(EmbeddingUnavailable)
    inner.down = false
    expect(await cached.embed(['a'], 'query')).toHaveLength(1)
    expect(asked()).toHaveLength(3)
  })

  it('lets go of everything, whatever it was asked for', async () => {
    await cached.embed(['a'], 'document')
    await cached.embed(['a'], 'query')
    cached.letGo()
    await cached.embed(['a'], 'document')
    await cached.embed(['a'], 'query')
    expect(asked()).toHaveLength(4)
  })

  it('does not keep what was under way when it let go', async () => {
    const one = cached.embed(['a'], 'document')
    cached.letGo()
    await one
    await cached.embed(['a'], 'document')
    expect(asked()).toHaveLength(2)
  })

  it('closes the embedder that it wraps', async () => {
    await cached.onApplicationShutdown()
    expect(inner.closed).toBe(true)
  })
})
