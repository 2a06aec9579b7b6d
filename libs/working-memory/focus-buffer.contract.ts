import { type Clock, FixedClock, newId, userOf } from '#kernel'
import type { FocusBuffer, FocusItem, FocusLimits } from './focus-buffer'

const START = new Date('2025-05-01T10:00:00Z')
const ana = userOf('ana')

/** What every focus buffer promises. @param make an empty one, with limits and a clock of its own */
export function focusBufferContract(make: (clock: Clock, limits: FocusLimits) => FocusBuffer | Promise<FocusBuffer>): void {
  const setUp = async (limits: FocusLimits = { maxItems: 3, ttlSeconds: 3600 }) => {
    const clock = new FixedClock(START)
    const focus = await make(clock, limits)
    const item = (id: string, more: Partial<FocusItem> = {}): FocusItem =>
      ({ id, content: `about ${id}`, role: 'user', speaker: null, sessionId: 's', weight: 0.5, at: clock.now(), durable: true, ...more })
    return { clock, focus, item, ids: async (user = ana) => (await focus.list(user)).map((i) => i.id) }
  }

  it('gives back what was put in, whole', async () => {
    const { focus, item } = await setUp()
    const strange = item('a', { content: 'quotes " \\ \u2028 ünï 🐈', speaker: 'Ana', sessionId: null, weight: 1, durable: false })
    await focus.add(ana, [strange])
    expect(await focus.list(ana)).toEqual([strange])
  })

  it('holds the strongest, and among equals the later id, up to its limit', async () => {
    const { focus, item, ids } = await setUp()
    await focus.add(ana, [item('a'), item('b'), item('c', { weight: 0.9 }), item('d')])
    expect(await ids()).toEqual(['c', 'd', 'b'])
    await focus.add(ana, [item('e', { weight: 0 })])
    expect(await ids()).toEqual(['c', 'd', 'b'])
  })

  it('holds what has no weight while there is room', async () => {
    const { focus, item, ids } = await setUp()
    await focus.add(ana, [item('a', { weight: 0 }), item('b')])
    expect(await ids()).toEqual(['b', 'a'])
  })

  it('fades with time and drops what is older than its life', async () => {
    const { clock, focus, item, ids } = await setUp()
    await focus.add(ana, [item('old', { weight: 1 })])
    clock.advance(20 * 60_000)
    await focus.add(ana, [item('new', { weight: 0.5 })])
    expect(await ids()).toEqual(['new', 'old'])
    expect((await focus.list(ana))[1]!.weight).toBeCloseTo(0.25)
    clock.advance(50 * 60_000)
    expect(await ids()).toEqual(['new'])
  })

  it('weighs what is new against what has faded', async () => {
    const { clock, focus, item, ids } = await setUp({ maxItems: 2, ttlSeconds: 86_400 })
    await focus.add(ana, [item('a', { weight: 1 }), item('b', { weight: 0.9 })])
    clock.advance(30 * 60_000)
    await focus.add(ana, [item('c', { weight: 0.2 })])
    expect(await ids()).toEqual(['c', 'a'])
  })

  it('renews what is already there instead of doubling it', async () => {
    const { focus, item, ids } = await setUp()
    await focus.add(ana, [item('a'), item('b')])
    await focus.add(ana, [item('a', { weight: 0.8 })])
    expect(await ids()).toEqual(['a', 'b'])
    expect(await focus.size()).toBe(2)
  })

  it('lists one session when asked, and never another user', async () => {
    const { focus, item } = await setUp()
    await focus.add(ana, [item('a'), item('b', { sessionId: 't' })])
    expect((await focus.list(ana, 't')).map((i) => i.id)).toEqual(['b'])
    expect(await focus.list(userOf('bo'))).toEqual([])
  })

  it('removes ids, or all, and says how many were there', async () => {
    const { focus, item, ids } = await setUp()
    await focus.add(ana, [item('a'), item('b')])
    await focus.add(userOf('bo'), [item('c')])
    expect(await focus.remove(ana, ['a', 'x'])).toBe(1)
    expect(await focus.remove(ana, [])).toBe(0)
    expect(await focus.size()).toBe(2)
    expect(await focus.remove(ana)).toBe(1)
    expect(await focus.remove(ana)).toBe(0)
    expect(await ids()).toEqual([])
    expect(await ids(userOf('bo'))).toEqual(['c'])
  })

  it('keeps its limit, and the strongest, while many write at once', async () => {
    const { focus, item, ids } = await setUp({ maxItems: 8, ttlSeconds: 3600 })
    const made = Array.from({ length: 400 }, (_, i) => item(newId(START), { weight: (i + 1) / 400 }))
    const batches = Array.from({ length: 40 }, (_, lane) => made.filter((_one, i) => i % 40 === lane))
    const lengths = await Promise.all(batches.map(async (batch) => {
      await focus.add(ana, batch)
      return (await focus.list(ana)).length
    }))
    expect(Math.max(...lengths)).toBeLessThanOrEqual(8)
    expect(await ids()).toEqual(made.slice(-8).reverse().map((i) => i.id))
    expect(await focus.size()).toBe(8)
  })

  it('names those who have something in mind, and keeps what the store has of it or nobody has', async () => {
    const { focus, item, ids } = await setUp()
    await focus.add(ana, [item('a'), item('b'), item('c', { durable: false })])
    await focus.add(userOf('bo'), [item('d')])
    const users: string[] = []
    for await (const id of focus.users()) users.push(id)
    expect([...new Set(users)].sort()).toEqual([ana.id, userOf('bo').id].sort())
    const living = await focus.living(ana, await focus.list(ana), async (asked) => new Set(asked.filter((id) => id === 'b')))
    expect([living.map(({ id }) => id).sort(), (await ids()).sort()]).toEqual([['b', 'c'], ['b', 'c']])
    expect(await focus.list(userOf('bo'))).toHaveLength(1)
  })
}
