import type { Change, Dream } from '#dream'
import { EdgeStore } from '#graph-memory'
import { ForgetService } from '#forget'
import { entityUuid, type User } from '#kernel'
import { RememberService } from '#remember'
import { DAY, Dreams } from './support/dreams'

/** Ids of what the dreams of these tests change. */
interface Known {
  readonly turns: readonly string[]
  readonly fact: string
}

describe('what a dream changes', () => {
  let dreams: Dreams
  let user: User
  let known: Known
  beforeAll(async () => {
    dreams = await Dreams.open({ scripted: 'alone' })
  })
  beforeEach(async () => {
    user = await dreams.user([])
    const turns = await dreams.tell(user, [
      'I moved to Porto with my sister Marta in May', 'Marta teaches the violin at a school', 'I live in Lisbon near the castle', 'My flat has a balcony',
    ])
    const [fact] = (await dreams.flows.get(RememberService).remember({ user, kind: 'fact', messages: [{ content: 'Ana lives in Lisbon', metadata: { place: 'Lisbon' } }] })).results
    known = { turns, fact: fact!.id! }
    const edges = dreams.flows.get(EdgeStore)
    await dreams.flows.sql.transaction({ userId: user.id }, () => edges.insert(user.id, [
      { src: turns[0]!, dst: turns[2]!, type: 'related', weight: 0.5 }, { src: turns[1]!, dst: turns[3]!, type: 'related', weight: 0.25 },
    ], new Date('2025-05-09T01:02:03Z')))
    dreams.scripted.script = (dream) => everySort(dream, known)
  })
  afterAll(() => dreams?.close())

  const without = (changes: readonly object[]): object[] => changes.map((change) => {
    const { before, after, ...what } = change as { before?: object; after?: object }
    // What the store alone knows: when the edge that goes had come to be, and what a made trace says.
    const { ts: _, ...was } = (before ?? {}) as { ts?: string }
    return { ...what, before: was, after: after ?? {} }
  })

  it('is written down with before and after, whatever it is, and the same as a dry run shows', async () => {
    const before = await dreams.dump(user, true)
    const dry = await dreams.dream(user, { dryRun: true })
    expect(dry).toMatchObject({ status: 'completed', error: null })
    expect(await dreams.dump(user, true)).toEqual(before)
    const run = await dreams.dream(user)
    expect(run.error).toBeNull()
    expect(without(run.changes)).toEqual(without(dry.changes))
    const ops = run.changes.map((change) => `${change.op} ${'trace' in change ? 'trace' : 'edge' in change ? `edge ${change.edge.type}` : `session ${change.session}`}`)
    expect(ops).toEqual([
      'create trace', 'create trace', 'create edge derived_from', 'create edge mentions', 'update edge related', 'remove edge related', 'update trace', 'update trace',
      'create edge supersedes', 'supersede trace', `update session ${DAY}`,
    ])
  })

  it('is in the store as it was planned', async () => {
    await dreams.dream(user)
    const { memory_trace: traces, memory_edge: edges, memory_session: sessions } = await dreams.dump(user) as Record<string, Record<string, unknown>[]>
    const of = (id: string): Record<string, unknown> => traces!.find((row) => row.id === id)!
    expect(traces!.find((row) => row.triple)).toMatchObject({
      kind: 'fact', content: 'Ana lives in Porto', triple: { subject: 'Ana', predicate: 'lives in', object: 'Porto' }, confidence: 0.8, meta: { n: 1 },
    })
    expect(of(known.fact)).toMatchObject({ superseded_by: traces!.find((row) => row.triple)!.id, meta: { place: 'Lisbon', seen: 2 }, confidence: 0.5 })
    expect(of(known.turns[1]!)).toMatchObject({ salience: 0.9, first_salience: expect.any(Number), pruned_at: expect.any(String) })
    const related = edges!.filter((edge) => edge.type === 'related')
    expect(related).toEqual([expect.objectContaining({ weight: 0.75, meta: { n: 2 } })])
    expect(sessions).toEqual([expect.objectContaining({ topics: ['Porto'], importance: 0.7, summary: 'I moved to Porto with my sister Marta in May' })])
    expect(await dreams.store.count('memory_path', 'trace_id = $1 and path = $2', [known.fact, 'seen'])).toBe(1)
  })

  it('is taken back whole, whatever it is', async () => {
    const before = await dreams.dump(user, true)
    const { id } = await dreams.dream(user)
    expect((await dreams.service.undo(user, id)).status).toBe('undone')
    expect(await dreams.dump(user, true)).toEqual(before)
  })

  it('is left out, and not written down, where what it would change is not as it was planned for', async () => {
    dreams.scripted.script = (dream) => everySort(dream, known).filter((c) => c.op !== 'create').map((c): Change => {
      if (c.op === 'supersede') return { ...c, trace: known.turns[0]! }
      if ('edge' in c) return { ...c, before: { ...c.before, weight: 0.125 } }
      return 'session' in c ? { ...c, before: { topics: ['Faro'] } } : { ...c, before: { ...c.before, salience: 0.125, confidence: 0.125 } }
    })
    const before = await dreams.dump(user, true)
    expect(await dreams.dream(user)).toMatchObject({ status: 'completed', changes: [] })
    expect(await dreams.dump(user, true)).toEqual(before)
  })

  it('is refused without a source, for then it would be knowledge from nowhere', async () => {
    dreams.scripted.script = (dream) => [{ op: 'create', trace: { id: dream.id('x'), kind: 'fact', content: 'Ana is a spy', sources: [], occurredAt: dream.now, salience: 0.5 } }]
    const before = await dreams.dump(user, true)
    expect(await dreams.dream(user)).toMatchObject({ status: 'failed', error: 'Error', changes: [] })
    expect(await dreams.dump(user, true)).toEqual(before)
  })

  it('does not bring back what was forgotten, nor what would hang on it', async () => {
    const first = await dreams.dream(user)
    const fact = first.changes.find((c) => c.op === 'create' && 'trace' in c && c.after!.kind === 'fact') as unknown as { trace: string; after: { content: string } }
    await dreams.flows.get(ForgetService).forget({ user, selector: { ids: [fact.trace] }, dryRun: false, block: true })
    dreams.scripted.script = (dream) => [
      ...everySort(dream, known),
      { op: 'create', trace: { id: dream.id('y'), kind: 'pattern', content: 'Ana moves often', sources: [dream.id('fact')], occurredAt: dream.now, salience: 0.5 } },
    ]
    const [turn] = await dreams.tell(user, ['The balcony of my flat in Porto is sunny'])
    const again = await dreams.dream(user)
    expect(again.status).toBe('completed')
    const text = JSON.stringify(again.changes)
    expect(again.phases.find((phase) => phase.name === 'prune')!.counts).toEqual({ blocked: 1 })
    expect(text).not.toContain(fact.after.content)
    expect(text).not.toContain('often')
    expect(turn).toBeDefined()
  })

  it('keeps an entity that was mentioned since when it is undone', async () => {
    const { id } = await dreams.dream(user)
    const entity = entityUuid(user.id, 'castle')
    const edges = dreams.flows.get(EdgeStore)
    await dreams.flows.sql.transaction({ userId: user.id }, () => edges.insert(user.id, [{ src: known.turns[3]!, dst: entity, type: 'mentions', weight: 1 }], new Date()))
    await dreams.service.undo(user, id)
    expect(await dreams.store.count('memory_trace', 'id = $1', [entity])).toBe(1)
    expect(await dreams.store.count('memory_edge', 'dst = $1', [entity])).toBe(1)
  })
})

/** A change of every sort. */
function everySort(dream: Dream, { turns, fact }: Known): Change[] {
  const castle = entityUuid(dream.user.id, 'castle')
  const other = { at: dream.now, salience: 0.5 }
  const [a, b] = [turns[0]!, turns[2]!].sort() as [string, string]
  const [c, d] = [turns[1]!, turns[3]!].sort() as [string, string]
  const was = dream.traces.find((t) => t.id === turns[1])?.salience
  return [
    {
      op: 'create', trace: {
        id: dream.id('fact'), kind: 'fact', content: 'Ana lives in Porto', sources: [turns[0]!], occurredAt: other.at, salience: 0.6, confidence: 0.8,
        triple: { subject: 'Ana', predicate: 'lives in', object: 'Porto' }, metadata: { n: 1 },
      },
    },
    { op: 'create', trace: { id: castle, kind: 'entity', content: 'castle', sources: [], occurredAt: other.at, salience: 0.5, findable: false } },
    { op: 'create', edge: { src: turns[2]!, dst: castle, type: 'mentions', weight: 1 } },
    { op: 'update', edge: { src: a, dst: b, type: 'related' }, before: { weight: 0.5 }, after: { weight: 0.75, meta: { n: 2 } } },
    { op: 'remove', edge: { src: c, dst: d, type: 'related' }, before: { weight: 0.25 } },
    { op: 'update', trace: turns[1]!, before: { salience: was, prunedAt: null }, after: { salience: 0.9, prunedAt: dream.now.toISOString() } },
    { op: 'update', trace: fact, before: { confidence: 1, metadata: { place: 'Lisbon' } }, after: { confidence: 0.5, metadata: { place: 'Lisbon', seen: 2 } } },
    { op: 'supersede', trace: fact, by: dream.id('fact'), reason: 'a newer statement' },
    {
      op: 'update', session: DAY, before: { topics: [], importance: null, summary: null },
      after: { topics: ['Porto'], importance: 0.7, summary: 'I moved to Porto with my sister Marta in May' },
    },
  ]
}
