import { entityUuid, userUuid } from '#kernel'
import type { EdgeLine, HeaderLine, Line, SessionLine, TraceLine } from './format'
import { Naming } from './naming'
import { Structure } from './structure'
import type { Problem } from './transfer.types'

const [A, B, C] = ['a', 'b', 'c'].map((c) => `018f0000-0000-7000-8000-00000000000${c}`) as [string, string, string]
const header: HeaderLine = { line: 'header', format: 'reverie', version: 1, user_id: 'ana', time_zone: null }
const session = (name: string): SessionLine => ({ line: 'session', session_id: name }) as SessionLine
const plain = { line: 'trace', kind: 'episode', content: 'x', session_id: null, place: 'alone', superseded_by: null, metadata: {} }
const trace = (id: string, more: Partial<TraceLine> = {}): TraceLine => ({ ...plain, id, ...more }) as TraceLine
const edge = (src: string, dst: string): EdgeLine => ({ line: 'edge', src, dst, type: 'next' }) as EdgeLine
const end = (sessions: number, traces: number, edges: number): Line => ({ line: 'end', sessions, traces, edges })

/** What is wrong with these lines, as `line field`. */
function check(...lines: Line[]): string[] {
  const structure = new Structure()
  const problems: Problem[] = lines.flatMap((line, i) => structure.next(i + 1, line))
  return [...problems, ...structure.end(lines.length)].map(({ line, field, message }) => `${line} ${field} ${message}`)
}

describe('an import', () => {
  it('may have everything in its order, and nothing but a header and an end', () => {
    expect(check(header, session('s'), trace(A, { session_id: 's', place: 0, superseded_by: B }), trace(B), edge(B, A), end(1, 2, 1))).toEqual([])
    expect(check(header, end(0, 0, 0))).toEqual([])
  })

  it.each<[string, Line[], string[]]>([
    ['nothing at all', [], ['1 line must be the header: the import is empty']],
    ['no header', [trace(A), end(0, 1, 0)], ['1 line must be the header', '2 traces is not the number of lines that came: some are missing']],
    ['a second header', [header, header, end(0, 0, 0)], ['2 line is a second header']],
    ['no end', [header, trace(A)], ['2 line must be followed by the end: the import was cut off']],
    ['something after the end', [header, end(0, 0, 0), trace(A)], ['3 line stands after the end']],
    ['a trace after an edge', [header, trace(A), trace(B), edge(A, B), trace(C), end(0, 3, 1)],
      ['5 line must stand before the edges', '6 traces is not the number of lines that came: some are missing']],
    ['a line missing', [header, trace(A), end(1, 2, 3)], ['sessions', 'traces', 'edges'].map((what) => `3 ${what} is not the number of lines that came: some are missing`)],
    ['a trace twice', [header, trace(A), trace(A), end(0, 1, 0)], ['3 id is that of an earlier line']],
    ['a session twice', [header, session('s'), session('s'), end(1, 0, 0)], ['3 session_id is that of an earlier line']],
    ['a session that is not there', [header, trace(A, { session_id: 's', place: 0 }), end(0, 1, 0)], ['2 session_id is no session of this import']],
    ['a place outside of a session', [header, trace(A, { place: 3 }), end(0, 1, 0)], ['2 place is a number only within a session']],
    ['a successor that is not there', [header, trace(A, { superseded_by: B }), end(0, 1, 0)], ['2 superseded_by is no trace of this import']],
    ['an edge to nowhere', [header, trace(A), edge(B, A), edge(A, C), end(0, 1, 2)], ['3 src is no trace of this import', '4 dst is no trace of this import']],
  ])('may not have %s', (_, lines, problems) => {
    expect(check(...lines)).toEqual(problems)
  })
})

describe('ids that are made of names', () => {
  const [ana, ben] = [userUuid('ana'), userUuid('ben')]
  const named = (user: string, key: string, more: Partial<TraceLine> = {}): TraceLine => trace(entityUuid(user, key), { kind: 'entity', metadata: { key }, ...more })

  it('are the new user\'s, wherever they stand; all others stay', () => {
    const naming = new Naming('ana', ben)
    expect(naming.trace(named(ana, 'lisbon')).id).toBe(entityUuid(ben, 'lisbon'))
    expect(naming.of(entityUuid(ana, 'lisbon'))).toBe(entityUuid(ben, 'lisbon'))
    expect(naming.trace(trace(A, { superseded_by: entityUuid(ana, 'lisbon') }))).toMatchObject({ id: A, superseded_by: entityUuid(ben, 'lisbon') })
    const health = named(ana, 'collection:Health', { kind: 'collection', content: 'Health', metadata: {} })
    expect(naming.trace(health).id).toBe(entityUuid(ben, 'collection:Health'))
    const said = trace(A, { kind: 'preference', metadata: { key: 'coffee' } })
    expect(naming.trace(said)).toEqual(said)
    expect([naming.isName(health), naming.isName(said)]).toEqual([true, false])
  })

  it('stay when the memory goes back to whose it was', () => {
    const naming = new Naming('ana', ana)
    const lisbon = named(ana, 'lisbon')
    expect(naming.trace(lisbon)).toEqual(lisbon)
    expect(naming.isName(lisbon)).toBe(true)
    expect(naming.isName(named(ana, 'collection:Health', { kind: 'collection', content: 'Health', metadata: {} }))).toBe(false)
  })
})
