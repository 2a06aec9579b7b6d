import { FixedClock, userOf } from '#kernel'
import { type FocusItem } from './focus-buffer'
import { InProcessFocusBuffer } from './in-process.focus-buffer'

const START = new Date('2025-05-01T10:00:00Z')
const ana = userOf('ana')

function setUp(limits = { maxItems: 3, ttlSeconds: 3600 }) {
  const clock = new FixedClock(START)
  const focus = new InProcessFocusBuffer(clock, limits)
  const item = (id: string, more: Partial<FocusItem> = {}): FocusItem =>
    ({ id, content: id, role: 'user', speaker: null, sessionId: 's', weight: 0.5, at: clock.now(), durable: true, ...more })
  return { clock, focus, item, ids: async () => (await focus.list(ana)).map((i) => i.id) }
}

describe('the focus buffer', () => {
  it('holds the strongest, and among equals the latest, up to its limit', async () => {
    const { focus, item, ids } = setUp()
    await focus.add(ana, [item('a'), item('b'), item('c', { weight: 0.9 }), item('d')])
    expect(await ids()).toEqual(['c', 'd', 'b'])
  })

  it('fades with time and drops what is older than its life', async () => {
    const { clock, focus, item, ids } = setUp()
    await focus.add(ana, [item('old', { weight: 1 })])
    clock.advance(20 * 60_000)
    await focus.add(ana, [item('new', { weight: 0.5 })])
    expect(await ids()).toEqual(['new', 'old'])
    expect((await focus.list(ana))[1]!.weight).toBeCloseTo(0.25)
    clock.advance(50 * 60_000)
    expect(await ids()).toEqual(['new'])
  })

  it('renews what is already there instead of doubling it', async () => {
    const { focus, item, ids } = setUp()
    await focus.add(ana, [item('a'), item('b')])
    await focus.add(ana, [item('a', { weight: 0.8 })])
    expect(await ids()).toEqual(['a', 'b'])
  })

  it('lists one session when asked, and never another user', async () => {
    const { focus, item } = setUp()
    await focus.add(ana, [item('a'), item('b', { sessionId: 't' })])
    expect((await focus.list(ana, 't')).map((i) => i.id)).toEqual(['b'])
    expect(await focus.list(userOf('bo'))).toEqual([])
  })

  it('removes ids, or all, and says how many were there', async () => {
    const { focus, item, ids } = setUp()
    await focus.add(ana, [item('a'), item('b')])
    expect(await focus.remove(ana, ['a', 'x'])).toBe(1)
    expect(await focus.size()).toBe(1)
    expect(await focus.remove(ana)).toBe(1)
    expect(await focus.remove(ana)).toBe(0)
    expect(await ids()).toEqual([])
  })
})
