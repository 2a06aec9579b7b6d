import { EdgeStore } from '#graph-memory'
import { userOf } from '#kernel'
import { RecallService, type RecallInput, Reinforcement } from '#recall'
import { CorrectService, RememberService } from '#remember'
import { type Flows, openFlows } from './support/flows'

const ana = userOf('ana')
const DAY_MS = 86_400_000
const WORDS = ['harbour', 'violin', 'garden', 'storm', 'lantern', 'bread', 'train', 'brother', 'exam', 'tea', 'window', 'river']

/** One life, the same wherever it is lived: ids of what was remembered, in order. */
async function live(app: Flows): Promise<string[]> {
  const start = app.clock.now()
  const ids: string[] = []
  for (let session = 0; session < 6; session++) {
    const messages = Array.from({ length: 12 }, (_, i) => {
      const word = (n: number): string => WORDS[(session * 7 + i * 5 + n * (i + 1)) % WORDS.length]!
      const end = i % 4 === 0 ? `not the ${word(3)}` : `then ${word(3)} ${word(4)}`
      return {
        content: `${i % 3 === 0 ? 'We spoke of' : 'I remember'} the ${word(1)} and the ${word(2)}, ${end}${i % 5 === 2 ? '?' : ''}`,
        speaker: i % 2 === 0 ? 'Ana' : 'Ben Ode', role: i % 6 === 5 ? 'assistant' : 'user', occurredAt: new Date(start.getTime() + session * 3 * DAY_MS + i * 61_000),
        importance: 0.4 + (i % 5) / 10,
      }
    })
    const { results } = await app.get(RememberService).remember({ user: ana, sessionId: `s${session % 4}`, messages })
    ids.push(...results.map((r) => r.id!))
    app.clock.advance(3 * DAY_MS)
  }
  ids.push((await app.get(CorrectService).correct(ana, ids[5]!, { content: 'The harbour was rebuilt after the storm' })).id)
  await app.get(EdgeStore).insert(ana.id, [{ src: ids[3]!, dst: ids[40]!, type: 'related', weight: 0.8 }, { src: ids[8]!, dst: ids[60]!, type: 'similar', weight: 0.7 }], app.clock.now())
  await app.get(RecallService).recall({ ...QUESTIONS[0]!, reinforce: true })
  await app.get(Reinforcement).idle()
  app.clock.advance(20 * 60_000)
  return ids
}

const ask = (query: string, more: Partial<RecallInput> = {}): RecallInput => ({
  user: ana, query, k: 10, filter: {}, threshold: 0, hops: 1, explain: true, includeSuperseded: false, reinforce: false, ...more,
})
const QUESTIONS: readonly RecallInput[] = [
  ask('the harbour and the storm'), ask('What did Ben say of the violin?', { hops: 2 }), ask('tea', { k: 50 }), ask('garden lantern river', { filter: { sessionId: 's1' } }),
  ask('what was it', { k: 5 }), ask('bread for my brother', { includeSuperseded: true, k: 100 }), ask('exam', { asOf: new Date('2025-06-10T00:00:00Z') }),
  ask('I remember the brother and the violin', { k: 100 }),
  ask('train', { maxTokens: 60 }), ask('window', { hops: 0, heads: ['semantic', 'entity', 'situation'] }),
]

describe('recall on both stores', () => {
  const apps: Flows[] = []
  afterAll(async () => {
    for (const app of apps) await app.close()
  })

  it('answers the same: order, scores, shares, edges, and what was held back', async () => {
    const answers = []
    for (const embedded of [false, true]) {
      const app = await openFlows(undefined, embedded)
      apps.push(app)
      const ids = await live(app)
      const name = (id: string): string => (ids.includes(id) ? `memory ${ids.indexOf(id)}` : id.slice(14, 15) === '5' ? id : 'another')
      answers.push(await Promise.all(QUESTIONS.map(async (question) => {
        const { results, heldBack, basis } = await app.get(RecallService).recall(question)
        return {
          basis, heldBack: heldBack.map((h) => ({ id: name(h.id), reason: h.reason.replace(/[0-9a-f-]{36}/, name) })),
          results: results.map((r) => ({
            id: name(r.id), content: r.content, tier: r.tier, score: r.score, scores: r.scores!, accessCount: r.accessCount,
            edges: r.edges!.map((e) => ({ ...e, src: name(e.src), dst: name(e.dst) })).map((e) => JSON.stringify(e)).sort(),
          })),
        }
      })))
    }
    const [server, embedded] = answers as [(typeof answers)[0], (typeof answers)[0]]
    const exact = (all: typeof server): unknown => all.map((a) => ({ ...a, results: a.results.map(({ score, scores, ...rest }) => rest) }))
    expect(exact(embedded)).toEqual(exact(server))
    const numbers = (all: typeof server): number[] => all.flatMap((a) => a.results.flatMap(({ score, scores }) => [score, ...Object.values(scores)]))
    const far = numbers(server).map((n, i) => Math.abs(n - numbers(embedded)[i]!)).filter((difference) => difference > 1e-6)
    expect(far).toEqual([])
    expect(server.map((a) => a.results.length)).toEqual([10, 10, 50, expect.any(Number), 5, expect.any(Number), 10, expect.any(Number), expect.any(Number), 10])
    expect(server.some((a) => a.heldBack.some((h) => h.reason.startsWith('superseded')))).toBe(true)
    expect(server.some((a) => a.results.some((r) => r.scores.graph > 0 && r.scores.focus > 0 && r.scores.strength > 0))).toBe(true)
  })
})
