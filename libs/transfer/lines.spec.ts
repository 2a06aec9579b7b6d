import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { Batches } from './batches'
import type { EdgeLine, Line, TraceLine } from './format'
import { IdSet } from './id-set'
import { LONGEST_LINE, linesOf, type RawLine } from './lines'
import { Spool } from './spool'

async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = []
  for await (const one of from) out.push(one)
  return out
}

async function* chunks(...parts: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield Buffer.from(part)
}

describe('lines', () => {
  it('are the same however the bytes come, with their numbers; blank ones are left out', async () => {
    const bytes = Buffer.from('{"a":"é🦊"}\r\n\n  \n{"b":1}\nlast')
    const whole: RawLine[] = [{ number: 1, text: '{"a":"é🦊"}\r' }, { number: 4, text: '{"b":1}' }, { number: 5, text: 'last' }]
    await fc.assert(fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 5 }), async (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length]
      expect(await all(linesOf(chunks(...at.slice(1).map((end, i) => bytes.subarray(at[i], end)))))).toEqual(whole)
    }))
    expect(await all(linesOf(chunks('\ufeffx\n')))).toEqual([{ number: 1, text: 'x' }])
    expect(await all(linesOf(chunks()))).toEqual([])
  })

  it('say what is wrong with one, and go on', async () => {
    const long = Buffer.alloc(LONGEST_LINE, 'a')
    expect(await all(linesOf(chunks('ok\n', Buffer.from([0xff]), '\n', long, 'aa', '\nok')))).toEqual([
      { number: 1, text: 'ok' }, { number: 2, fault: 'is not valid UTF-8' }, { number: 3, fault: 'is longer than 16 MiB' }, { number: 4, text: 'ok' },
    ])
  })
})

describe('a set of ids', () => {
  it('knows those that were added, of whatever kind, and no others', () => {
    const numbered = Array.from({ length: 5_000 }, (_, n) => `018f0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`)
    const random = Array.from({ length: 5_000 }, () => randomUUID())
    const set = new IdSet()
    for (const id of [...numbered, ...random]) expect(set.add(id)).toBe(true)
    for (const id of [...numbered, ...random]) expect([set.add(id.toUpperCase()), set.has(id)]).toEqual([false, true])
    expect(set.size).toBe(10_000)
    for (let n = 0; n < 1_000; n++) expect(set.has(randomUUID())).toBe(false)
  })
})

describe('a spool', () => {
  it('gives back what was written, more than once, and has no name in the meantime', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('reverie-') && !name.includes('test')).length
    const spool = await Spool.open()
    await spool.write('é'.repeat(50_000))
    await spool.write(Buffer.from('end'))
    expect(spool.bytes).toBe(100_003)
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('reverie-') && !name.includes('test')).length).toBeLessThanOrEqual(before)
    const first = Buffer.concat(await all(spool.read())).toString()
    expect([first.length, first.endsWith('éend')]).toEqual([50_003, true])
    const stream = spool.stream()
    const closed = new Promise((done) => stream.once('close', done))
    expect(await text(stream)).toBe(first)
    await closed
    await expect(all(spool.read())).rejects.toThrow()
  })
})

describe('batches', () => {
  const trace = (content: string): TraceLine => ({ line: 'trace', content }) as TraceLine
  const edge = { line: 'edge' } as EdgeLine

  it('are of one kind, of at most 500 lines and some 2 MiB, and lose nothing', async () => {
    const seen: [string, number][] = []
    const count = (kind: string) => async (batch: readonly unknown[]) => void seen.push([kind, batch.length])
    const batches = new Batches({ trace: count('trace'), edge: count('edge') })
    const long = 'a'.repeat(1024 * 1024)
    const lines: Line[] = [{ line: 'end', sessions: 0, traces: 0, edges: 0 }, ...Array.from({ length: 501 }, () => trace('a')), trace(long), trace(long), trace('b'), edge]
    for (const [number, line] of lines.entries()) await batches.add(number, line)
    await batches.end()
    await batches.end()
    expect(seen).toEqual([['trace', 500], ['trace', 3], ['trace', 1], ['edge', 1]])
  })
})
