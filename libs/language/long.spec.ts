import { contentWords, entities, terms, wordCount } from './index'

/** Longer than time allows to anything that grows with the square of it. */
const LENGTH = 128 * 1024
const endless = (part: string): string => part.repeat(Math.floor(LENGTH / Buffer.byteLength(part)))

describe('texts that are long and are no language', () => {
  it.each(['a', 'M', '1', '1,', '10:', 'a@', 'a.', 'x-', '- a\n', '<memories a>\n', 'あ', 'Ana ', 'harbour ', '`', '\n', '2026-01-01 ', 'https://a', 'é', '😀'])(
    'are read in one pass, and no word of them is long: %j', (part) => {
      const text = endless(part)
      for (const word of new Set(terms(text))) expect(word.length).toBeLessThanOrEqual(256)
      expect(contentWords(text).length).toBeLessThanOrEqual(wordCount(text))
      expect(entities(text).length).toBeLessThan(LENGTH)
    })

  it('are found by their beginning, whatever follows', () => {
    const token = endless('Zq7')
    expect(terms(`token ${token}`)).toEqual(expect.arrayContaining([terms(token.slice(0, 256))[0]]))
  })
})
