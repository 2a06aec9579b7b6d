import fc from 'fast-check'
import { canonicalKey, fold } from './index'

const anyString = () => fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('\ud800', '5', '-', '.', ' ', '(', '²', 'a', '\u200b', '´', '–', '%', 'İ') }))

describe('fold', () => {
  it.each([
    ['  a \t\n b\u00a0c  ', 'a b c'],
    ['cafe\u0301', 'café'],
    ['A.', 'A.'],
    ['', ''],
  ])('of %j is %j', (text, expected) => {
    expect(fold(text)).toBe(expected)
  })

  it('never throws and folds once for all', () => {
    fc.assert(fc.property(anyString(), (text) => fold(fold(text)) === fold(text)), { numRuns: 500 })
  })
})

describe('canonicalKey', () => {
  it.each([
    ['“Hello”,  WORLD…', 'hello world'],
    ['a\u200bb\ufeff', 'ab'],
    ['Ａ１', 'a1'],
    ['(O-)', 'o-'],
    ['- milk', 'milk'],
    ['- 5', '- 5'],
    ['it costs 5.', 'it costs 5'],
    ['!!!', '!!!'],
    ['', ''],
    ['*bold*', 'bold'],
    ['don\'t', 'don\'t'],
  ])('of %j is %j', (text, expected) => {
    expect(canonicalKey(text)).toBe(expected)
  })

  it('keeps apart what numbers and signs make different', () => {
    const values = ['5', '-5', '+5', '.5', '5.5', '5²', '5%', '52', '−5', '$5', '5€', '½', '1½', '#5', '5,5', 'a+', 'a-', 'a', 'c#', 'c++', 'c']
    expect(new Set(values.map(canonicalKey)).size).toBe(values.length)
  })

  it('never throws, is its own key, and keeps every digit', () => {
    fc.assert(fc.property(anyString(), (text) => {
      const key = canonicalKey(text)
      const digits = (s: string) => s.match(/[0-9]/g)?.join('') ?? ''
      return canonicalKey(key) === key && (/[^\x00-\x7f]/.test(text) || digits(key) === digits(text))
    }), { numRuns: 1_000 })
  })
})
