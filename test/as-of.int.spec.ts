import { EdgeStore } from '#graph-memory'
import { userOf } from '#kernel'
import { type RecallAnswer, RecallService, type RecallInput, Reinforcement } from '#recall'
import { CorrectService, type RememberInput, RememberService } from '#remember'
import { FocusBuffer } from '#working-memory'
import { type Flows, openFlows } from './support/flows'

const THEN = new Date('2025-06-01T10:00:00Z')
const LATER = new Date('2025-07-15T10:00:00Z')

describe('recall as of an earlier instant', () => {
  let app: Flows
  let people = 0
  beforeAll(async () => {
    app = await openFlows()
  })
  afterAll(() => app?.close())

  const someone = () => {
    const user = userOf(`someone-${++people}`)
    app.clock.set(THEN)
    return {
      user,
      remember: async (input: Omit<RememberInput, 'user'>) => (await app.get(RememberService).remember({ user, ...input })).results.map((r) => r.id!),
      recall: (query: string, more: Partial<RecallInput> = {}): Promise<RecallAnswer> => app.get(RecallService).recall({
        user, query, k: 50, filter: {}, threshold: 0, hops: 2, explain: true, includeSuperseded: false, reinforce: false, ...more,
      }),
      ids: async (query: string, more: Partial<RecallInput> = {}) => {
        const { results } = await app.get(RecallService).recall({
          user, query, k: 50, filter: {}, threshold: 0, hops: 1, explain: false, includeSuperseded: false, reinforce: false, ...more,
        })
        return results.map((r) => r.id)
      },
    }
  }
  const day = (n: number): Date => new Date(THEN.getTime() + n * 86_400_000)

  it('answers as it did then, whatever was remembered, corrected, connected and recalled since', async () => {
    const { user, remember, recall } = someone()
    const [moved, cat, tea] = await remember({ sessionId: 's', messages: [
      { content: 'I moved to Lisbon with Marta in spring', speaker: 'Ana' }, { content: 'We adopted a grey cat called Nimbus', speaker: 'Ana' },
      { content: 'Green tea without sugar is what I like', speaker: 'Ana' },
    ] })
    app.clock.set(day(1))
    await app.get(FocusBuffer).remove(user)
    await recall('Nimbus the cat', { reinforce: true })
    await app.get(Reinforcement).idle()
    await app.get(FocusBuffer).remove(user)
    app.clock.set(day(2))
    const questions = ['Where did Marta move to?', 'what is the cat called', 'tea']
    const before = await Promise.all(questions.map((q) => recall(q)))
    app.clock.set(day(20))
    await remember({ sessionId: 's', messages: [{ content: 'Marta moved to Porto with the cat', speaker: 'Ana' }, { content: 'The cat likes tea and Lisbon', speaker: 'Ana' }] })
    await app.get(CorrectService).correct(user, moved!, { content: 'I moved to Braga with Marta in spring' })
    await app.get(EdgeStore).insert(user.id, [{ src: cat!, dst: tea!, type: 'related', weight: 1 }], app.clock.now())
    app.clock.set(LATER)
    await recall('tea and Braga', { reinforce: true })
    await app.get(Reinforcement).idle()
    for (const [i, q] of questions.entries()) {
      const then = await recall(q, { asOf: day(2) })
      expect(then.results.map((r) => r.id)).toEqual(before[i]!.results.map((r) => r.id))
      then.results.forEach((r, at) => {
        const { score, ...was } = before[i]!.results[at]!
        // Recalled again since, so its strength then is not known any more.
        if (r.accessCount === was.accessCount) expect(r).toEqual({ ...was, score: expect.closeTo(score, 9), scores: expect.anything() })
        expect(r).toMatchObject({ validUntil: null, supersededBy: null })
      })
    }
  })

  it('shows accesses that were before it, and not those of later', async () => {
    const { user, remember, recall } = someone()
    await remember({ messages: [{ content: 'The spare key lies under the blue pot' }] })
    app.clock.set(day(1))
    await recall('spare key', { reinforce: true })
    await app.get(Reinforcement).idle()
    await app.get(FocusBuffer).remove(user)
    app.clock.set(day(3))
    expect((await recall('key', { asOf: day(2) })).results[0]).toMatchObject({ accessCount: 1, lastAccessedAt: day(1), scores: { strength: expect.any(Number) } })
    expect((await recall('key', { asOf: day(2) })).results[0]!.scores!.strength).toBeGreaterThan(0)
    expect((await recall('key', { asOf: day(0.5) })).results[0]).toMatchObject({ accessCount: 0, lastAccessedAt: null, scores: { strength: 0 } })
  })

  it('is the same as now when it is now', async () => {
    const { remember, recall } = someone()
    await remember({ sessionId: 's', messages: [{ content: 'Paulo bakes bread on Sunday' }, { content: 'The oven is new, and Paulo is proud of it' }] })
    app.clock.set(day(0.001))
    const [now, then] = [await recall('bread of Paulo'), await recall('bread of Paulo', { asOf: day(0.001) })]
    expect(then.results).toEqual(now.results)
    expect(now.results[0]!.scores!.focus).toBeGreaterThan(0)
  })

  it('has in mind what was in mind then and is known to have been', async () => {
    const { remember, recall } = someone()
    const [old] = await remember({ messages: [{ content: 'The lighthouse keeper collects marbles' }] })
    const atOnce = (await recall('marbles')).results[0]!.scores!.focus
    app.clock.advance(10 * 60_000)
    await remember({ messages: [{ content: 'The lighthouse keeper also paints marbles' }] })
    const { results } = await recall('marbles', { asOf: THEN })
    expect(results.map((r) => r.id)).toEqual([old])
    expect(results[0]!.scores!.focus).toBeCloseTo(atOnce, 3)
    expect(results[0]!.tier).toBe('focus')
  })

  it('shows what was not corrected or expired yet, and not what came later', async () => {
    const { user, remember, ids } = someone()
    const [lisbon, task] = [
      ...await remember({ messages: [{ content: 'My flat in Lisbon has a red door' }] }),
      ...await remember({ messages: [{ content: 'Paint the door of the flat this week' }], retention: 'task', expiresAt: day(5) }),
    ]
    app.clock.set(day(3))
    const porto = await app.get(CorrectService).correct(user, lisbon!, { content: 'My flat in Porto has a red door' })
    app.clock.set(day(10))
    expect((await ids('door')).sort()).toEqual([porto.id])
    expect((await ids('door', { asOf: day(4) })).sort()).toEqual([task, porto.id].sort())
    expect((await ids('door', { asOf: day(2) })).sort()).toEqual([lisbon, task].sort())
    expect((await ids('door', { asOf: day(4), includeSuperseded: true })).sort()).toEqual([lisbon, task, porto.id].sort())
    expect((await ids('door', { includeSuperseded: true })).sort()).toEqual([lisbon, porto.id].sort())
    expect(await ids('door', { asOf: day(-1) })).toEqual([])
  })

  it('counts recency and a time window from then, unless a reference date says otherwise', async () => {
    const { remember, ids, recall } = someone()
    const [old] = await remember({ messages: [{ content: 'Rain on the northern coast', occurredAt: day(-10) }] })
    const [fresh] = await remember({ messages: [{ content: 'Snow on the northern coast', occurredAt: day(-1) }] })
    app.clock.set(LATER)
    expect(await ids('coast', { timeWindow: '7d' })).toEqual([])
    expect(await ids('coast', { timeWindow: '7d', asOf: THEN })).toEqual([fresh])
    expect(await ids('coast', { timeWindow: '7d', asOf: THEN, referenceDate: day(-8) })).toEqual([old])
    const recency = async (more: Partial<RecallInput>) => (await recall('coast', more)).results.find((r) => r.id === fresh)!.scores!.recency
    expect(await recency({ asOf: THEN })).toBeGreaterThan(await recency({}))
    expect(await recency({ asOf: THEN, referenceDate: LATER })).toBeCloseTo(await recency({}), 3)
  })

  it('leaves what is corrected by now out of mind', async () => {
    const { user, remember, recall } = someone()
    const [lisbon] = await remember({ messages: [{ content: 'My flat in Lisbon has a red door' }] })
    app.clock.set(day(3))
    const porto = await app.get(CorrectService).correct(user, lisbon!, { content: 'My flat in Porto has a red door' })
    await app.get(FocusBuffer).remove(user)
    await recall('red door', { includeSuperseded: true, reinforce: true })
    await app.get(Reinforcement).idle()
    expect((await app.get(FocusBuffer).list(user)).map((item) => item.id)).toEqual([porto.id])
    const { results } = await recall('red door', { includeSuperseded: true })
    expect(new Map(results.map((r) => [r.id, r.accessCount]))).toEqual(new Map([[lisbon, 0], [porto.id, 1]]))
  })
})
