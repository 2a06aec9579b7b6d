import fc from 'fast-check'
import { userUuid } from '#kernel'
import { Entries, type Entry } from './entries'
import { IDS_A_LINE, type LedgerLine, readLine, writeLine } from './ledger-lines'

const AT = '2025-06-01T10:00:00.000Z'
const counts = { traces: 1, embeddings: 1, terms: 1, edges: 1, focus: 0, derived: 0, rewritten: 0 }
const user = userUuid('ana')
const [first, second] = [userUuid('first'), userUuid('second')]
const named = (receipt: string, ...names: string[]): LedgerLine => ({ line: 'forgotten', user, receipt, ids: names.map(userUuid) })
const stone = (receipt: string | null, name: string): LedgerLine => ({
  line: 'tombstone', user, receipt, id: userUuid(name), memory: userUuid(name), at: AT, recipe: 2, key: 'ab', holds: ['text'], text: '0'.repeat(64), source: null, knowledge: null,
})
const closing = (id: string): LedgerLine => ({ line: 'receipt', user, id, at: AT, digest: 'd', previous: null, counts })
const told = (lines: readonly LedgerLine[], annulled: readonly string[] = []): Entry[] => {
  const entries = new Entries(new Set(annulled))
  return lines.flatMap((line) => entries.next(line) ?? [])
}

describe('what the lines of a ledger tell', () => {
  it('is what one call forgot, when its receipt has come, also between lines of another', () => {
    const lines = [named(first, 'a'), named(second, 'b'), stone(first, 's'), named(first, 'c'), closing(second), closing(first)]
    expect(told(lines)).toEqual([
      { line: 'forgotten', user, receipt: closing(second), ids: [userUuid('b')], stones: [] },
      { line: 'forgotten', user, receipt: closing(first), ids: [userUuid('a'), userUuid('c')], stones: [stone(first, 's')] },
    ])
  })

  it('is nothing without a receipt, or when it was annulled', () => {
    const lines = [named(first, 'a'), closing(first), named(second, 'b')]
    expect(told(lines, [first])).toEqual([])
    const over: LedgerLine = { line: 'user', user, receipt: first, at: AT }
    expect([told([over]), told([over], [first])]).toEqual([[over], []])
  })

  it('is a tombstone by itself, and a lifting', () => {
    const lifted: LedgerLine = { line: 'lifted', user, tombstone: second, at: AT }
    expect(told([stone(null, 's'), lifted])).toEqual([stone(null, 's'), lifted])
  })

  it('is written in lines under 4 KiB that are read as they were', () => {
    const full = named(first, ...Array.from({ length: IDS_A_LINE }, (_, i) => String(i)))
    for (const line of [full, stone(null, 's'), closing(first)]) {
      expect(Buffer.byteLength(writeLine(line))).toBeLessThan(4_096)
      expect(readLine(writeLine(line))).toEqual(line)
    }
  })

  it('is nothing that was cut short or is anything else', () => {
    const whole = writeLine(stone(first, 's')).trim()
    fc.assert(fc.property(fc.nat({ max: whole.length - 1 }), (end) => readLine(whole.slice(0, end)) === undefined))
    expect(['null', '{}', '{"line":"torn","more":1}'].map(readLine)).toEqual([undefined, undefined, undefined])
  })
})
