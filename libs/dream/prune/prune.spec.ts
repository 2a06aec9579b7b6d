import { isTrivial, LOW_SALIENCE } from './prune'

describe('what is trivial', () => {
  const now = new Date('2025-05-10T00:00:00Z')
  const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000)

  it('says little and was not recalled for three days', () => {
    expect(isTrivial({ salience: 0.45, seen: daysAgo(3.1), stability: undefined }, now)).toBe(true)
    expect(isTrivial({ salience: 0.45, seen: daysAgo(2.9), stability: undefined }, now)).toBe(false)
    expect(isTrivial({ salience: LOW_SALIENCE, seen: daysAgo(30), stability: undefined }, now)).toBe(false)
  })

  it('is so later, the more often it was recalled', () => {
    const recalledThrice = 1.5 ** 3
    expect(isTrivial({ salience: 0.45, seen: daysAgo(10), stability: recalledThrice }, now)).toBe(false)
    expect(isTrivial({ salience: 0.45, seen: daysAgo(10.2), stability: recalledThrice }, now)).toBe(true)
  })
})
