import type { Change, DerivedTrace } from './change'
import { withoutChangesOf } from './left-out'

const trace = (id: string, ...sources: string[]): Change =>
  ({ op: 'create', trace: { id, kind: 'fact', content: id, sources, occurredAt: new Date(0), salience: 0.5 } satisfies DerivedTrace })
const edge = (src: string, dst: string): Change => ({ op: 'create', edge: { src, dst, type: 'similar', weight: 1 } })

describe('what is left out of a plan', () => {
  it('is what is blocked, what derives from it in any order, and what names it', () => {
    const session: Change = { op: 'update', session: 's', before: {}, after: { topics: [] } }
    const kept = [trace('x', 'episode'), edge('x', 'episode'), { op: 'supersede' as const, trace: 'old', by: 'x', reason: 'newer' }, session]
    expect(withoutChangesOf(new Set(['a']), new Set(), [
      trace('c', 'b'), trace('b', 'a', 'episode'), trace('a', 'episode'), ...kept, edge('episode', 'c'), { op: 'supersede', trace: 'old', by: 'b', reason: 'newer' },
      { op: 'update', trace: 'a', before: { salience: 0.5 }, after: { salience: 0.6 } },
      { op: 'remove', edge: { src: 'a', dst: 'x', type: 'similar' }, before: { weight: 1 } },
    ])).toEqual(kept)
  })

  it('is what is planned already, here or by a phase before, but not what names it', () => {
    expect(withoutChangesOf(new Set(), new Set(['a']), [trace('a', 'e'), trace('b', 'e'), trace('b', 'f'), edge('a', 'b')])).toEqual([trace('b', 'e'), edge('a', 'b')])
  })
})
