import { Logger } from '@nestjs/common'
import type { Sql } from '#database'
import type { Trace } from '#episodic-memory'
import { FixedClock, userOf } from '#kernel'
import { InProcessFocusBuffer } from '#working-memory'
import { Reinforcement } from './reinforcement'

const [ana, ben] = [userOf('ana'), userOf('ben')]
const START = new Date('2025-05-01T10:00:00Z')
const memory = (id: string): Trace & { score: number } => ({ id, content: `about ${id}`, role: 'user', speaker: null, sessionId: null, score: 0.5 }) as Trace & { score: number }

/** A store in which everything lives, except what is `gone`; it answers when it is let go on. */
class SlowStore {
  readonly counted: { user: string; times: Record<string, number> }[] = []
  gone: readonly string[] = []
  broken = false
  private open: (() => void)[] | undefined

  many = async ({ userId }: { userId: string }, text: string, params: readonly unknown[]): Promise<{ id: string }[]> => {
    const ids = params[1] as string[]
    if (text.startsWith('insert')) {
      await new Promise<void>((go) => (this.open ? this.open.push(go) : go()))
      if (this.broken) throw new Error('the store is away')
      const times = params[3] as number[]
      this.counted.push({ user: userId, times: Object.fromEntries(ids.map((id, i) => [id, times[i]!])) })
      return ids.map((id) => ({ id }))
    }
    return ids.filter((id) => !this.gone.includes(id)).map((id) => ({ id }))
  }

  hold(): void {
    this.open = []
  }

  go(): void {
    this.open?.forEach((go) => go())
    this.open = undefined
  }
}

describe('reinforcement', () => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation()
  afterEach(() => {
    jest.useRealTimers()
    warn.mockClear()
  })
  const setUp = () => {
    const store = new SlowStore()
    const clock = new FixedClock(START)
    const focus = new InProcessFocusBuffer(clock, { maxItems: 64, ttlSeconds: 3600 })
    return { store, focus, reinforcement: new Reinforcement(store as unknown as Sql, clock, focus) }
  }

  it('counts the recalls of one moment together, a statement for each user', async () => {
    const { store, focus, reinforcement } = setUp()
    reinforcement.note(ana, [memory('a'), memory('b')])
    reinforcement.note(ben, [memory('c')])
    reinforcement.note(ana, [memory('b')])
    await reinforcement.idle()
    expect(store.counted).toEqual([{ user: ana.id, times: { a: 1, b: 2 } }, { user: ben.id, times: { c: 1 } }])
    expect((await focus.list(ana)).map((item) => item.id).sort()).toEqual(['a', 'b'])
  })

  it('waits a moment for more, and no longer', async () => {
    jest.useFakeTimers()
    const { store, reinforcement } = setUp()
    reinforcement.note(ana, [memory('a')])
    await jest.advanceTimersByTimeAsync(100)
    reinforcement.note(ana, [memory('b')])
    expect(store.counted).toEqual([])
    await jest.advanceTimersByTimeAsync(100)
    expect(store.counted).toEqual([{ user: ana.id, times: { a: 1, b: 1 } }])
    reinforcement.note(ana, [memory('c')])
    await jest.advanceTimersByTimeAsync(200)
    expect(store.counted).toHaveLength(2)
  })

  it('does not wait when much has come, and counts what comes meanwhile afterwards', async () => {
    jest.useFakeTimers()
    const { store, reinforcement } = setUp()
    store.hold()
    reinforcement.note(ana, Array.from({ length: 500 }, (_, i) => memory(`n${i}`)))
    reinforcement.note(ben, [memory('later')])
    store.go()
    await jest.advanceTimersByTimeAsync(0)
    expect(store.counted.map(({ user }) => user)).toEqual([ana.id])
    await jest.advanceTimersByTimeAsync(200)
    expect(store.counted.map(({ user }) => user)).toEqual([ana.id, ben.id])
  })

  it('holds no more than its bound while the store is slow, and says how many it did not count', async () => {
    const { store, reinforcement } = setUp()
    store.hold()
    reinforcement.note(ben, Array.from({ length: 500 }, (_, i) => memory(`n${i}`)))
    for (let i = 0; i < 10_010; i++) reinforcement.note(ana, [memory(`m${i}`)])
    reinforcement.note(ana, [memory('m1')])
    store.go()
    await reinforcement.idle()
    const [, counted] = store.counted
    expect(Object.keys(counted!.times)).toHaveLength(10_000)
    expect(counted!.times).toMatchObject({ m1: 2, m9999: 1 })
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/^10 recalled memories/))
  })

  it('counts everything before a shutdown goes on', async () => {
    const { store, reinforcement } = setUp()
    store.hold()
    reinforcement.note(ana, [memory('a')])
    const ended = reinforcement.beforeApplicationShutdown()
    reinforcement.note(ana, [memory('b')])
    store.go()
    await ended
    expect(store.counted.map(({ times }) => times)).toEqual([{ a: 1 }, { b: 1 }])
  })

  it('goes on with the next user when one could not be counted, and quotes nothing', async () => {
    const { store, reinforcement } = setUp()
    store.broken = true
    reinforcement.note(ana, [memory('a')])
    await reinforcement.idle()
    store.broken = false
    reinforcement.note(ben, [memory('b')])
    await reinforcement.idle()
    expect(store.counted).toEqual([{ user: ben.id, times: { b: 1 } }])
    expect(warn.mock.calls).toEqual([['recalls were not counted: Error']])
  })

  it('does not keep in mind what was forgotten while it was counted', async () => {
    const { store, focus, reinforcement } = setUp()
    store.gone = ['a']
    reinforcement.note(ana, [memory('a'), memory('b')])
    await reinforcement.idle()
    expect((await focus.list(ana)).map((item) => item.id)).toEqual(['b'])
  })
})
