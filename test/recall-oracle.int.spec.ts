import fc from 'fast-check'
import { EmbeddingStore, RECALLED_KINDS, type TraceFilter } from '#episodic-memory'
import { type User, userOf } from '#kernel'
import { type RecalledTrace, RecallService, type RecallInput } from '#recall'
import { CorrectService, RememberService } from '#remember'
import { FocusBuffer } from '#working-memory'
import { repeats } from '../libs/recall/repetition'
import * as arbitrary from './support/arbitrary-store'
import { type Flows, openFlows } from './support/flows'
import { scores } from './support/oracle'
import { passes } from './support/oracle-filter'
import { readEverything, type Stored } from './support/oracle-store'

/** What repeats a better one that passes has a tenth of its score. */
function lessenRepetitions(traces: readonly Stored[], score: Map<string, number>): void {
  const firsts: Stored[] = []
  for (const trace of [...traces].sort((a, b) => score.get(b.id)! - score.get(a.id)! || (a.id < b.id ? -1 : 1))) {
    if (trace.validUntil === null && firsts.some((first) => repeats(trace, first))) score.set(trace.id, score.get(trace.id)! / 10)
    else firsts.push(trace)
  }
}

const REMEMBERED = new Date('2025-07-01T10:00:00Z')
const CORRECTED = new Date('2025-07-05T10:00:00Z')
const ASKED = new Date('2025-07-20T10:00:00Z')

describe('recall against an oracle that reads everything', () => {
  let app: Flows
  let people = 0
  beforeAll(async () => {
    app = await openFlows()
  })
  afterAll(() => app?.close())

  const fill = async (batches: readonly arbitrary.Batch[], corrections: readonly arbitrary.Change[]): Promise<User> => {
    const user = userOf(`someone-${++people}`)
    app.clock.set(REMEMBERED)
    const ids: string[] = []
    for (const batch of batches) {
      const { results } = await app.get(RememberService).remember({ user, ...batch })
      ids.push(...results.filter((r) => r.status === 'stored').map((r) => r.id!))
    }
    app.clock.set(CORRECTED)
    const corrected = new Set<number>()
    for (const { trace, to } of corrections) {
      const at = trace % ids.length
      if (!corrected.has(at)) await app.get(CorrectService).correct(user, ids[at]!, to)
      corrected.add(at)
    }
    await app.get(FocusBuffer).remove(user)
    app.clock.set(ASKED)
    return user
  }
  const recall = async (user: User, more: Partial<RecallInput> & { query: string }): Promise<readonly RecalledTrace[]> => {
    const { results } = await app.get(RecallService).recall({ user, k: 200, filter: {}, threshold: 0, hops: 0, explain: true, includeSuperseded: false, reinforce: false, ...more })
    return results
  }
  const vectorOf = async (query: string): Promise<number[]> => {
    const vectors = app.get(EmbeddingStore)
    const row = await app.sql.one<{ vec: string }>('maintenance', `select $1::${vectors.type}::text as vec`, [vectors.encode(app.embedder.vectorOf(query))])
    return JSON.parse(row!.vec) as number[]
  }
  const live = (trace: Stored, includeSuperseded: boolean): boolean =>
    (trace.validUntil === null || includeSuperseded) && (trace.expiresAt === null || trace.expiresAt > ASKED)

  it('answers exactly min(k, live and passing) memories, the best ones, each with the score that it has', async () => {
    let telling = 0
    await fc.assert(fc.asyncProperty(arbitrary.store, fc.array(arbitrary.question, { minLength: 6, maxLength: 6 }), async ({ batches, corrections }, questions) => {
      const user = await fill(batches, corrections)
      const all = await readEverything(app.sql, user)
      for (const { query, filter, k, includeSuperseded, threshold } of questions) {
        const every = await recall(user, { query, filter, includeSuperseded })
        const score = scores(all, query, await vectorOf(query), ASKED)
        const expected = all.traces.filter((trace) => live(trace, includeSuperseded) && passes(trace, { ...filter, kind: filter.kind ?? RECALLED_KINDS }))
        if (expected.length > 0 && expected.length < all.traces.length) telling++
        lessenRepetitions(expected, score)
        expect(every.map((r) => r.id).sort()).toEqual(expected.map((trace) => trace.id).sort())
        for (const r of every) {
          // Stores add up cosines in single precision.
          expect(Math.abs(r.score - score.get(r.id)!)).toBeLessThan(2e-6)
          expect(Math.abs(Object.values(r.scores!).reduce((a, b) => a + b, 0) - r.score)).toBeLessThan(1e-6)
        }
        expect(every.map((r) => r.id)).toEqual([...every].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).map((r) => r.id))
        const page = await recall(user, { query, filter, includeSuperseded, k, threshold })
        expect(page.map((r) => [r.id, r.score])).toEqual(every.filter((r) => r.score >= threshold).slice(0, k).map((r) => [r.id, r.score]))
      }
    }), { numRuns: 20, endOnFailure: true })
    expect(telling).toBeGreaterThan(20)
  })

  describe('in a store with more memories than recall scores', () => {
    const MANY = 1_900
    let user: User
    beforeAll(async () => {
      const messages = Array.from({ length: MANY }, (_, i) => ({
        content: `A remark about the harbour, number n${i}${i % 100 === 7 ? ' and its lighthouse' : ''}`, importance: i === 3 ? 1 : 0.5,
        occurredAt: new Date(REMEMBERED.getTime() - i * 3_600_000), metadata: { n: i, even: i % 2 === 0 }, tags: i % 300 === 0 ? ['rare'] : ['common'],
      }))
      user = await fill([{ sessionId: 's1', messages: messages.slice(0, 1000) }, { sessionId: 's2', messages: messages.slice(1000) }], [])
    })
    const whole = fc.integer({ min: 1, max: 200 })
    const from = fc.nat(MANY)

    it('never answers fewer than pass a filter, nor one that does not pass', async () => {
      const passing: fc.Arbitrary<{ filter: TraceFilter; passes: (n: number) => boolean }> = fc.oneof(
        fc.constant({ filter: {}, passes: () => true }),
        fc.constant({ filter: { tags: ['rare'] }, passes: (n: number) => n % 300 === 0 }),
        fc.constant({ filter: { sessionId: 's2' }, passes: (n: number) => n >= 1000 }),
        from.map((n) => ({ filter: { expression: { field: 'metadata.n', op: 'gte' as const, value: n } }, passes: (m: number) => m >= n })),
        from.map((n) => ({
          filter: { expression: { and: [{ field: 'metadata.n', op: 'lt' as const, value: n }, { not: { field: 'metadata.even', op: 'eq' as const, value: true } }] } },
          passes: (m: number) => m < n && m % 2 === 1,
        })),
        from.map((n) => ({ filter: { occurredFrom: new Date(REMEMBERED.getTime() - n * 3_600_000) }, passes: (m: number) => m <= n })),
      )
      const query = fc.constantFrom('lighthouse', 'harbour', 'number', 'n7', 'something else', 'what is it')
      await fc.assert(fc.asyncProperty(passing, query, whole, async ({ filter, passes: pass }, q, k) => {
        const results = await recall(user, { query: q, filter, k })
        expect(results).toHaveLength(Math.min(k, Array.from({ length: MANY }, (_, n) => n).filter(pass).length))
        expect(results.map((r) => r.metadata.n as number).filter((n) => !pass(n))).toEqual([])
      }), { numRuns: 40, endOnFailure: true })
    })

    it('finds what only a filter lets through, wherever it stands', async () => {
      await fc.assert(fc.asyncProperty(from.filter((n) => n < MANY), whole, async (n, k) => {
        const results = await recall(user, { query: 'the harbour', filter: { expression: { field: 'metadata.n', op: 'eq', value: n } }, k })
        expect(results.map((r) => r.metadata.n)).toEqual([n])
        expect(results[0]!.scores!.lexical).toBeGreaterThan(0)
      }), { numRuns: 20, endOnFailure: true })
    })

    it('leaves room for others beside what was said more often than recall scores', async () => {
      const greeted = await fill([
        ...[1, 2, 3].map((n) => ({ sessionId: `g${n}`, messages: Array.from({ length: 100 }, (_, i) => ({
          content: 'Good morning, how is the harbour?', importance: 0.5, occurredAt: new Date(REMEMBERED.getTime() - (100 * n + i) * 3_600_000),
        })) })),
        { sessionId: 'other', messages: [{ content: 'The harbour freezes in winter', importance: 0.5 }, { content: 'Morning light is best for painting', importance: 0.5 }] },
      ], [])
      const page = await recall(greeted, { query: 'good morning, how is the harbour', k: 4 })
      expect(page.map((r) => r.content.startsWith('Good'))).toEqual([true, false, false, true])
    })

    it('answers stop words alone by the most salient as well as by the newest', async () => {
      const salient = (await recall(user, { query: 'what was that', k: 3 })).map((r) => r.metadata.n)
      expect(salient).toContain(3)
    })
  })
})
