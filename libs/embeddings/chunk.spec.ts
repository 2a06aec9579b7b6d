import * as fc from 'fast-check'
import { chunkText } from './chunk'

const bare = (text: string) => text.replace(/\s+/g, '')

describe('chunkText', () => {
  it('leaves short text whole, trims it, and gives nothing for blank text', () => {
    expect(chunkText('  Ana likes tea. She drinks it daily.\n', { maxChars: 400 })).toEqual(['Ana likes tea. She drinks it daily.'])
    expect(chunkText(' \n ', { maxChars: 400 })).toEqual([])
    expect(chunkText('', { maxChars: 400 })).toEqual([])
  })

  it('cuts at the ends of sentences and lines', () => {
    const text = 'Ana moved to Lisbon. She likes the river! Does Bo visit?\nBo is coming in May.'
    expect(chunkText(text, { maxChars: 45 })).toEqual([
      'Ana moved to Lisbon. She likes the river!', 'Does Bo visit?\nBo is coming in May.',
    ])
  })

  it('cuts a long sentence between words and a giant word inside, but no surrogate pair', () => {
    expect(chunkText('one two three four five', { maxChars: 9 })).toEqual(['one two', 'three', 'four five'])
    expect(chunkText('abcdefghij', { maxChars: 4 })).toEqual(['abcd', 'efgh', 'ij'])
    expect(chunkText('😀😀😀', { maxChars: 3 })).toEqual(['😀', '😀', '😀'])
  })

  it('halves what the model does not read whole', () => {
    const pieces = chunkText('a b c d e f g h i j k l m n o p q r s t', { maxChars: 400, fits: (piece) => piece.length <= 20 })
    expect(pieces).toEqual(['a b c d e f g h i j', 'k l m n o p q r s t'])
    expect(chunkText('x'.repeat(40), { maxChars: 400, fits: () => false })).toEqual(new Array(4).fill('x'.repeat(10)))
  })

  it('never loses text, never exceeds the limit, never gives an empty piece', () => {
    const sentence = fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 40 }).map((words) => words.join(' '))
    const text = fc.array(fc.oneof(sentence, fc.string({ unit: 'binary', maxLength: 200 })), { maxLength: 8 })
      .chain((parts) => fc.constantFrom('. ', '\n\n', ' ').map((glue) => parts.join(glue)))
    fc.assert(fc.property(text, fc.integer({ min: 2, max: 120 }), fc.boolean(), (input, maxChars, strict) => {
      const pieces = chunkText(input, { maxChars, fits: (piece) => !strict || piece.length < 40 })
      expect(bare(pieces.join(' '))).toBe(bare(input))
      for (const piece of pieces) {
        expect(piece.length).toBeLessThanOrEqual(maxChars)
        expect(piece).toBe(piece.trim())
        expect(piece).not.toBe('')
      }
    }))
  })

  it('handles 100 kB without ends of sentences', () => {
    for (const text of ['x'.repeat(100_000), 'word '.repeat(20_000), 'A sentence. '.repeat(8_000), 'line\n'.repeat(20_000)]) {
      expect(bare(chunkText(text, { maxChars: 400 }).join(''))).toHaveLength(bare(text).length)
    }
  })
})
