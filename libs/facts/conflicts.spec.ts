import { excludes, slotOf, tripleKey } from './index'

const triple = (subject: string, predicate: string, object: string, negated = false) => ({ subject, predicate, object, negated })

describe('tripleKey', () => {
  it('is the same for what says the same', () => {
    expect(tripleKey(triple('Ana', 'lives_in', 'São Paulo'))).toBe(tripleKey(triple('ana', 'lives_in', 'sao paulo')))
    expect(tripleKey(triple('Ana', 'dislikes', 'tea'))).toBe(tripleKey(triple('Ana', 'likes', 'tea', true)))
    expect(tripleKey(triple('Ana', 'likes', 'tea'))).not.toBe(tripleKey(triple('Ana', 'likes', 'tea', true)))
  })
})

describe('slotOf', () => {
  it('holds together what may stand against each other', () => {
    expect(slotOf(triple('Ana', 'lives_in', 'Porto'))).toBe(slotOf(triple('Ana', 'lives_in', 'Rome')))
    expect(slotOf(triple('Ana', 'lived_in', 'Porto'))).toBe(slotOf(triple('Ana', 'lives_in', 'Rome')))
    expect(slotOf(triple('Ana', 'dislikes', 'tea'))).toBe(slotOf(triple('Ana', 'likes', 'tea')))
    expect(slotOf(triple('Ana', 'likes', 'tea'))).not.toBe(slotOf(triple('Ana', 'likes', 'coffee')))
    expect(slotOf(triple('Ana', 'lives_in', 'Porto'))).not.toBe(slotOf(triple('Tom', 'lives_in', 'Porto')))
  })
})

describe('excludes', () => {
  it.each<[string, string, string, boolean, boolean]>([
    ['lives_in', 'Lisbon', 'Porto', false, true],
    ['lives_in', 'Lisbon', 'Portugal', false, false],
    ['lives_in', 'Lisbon', 'Germany', true, true],
    ['lives_in', 'Spain', 'Germany', false, true],
    ['lives_in', 'Lisbon', 'lisbon', true, false],
    ['works_at', 'Acme Corp', 'bakery', false, false],
    ['works_at', 'bakery', 'Acme Corp', true, true],
    ['works_at', 'Globex', 'Acme Corp', false, true],
    ['name', 'Ana Sousa', 'Ana', false, false],
    ['name', 'Bea', 'Ana', false, true],
    ['birthday', '3 March 1990', '3 March', false, false],
    ['birthday', '4 March', '3 March', false, true],
    ['age', '35', '34', false, true],
  ])('of %s: %s, and before it %s (changed: %s): %s', (predicate, newer, older, changed, expected) => {
    expect(excludes(predicate, newer, older, changed)).toBe(expected)
  })
})
