import fc from 'fast-check'
import type { Trace } from '#episodic-memory'
import { fuse, type Features } from './fusion'
import { byScore, pageOf, type Recalled } from './page'

const PLAIN: Features = {
  lexical: 0, semantic: 0, entity: 0, situation: 0, speakerNamed: false, own: true, isQuestion: false, answers: false, timely: 0, words: 10,
  salience: 0.5, focus: 0, graph: 0, ageDays: 400, strength: 0,
}
const one = (id: string, content: string, lexical: number, more: Partial<Trace> = {}): Recalled => ({
  trace: { id, content, role: 'user', speaker: null, kind: 'episode', supersededBy: null, ...more } as Trace, ...fuse({ ...PLAIN, lexical }),
})
const LIMITS = { k: 10, threshold: 0 }
const ids = (page: { results: readonly Recalled[] }): string[] => page.results.map(({ trace }) => trace.id)

const RANKED = [
  one('a', 'I moved to Lisbon in May', 20), one('b', 'i moved to lisbon in may!', 19), one('c', 'Marta found the flat', 12), one('d', 'I moved to Lisbon, in May', 11),
  one('e', 'The river is near', 3),
]

describe('pageOf', () => {
  it('leaves room for what says something else, and says of what', () => {
    const page = pageOf(RANKED, { ...LIMITS, k: 3 })
    expect(ids(page)).toEqual(['a', 'c', 'e'])
    expect(page.heldBack).toEqual([{ id: 'b', reason: 'duplicate of a' }])
    expect(pageOf(RANKED, { ...LIMITS, k: 1 })).toMatchObject({ heldBack: [] })
  })

  it('fills a page that would be short with repetitions, after everything else, with a tenth of their score', () => {
    const page = pageOf(RANKED, LIMITS)
    expect(ids(page)).toEqual(['a', 'c', 'e', 'b', 'd'])
    expect(page.heldBack).toEqual([])
    expect(page.results[3]!.score).toBeCloseTo(RANKED[1]!.score / 10)
    expect(Object.values(page.results[3]!.shares).reduce((x, y) => x + y)).toBeCloseTo(page.results[3]!.score, 9)
    expect(ids(pageOf([RANKED[0]!, RANKED[1]!, RANKED[3]!], { ...LIMITS, k: 2 }))).toEqual(['a', 'b'])
  })

  it('keeps scores and order whatever k is', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom('tea', 'tea!', 'green tea', 'bread'), fc.nat(20)), { maxLength: 30 }), fc.integer({ min: 1, max: 30 }), (said, k) => {
      const ranked = said.map(([content, lexical], i) => one(`n${String(i).padStart(2, '0')}`, content, lexical)).sort(byScore)
      const all = pageOf(ranked, { ...LIMITS, k: 30 }).results
      const page = pageOf(ranked, { ...LIMITS, k })
      expect(page.results.map(({ trace, score }) => [trace.id, score])).toEqual(all.slice(0, k).map(({ trace, score }) => [trace.id, score]))
      expect(page.results).toHaveLength(Math.min(k, ranked.length))
      const there = new Set(ids(page))
      for (const { id, reason } of page.heldBack) {
        expect(there.has(id)).toBe(false)
        expect(reason).toMatch(/^duplicate of n\d\d$/)
      }
      // Whoever is among the first k by merit is on the page or held back.
      for (const { trace } of ranked.slice(0, k)) expect(there.has(trace.id) || page.heldBack.some(({ id }) => id === trace.id)).toBe(true)
    }))
  })

  it('shows what was corrected beside what corrected it, when both were asked for', () => {
    const page = pageOf([one('a', 'I moved to Lisbon in May', 9), one('b', 'i moved to Lisbon in May', 8, { supersededBy: 'a' })], { ...LIMITS, k: 1 })
    expect(page.heldBack).toEqual([])
  })

  it('counts a threshold against the score that is answered', () => {
    expect(ids(pageOf(RANKED, { ...LIMITS, threshold: RANKED[4]!.score }))).toEqual(['a', 'c', 'e'])
  })

  it('takes the best that fit into a budget of tokens and replaces what does not', () => {
    const ranked = [one('long', 'words '.repeat(40), 20), one('b', 'four', 10), one('c', 'three wo', 9), one('d', 'by', 8)]
    expect(pageOf(ranked, { ...LIMITS, k: 2, maxTokens: 3 })).toMatchObject({ results: [{ trace: { id: 'b' } }, { trace: { id: 'c' } }], heldBack: [{ id: 'long', reason: 'max_tokens' }] })
    expect(ids(pageOf(ranked, { ...LIMITS, maxTokens: 2 }))).toEqual(['b', 'd'])
    expect(pageOf(ranked, { ...LIMITS, maxTokens: 2 }).heldBack.map(({ id }) => id)).toEqual(['long', 'c'])
    expect(ids(pageOf(ranked, { ...LIMITS, maxTokens: 63 }))).toEqual(['long', 'b', 'c'])
  })
})
