import fc from 'fast-check'
import { type Features, fuse, statementness } from './fusion'

const NOTHING: Features = {
  lexical: 0, semantic: 0, entity: 0, situation: 0, speakerNamed: false, own: true, isQuestion: false, answers: false, timely: 0, words: 10,
  salience: 0.5, focus: 0, graph: 0, ageDays: 400, strength: 0,
}

const features: fc.Arbitrary<Features> = fc.record({
  lexical: fc.double({ min: 0, max: 60, noNaN: true }), semantic: fc.double({ min: 0, max: 1, noNaN: true }),
  entity: fc.double({ min: 0, max: 1, noNaN: true }), situation: fc.double({ min: 0, max: 1, noNaN: true }),
  speakerNamed: fc.boolean(), own: fc.boolean(), isQuestion: fc.boolean(), answers: fc.boolean(), words: fc.nat(500),
  timely: fc.double({ min: 0, max: 1, noNaN: true }),
  salience: fc.double({ min: 0, max: 1, noNaN: true }), focus: fc.double({ min: 0, max: 1, noNaN: true }),
  graph: fc.double({ min: 0, max: 1, noNaN: true }), ageDays: fc.double({ min: -10, max: 5000, noNaN: true }),
  strength: fc.double({ min: 0, max: 1, noNaN: true }),
})

describe('fuse', () => {
  it('gives a score within 0..1 whose shares are not negative and sum to it', () => {
    fc.assert(fc.property(features, (f) => {
      const { score, shares } = fuse(f)
      const sum = Object.values(shares).reduce((a, b) => a + b, 0)
      return score >= 0 && score <= 1 && Math.abs(sum - score) < 1e-9 && Object.values(shares).every((share) => share >= 0)
    }))
  })

  it('never falls when a signal rises', () => {
    fc.assert(fc.property(features, fc.constantFrom('lexical', 'semantic', 'situation', 'entity', 'timely', 'salience', 'focus', 'graph', 'strength'), (f, signal) =>
      fuse({ ...f, [signal]: f[signal] + 0.1 }).score >= fuse(f).score))
  })

  it('lets the right words outvote recency, salience, strength and focus together', () => {
    const worded = fuse({ ...NOTHING, lexical: 9 })
    const liked = fuse({ ...NOTHING, salience: 1, ageDays: 0, strength: 1, focus: 1 })
    expect(worded.score).toBeGreaterThan(liked.score)
  })

  it('puts what tells of the kind of thing that is asked for, and what happened at the time, first among equals', () => {
    expect(fuse({ ...NOTHING, answers: true })).toEqual(fuse(NOTHING))
    expect(fuse({ ...NOTHING, lexical: 5, answers: true }).score).toBeGreaterThan(fuse({ ...NOTHING, lexical: 5 }).score)
    expect(fuse({ ...NOTHING, lexical: 5, timely: 1 }).score).toBeGreaterThan(fuse({ ...NOTHING, lexical: 5, timely: 0.5 }).score)
  })

  it('puts the named speaker first among equals', () => {
    expect(fuse({ ...NOTHING, lexical: 5, speakerNamed: true }).score).toBeGreaterThan(fuse({ ...NOTHING, lexical: 5 }).score)
  })
})

describe('statementness', () => {
  it('is full for a statement and grows with the length of a question', () => {
    expect(statementness({ isQuestion: false, words: 3 })).toBe(1)
    expect(statementness({ isQuestion: true, words: 3 })).toBeCloseTo(0.1)
    expect(statementness({ isQuestion: true, words: 90 })).toBe(1)
  })
})
