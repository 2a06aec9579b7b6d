import { Logger } from '@nestjs/common'
import { EdgeStore } from '#graph-memory'
import { userOf } from '#kernel'
import { type RecalledTrace, RecallService, Reinforcement, type Shares } from '#recall'
import { RememberService } from '#remember'
import { FocusBuffer } from '#working-memory'
import { type Flows, openFlows } from './support/flows'

/** Words alone find here: whatever else moves comes over edges. Memories that are to be equal are the same words of several people. */
describe('spreading activation', () => {
  let app: Flows
  let people = 0
  beforeAll(async () => {
    app = await openFlows()
    app.embedder.down = true
    jest.spyOn(Logger.prototype, 'warn').mockImplementation()
  })
  afterAll(() => app?.close())

  const someone = () => {
    const user = userOf(`someone-${++people}`)
    const at = app.clock.now()
    return {
      user,
      /** A memory of each speaker, of the same instant, in sessions of their own, with nobody in mind. */
      remember: async (content: string, ...speakers: string[]): Promise<string[]> => {
        const ids: string[] = []
        for (const speaker of speakers.length > 0 ? speakers : ['Zoe']) {
          const { results } = await app.get(RememberService).remember({ user, sessionId: speaker, messages: [{ content, speaker, occurredAt: at, importance: 0.5 }] })
          ids.push(results[0]!.id!)
        }
        await app.get(FocusBuffer).remove(user)
        return ids
      },
      connect: (src: string, dst: string, type: string, weight = 1): Promise<void> => app.get(EdgeStore).insert(user.id, [{ src, dst, type, weight }], at),
      recall: async (query: string, hops: 0 | 1 | 2 = 1, reinforce = false): Promise<Map<string, RecalledTrace>> => {
        const { results } = await app.get(RecallService).recall({ user, query, k: 200, filter: {}, threshold: 0, hops, explain: true, includeSuperseded: false, reinforce })
        return new Map(results.map((r) => [r.id, r]))
      },
    }
  }
  const PEOPLE = ['Ana', 'Ben', 'Cleo', 'Dora']

  it('raises what is connected with what was found, by the type and weight of the edge, and shows the edge', async () => {
    const { remember, connect, recall } = someone()
    const [harbour] = await remember('The harbour freezes in winter')
    const [a, b, c, d] = await remember('A quiet evening with friends', ...PEOPLE)
    await connect(harbour!, a!, 'related')
    await connect(b!, harbour!, 'related', 0.5)
    await connect(harbour!, c!, 'same_day')
    const found = await recall('harbour')
    const graph = (id?: string): number => found.get(id!)!.scores!.graph
    expect([graph(a), graph(b), graph(c), graph(d)]).toEqual([graph(a), graph(b), graph(c), graph(d)].sort((x, y) => y - x))
    expect(graph(b)).toBeGreaterThan(graph(c))
    expect(graph(c)).toBeGreaterThan(0)
    expect(graph(d)).toBe(0)
    expect([...found.keys()]).toEqual([harbour, a, b, c, d])
    const [src, dst] = [harbour!, a!].sort()
    expect(found.get(a!)!.edges).toEqual([{ src, dst, type: 'related', weight: 1 }])
    expect(found.get(d!)!.edges).toEqual([])
    expect((await recall('harbour', 0)).get(a!)).toMatchObject({ edges: [], scores: { graph: 0 } })
  })

  it('goes on for a second hop when asked, weaker, and not back', async () => {
    const { remember, connect, recall } = someone()
    const [harbour] = await remember('The harbour freezes in winter')
    const [a, b] = await remember('A quiet evening with friends', ...PEOPLE)
    await connect(harbour!, a!, 'related')
    await connect(a!, b!, 'related')
    expect((await recall('harbour', 1)).get(b!)!.scores!.graph).toBe(0)
    const far = await recall('harbour', 2)
    expect(far.get(b!)!.scores!.graph).toBeGreaterThan(0)
    expect(far.get(b!)!.scores!.graph).toBeLessThan(far.get(a!)!.scores!.graph)
    expect(far.get(harbour!)!.edges!.filter((edge) => edge.type === 'related')).toEqual([])
  })

  it('spreads less to each the more there are, and no further than a bound at hubs', async () => {
    const { remember, connect, recall } = someone()
    const [hub] = await remember('The harbour freezes in winter')
    const [pair] = await remember('The lighthouse shines at night', 'Yann')
    const many = await remember('A quiet evening with friends', ...Array.from({ length: 60 }, (_, i) => `Speaker${i}`))
    for (const id of many.slice(0, 50)) await connect(hub!, id, 'same_topic')
    await connect(pair!, many[55]!, 'same_topic')
    const of = async (query: string): Promise<number[]> => {
      const found = await recall(query)
      return many.map((id) => found.get(id)!.scores!.graph).filter((share) => share > 0)
    }
    const [fromHub, fromPair] = [await of('harbour'), await of('lighthouse')]
    expect(fromHub.length).toBeLessThanOrEqual(20)
    expect(fromPair).toHaveLength(1)
    expect(fromPair[0]).toBeGreaterThan(2 * Math.max(...fromHub))
  })

  it('starts from what is in mind: its neighbour rises over an equal that is none', async () => {
    const { user, remember, connect, recall } = someone()
    const [other, neighbour] = await remember('A quiet evening with friends', 'Ana', 'Ben')
    const [thought] = await remember('My violin lesson was moved', 'Cleo')
    await connect(thought!, neighbour!, 'related')
    const before = await recall('evening')
    expect(before.get(neighbour!)!.score).toBeCloseTo(before.get(other!)!.score, 9)
    await recall('violin lesson', 1, true)
    await app.get(Reinforcement).idle()
    expect((await app.get(FocusBuffer).list(user)).map((item) => item.id)).toContain(thought)
    await app.get(FocusBuffer).remove(user, [other!, neighbour!])
    const after = await recall('evening')
    expect([...after.keys()].filter((id) => id !== thought)[0]).toBe(neighbour)
    expect(after.get(neighbour!)!.score).toBeGreaterThan(before.get(neighbour!)!.score)
    expect(after.get(neighbour!)!.edges!.map((edge) => edge.type)).toContain('related')
    app.clock.advance(60 * 60_000)
    const later = await recall('evening')
    expect(later.get(neighbour!)!.scores!.graph).toBeLessThan(after.get(neighbour!)!.scores!.graph / 4)
  })

  it('keeps what was recalled in mind for a while, and makes it the stronger, for longer, the more often', async () => {
    const { remember, recall } = someone()
    const [thought] = await remember('My violin lesson was moved', 'Cleo')
    const shares = async (): Promise<Shares> => (await recall('violin lesson')).get(thought!)!.scores!
    const recalled = async (): Promise<void> => {
      await recall('violin lesson', 1, true)
      await app.get(Reinforcement).idle()
    }
    expect(await shares()).toMatchObject({ focus: 0, strength: 0 })
    await recalled()
    const fresh = await shares()
    expect(fresh.focus).toBeGreaterThan(0)
    app.clock.advance(3 * 86_400_000)
    const once = await shares()
    expect(once.focus).toBe(0)
    expect(once.strength).toBeGreaterThan(0)
    expect(once.strength).toBeLessThan(fresh.strength)
    await recalled()
    app.clock.advance(3 * 86_400_000)
    expect((await shares()).strength).toBeGreaterThan(once.strength)
  })
})
