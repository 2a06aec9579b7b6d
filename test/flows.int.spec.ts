import { EmbeddingBackfill, type FilterExpression, TraceReader } from '#episodic-memory'
import { ForgetService } from '#forget'
import { userOf } from '#kernel'
import { RecallService, type RecallInput, Reinforcement } from '#recall'
import { RememberService, CorrectService } from '#remember'
import { FocusBuffer } from '#working-memory'
import { type Flows, openFlows } from './support/flows'

const ana = userOf('ana')
const recallOf = (query: string, more: Partial<RecallInput> = {}): RecallInput => ({
  user: ana, query, k: 10, filter: {}, threshold: 0, hops: 1, explain: true, includeSuperseded: false, reinforce: false, ...more,
})

describe('the flows over one store', () => {
  let app: Flows
  beforeAll(async () => {
    app = await openFlows()
  })
  afterAll(() => app?.close())

  it('remembers, recalls with shares that add up, corrects and forgets', async () => {
    const { results } = await app.get(RememberService).remember({
      user: ana, sessionId: 's1', messages: [
        { content: 'I moved to Lisbon in May with my sister Marta', speaker: 'Ana' },
        { content: 'ok' },
        { content: 'We adopted a small grey cat called Nimbus last week', speaker: 'Ana', metadata: { emotion: 'joy', n: 3 }, tags: ['pets'] },
        { content: 'We adopted a small grey cat called Nimbus last week', speaker: 'Ana' },
      ],
    })
    expect(results.map((r) => r.status)).toEqual(['stored', 'focus_only', 'stored', 'duplicate'])
    const answer = await app.get(RecallService).recall(recallOf('which city did she move to, Lisbon?'))
    expect(answer.degraded).toEqual([])
    expect(answer.results).toHaveLength(2)
    expect(answer.results[0]!.content).toContain('Lisbon')
    for (const r of answer.results) expect(Object.values(r.scores!).reduce((a, b) => a + b, 0)).toBeCloseTo(r.score, 6)
    const happy: FilterExpression = { and: [{ field: 'metadata.emotion', op: 'eq', value: 'joy' }, { field: 'metadata.n', op: 'gte', value: 2 }] }
    const filtered = await app.get(RecallService).recall(recallOf('anything', { filter: { expression: happy, tags: ['pets'] } }))
    expect(filtered.results.map((r) => r.id)).toEqual([results[2]!.id])
    const successor = await app.get(CorrectService).correct(ana, results[0]!.id!, { content: 'I moved to Porto in May with my sister Marta' })
    const after = await app.get(RecallService).recall(recallOf('Lisbon Porto'))
    expect(after.results.map((r) => r.id)).toContain(successor.id)
    expect(after.results.map((r) => r.id)).not.toContain(results[0]!.id)
    expect((await app.get(TraceReader).history(ana, successor.id)).map((t) => t.id)).toEqual([results[0]!.id, successor.id])
    const forgotten = await app.get(ForgetService).forget({ user: ana, selector: { ids: [successor.id] }, dryRun: false })
    expect(forgotten).toMatchObject({ dryRun: false, forgotten: { traces: 2, derived: 1 } })
    const blocked = await app.get(RememberService).remember({ user: ana, messages: [{ content: 'i moved to porto in May, with my sister Marta.' }] })
    expect(blocked.results[0]!.status).toBe('blocked')
    await app.get(EmbeddingBackfill).idle()
    const last = await app.get(RecallService).recall(recallOf('Lisbon Porto Nimbus'))
    expect(last.results.map((r) => r.id)).toEqual([results[2]!.id])
  })

  it('counts recalls at once as it counts them one by one, and in focus keeps what was recalled', async () => {
    const user = userOf('counted')
    const { results } = await app.get(RememberService).remember({ user, messages: [{ content: 'The lighthouse keeper collects marbles' }, { content: 'Rain on the northern coast' }] })
    await app.get(FocusBuffer).remove(user)
    const ask = (query: string, k: number): Promise<unknown> => app.get(RecallService).recall({ ...recallOf(query, { k, reinforce: true }), user })
    const counts = async (): Promise<unknown[]> => app.sql.many({ userId: user.id }, `select trace_id as id, access_count as count, stability, last_accessed_at as last
      from memory_activation where user_id = $1 order by access_count desc`, [user.id])
    for (const query of ['marbles', 'marbles', 'marbles and rain']) await ask(query, query === 'marbles' ? 1 : 2)
    await app.get(Reinforcement).idle()
    const now = app.clock.now()
    expect(await counts()).toEqual([{ id: results[0]!.id, count: 3, stability: 1.5 ** 3, last: now }, { id: results[1]!.id, count: 1, stability: 1.5, last: now }])
    app.clock.advance(86_400_000)
    for (let i = 0; i < 20; i++) {
      await ask('marbles', 1)
      await app.get(Reinforcement).idle()
    }
    expect((await counts())[0]).toEqual({ id: results[0]!.id, count: 23, stability: 365, last: app.clock.now() })
    expect((await app.get(FocusBuffer).list(user)).map((item) => item.id)).toEqual([results[0]!.id])
    const { results: weak } = await app.get(RecallService).recall({ ...recallOf('marbles'), user })
    expect(weak[0]!.scores!.strength).toBeGreaterThan(weak[1]!.scores!.strength)
  })

  it('keeps no vector of any text once something was forgotten', async () => {
    const { results } = await app.get(RememberService).remember({ user: ana, messages: [{ content: 'The spare key lies under the blue pot' }] })
    const ask = async (): Promise<void> => void await app.get(RecallService).recall(recallOf('spare key under the blue pot'))
    const asked = (): number => app.embedder.calls.filter(({ purpose }) => purpose === 'query').length
    await ask()
    const before = asked()
    await ask()
    expect(asked()).toBe(before)
    await app.get(ForgetService).forget({ user: ana, selector: { ids: [results[0]!.id!] }, dryRun: false })
    await ask()
    expect(asked()).toBe(before + 1)
  })
})
