import { type SalienceFeatures, salienceOf } from './salience'

const PLAIN: SalienceFeatures = { filler: false, words: 0, entities: 0, hasNumber: false, isQuestion: false, byAssistant: false }
const THRESHOLD = 0.35

describe('salienceOf', () => {
  it('keeps filler below the threshold', () => {
    expect(salienceOf({ ...PLAIN, filler: true, words: 1 }).value).toBeLessThan(THRESHOLD)
  })

  it('keeps every real utterance above it, even a bare question of the assistant', () => {
    expect(salienceOf({ ...PLAIN, isQuestion: true, byAssistant: true }).value).toBeGreaterThan(THRESHOLD)
  })

  it('rises with names, numbers and detail, and stays within 1', () => {
    const bare = salienceOf(PLAIN).value
    for (const more of [{ entities: 1 }, { hasNumber: true }, { words: 8 }]) expect(salienceOf({ ...PLAIN, ...more }).value).toBeGreaterThan(bare)
    expect(salienceOf({ ...PLAIN, entities: 90, hasNumber: true, words: 900 }).value).toBeLessThanOrEqual(1)
  })

  it('says what made it so', () => {
    expect(salienceOf({ ...PLAIN, entities: 2, hasNumber: true }).reason).toBe('an utterance, names, numbers')
  })
})
