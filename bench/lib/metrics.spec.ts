import { bootstrap, evaluate, latency, percentile, summarise } from './metrics.cjs'

const gold = (...ids: string[]) => new Set(ids)

describe('evaluate', () => {
  it('scores a ranking by hand', () => {
    const m = evaluate(['x', 'a', 'y', 'z', 'w', 'b'], gold('a', 'b'))
    expect(m['R@1']).toBe(0)
    expect(m['R@5']).toBe(0.5)
    expect(m['R@10']).toBe(1)
    expect(m['all@5']).toBe(0)
    expect(m['all@10']).toBe(1)
    expect(m['hit@3']).toBe(1)
    expect(m.MRR).toBe(0.5)
    expect(m['nDCG@10']).toBeCloseTo((1 / Math.log2(3) + 1 / Math.log2(7)) / (1 + 1 / Math.log2(3)), 12)
  })

  it('gives nothing for nothing found and one for a perfect answer', () => {
    expect(evaluate([], gold('a'))).toMatchObject({ 'R@10': 0, 'all@10': 0, 'nDCG@10': 0, MRR: 0 })
    expect(evaluate(['b', 'a'], gold('a', 'b'))).toMatchObject({ 'R@5': 1, 'all@5': 1, 'nDCG@10': 1, MRR: 1 })
  })

  it('normalises nDCG by the ten best places where there is more evidence', () => {
    const ids = Array.from({ length: 15 }, (_, i) => String(i))
    expect(evaluate(ids, new Set(ids))['nDCG@10']).toBeCloseTo(1, 12)
  })

  it('finds evidence beyond the tenth place for MRR only', () => {
    const m = evaluate([...'abcdefghijk'], gold('k'))
    expect(m['R@10']).toBe(0)
    expect(m['nDCG@10']).toBe(0)
    expect(m.MRR).toBeCloseTo(1 / 11, 12)
  })
})

describe('bootstrap', () => {
  it('is deterministic and surrounds the mean', () => {
    const values = Array.from({ length: 200 }, (_, i) => i % 4 ? 1 : 0)
    expect(bootstrap(values)).toEqual(bootstrap(values))
    const { v } = summarise(values.map((value) => ({ v: value })), ['v'])
    expect(v!.mean).toBe(0.75)
    expect(v!.low).toBeLessThan(0.75)
    expect(v!.low).toBeGreaterThan(0.65)
    expect(v!.high).toBeGreaterThan(0.75)
    expect(v!.high).toBeLessThan(0.85)
  })

  it('has no opinion about nothing and no doubt about a constant', () => {
    expect(bootstrap([])).toEqual([NaN, NaN])
    expect(bootstrap([1, 1, 1])).toEqual([1, 1])
  })
})

describe('percentile', () => {
  it('takes the nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i)
    expect([percentile(values, 50), percentile(values, 95), percentile(values, 99), percentile(values, 100)]).toEqual([50, 95, 99, 100])
    expect(percentile([7], 1)).toBe(7)
    expect(percentile([], 50)).toBeNaN()
    expect(latency([1, 2, 3])).toEqual({ n: 3, mean: 2, p50: 2, p95: 3, p99: 3 })
  })
})
