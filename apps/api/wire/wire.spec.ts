import { type FilterExpression, tierOf } from '#episodic-memory'
import { ReverieError, userOf } from '#kernel'
import { focusItem, ID, NOW, OTHER_ID, RECEIPT, trace } from '../testing/harness'
import { pick, userFrom } from './aliases'
import { decodeCursor, encodeCursor } from './cursors'
import { depthOf } from './fields'
import { parseFilters } from './filters'
import { idOf } from './forget.dto'
import { instantOf, isInstant, needsZone } from './instants'
import {
  presentEdge, presentFocusOnly, presentForgotten, presentMemory, presentRecalled, presentReceipt, presentRemembered, presentStats, presentUser,
} from './presenters'
import { idempotencyKeyOf, toRememberInput } from './remember.dto'

function refusal(act: () => unknown): ReverieError {
  try {
    act()
  } catch (error) {
    if (error instanceof ReverieError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('filters', () => {
  const parse = (filters: unknown): FilterExpression => parseFilters(filters, 'America/Lima')

  it.each<[unknown, FilterExpression]>([
    [{ category: 'work' }, { field: 'category', op: 'eq', value: 'work' }],
    [{ category: null }, { field: 'category', op: 'eq', value: null }],
    [{ 'metadata.a.b': 1 }, { field: 'metadata.a.b', op: 'eq', value: 1 }],
    [{ 'metadata.a': { gte: 0.5, lt: 1 } }, { and: [{ field: 'metadata.a', op: 'gte', value: 0.5 }, { field: 'metadata.a', op: 'lt', value: 1 }] }],
    [{ tags: { contains: 'x' }, kind: { in: ['fact', 'episode'] } },
    { and: [{ field: 'tags', op: 'contains', value: 'x' }, { field: 'kind', op: 'in', value: ['fact', 'episode'] }] }],
    [{ AND: [{ role: { ne: 'user' } }, { OR: [{ speaker: { exists: true } }, { NOT: { project: 'p' } }] }] }, {
      and: [{ field: 'role', op: 'ne', value: 'user' },
      { or: [{ field: 'speaker', op: 'exists', value: true }, { not: { field: 'project', op: 'eq', value: 'p' } }] }],
    }],
    [{ NOT: [{ role: 'user' }, { role: 'tool' }] },
    { not: { or: [{ field: 'role', op: 'eq', value: 'user' }, { field: 'role', op: 'eq', value: 'tool' }] } }],
    [{ run_id: 's', }, { field: 'session_id', op: 'eq', value: 's' }],
    [{ memory_type: 'task' }, { field: 'retention', op: 'eq', value: 'task' }],
    [{ importance_score: { gt: 0.5 } }, { field: 'importance', op: 'gt', value: 0.5 }],
    [{ occurred_at: { gte: '2025-05-01' } }, { field: 'occurred_at', op: 'gte', value: new Date('2025-05-01T05:00:00Z') }],
    [{ created_at: { lt: '2025-05-01T00:00:00Z' } }, { field: 'created_at', op: 'lt', value: new Date('2025-05-01T00:00:00Z') }],
    [{ content: { contains: 7 } }, { field: 'content', op: 'contains', value: '7' }],
    [{ 'metadata.list': { contains: 7 } }, { field: 'metadata.list', op: 'contains', value: 7 }],
    [{ session_id: { nin: [] } }, { field: 'session_id', op: 'nin', value: [] }],
  ])('are read: %j', (filters, expression) => expect(parse(filters)).toEqual(expression))

  it.each<[unknown, string]>([
    ['x', 'filters'], [[], 'filters'], [{}, 'filters'], [{ colour: 1 }, 'filters.colour'], [{ user_id: 'ana' }, 'filters.user_id'],
    [{ metadata: 1 }, 'filters.metadata'], [{ 'metadata.': 1 }, 'filters.metadata.'],
    [{ 'metadata.a..b': 1 }, 'filters.metadata.a..b'], [{ and: [] }, 'filters.and'], [{ AND: {} }, 'filters.AND'], [{ OR: [] }, 'filters.OR'],
    [{ NOT: 'x' }, 'filters.NOT'], [{ AND: ['x'] }, 'filters.AND[0]'],
    [{ category: {} }, 'filters.category'], [{ category: { like: 'x' } }, 'filters.category.like'], [{ category: ['a'] }, 'filters.category'],
    [{ category: 1 }, 'filters.category'],
    [{ salience: 'high' }, 'filters.salience'], [{ occurred_at: 'soon' }, 'filters.occurred_at'], [{ occurred_at: 5 }, 'filters.occurred_at'],
    [{ category: { exists: 'yes' } }, 'filters.category.exists'],
    [{ category: { in: 'a' } }, 'filters.category.in'], [{ category: { in: ['a', {}] } }, 'filters.category.in[1]'],
    [{ tags: { contains: {} } }, 'filters.tags.contains'], [{ tags: null }, 'filters.tags'],
    [{ tags: { gt: 'a' } }, 'filters.tags.gt'], [{ session_id: { lt: 'a' } }, 'filters.session_id.lt'],
    [{ 'metadata.a': { gt: true } }, 'filters.metadata.a.gt'], [{ 'metadata.a': { eq: {} } }, 'filters.metadata.a.eq'],
  ])('are refused by name: %j', (filters, field) => expect(refusal(() => parse(filters)).details).toEqual({ field }))

  it('nest five levels and hold 64 terms, no more', () => {
    const nested = (levels: number): unknown => (levels === 0 ? { kind: 'fact' } : { NOT: nested(levels - 1) })
    const terms = (n: number): unknown => ({ OR: Array.from({ length: n }, () => ({ role: 'user' })) })
    expect(() => parse(nested(5))).not.toThrow()
    expect(refusal(() => parse(nested(6))).message).toMatch(/^filters: .*5 levels/)
    expect(() => parse(terms(64))).not.toThrow()
    expect(refusal(() => parse(terms(65))).message).toMatch(/^filters: .*64 terms/)
  })
})

describe('names of a field', () => {
  it('agree, or are refused', () => {
    const k = (body: { k?: number; top_k?: number; limit?: number }) => pick(body, 'k', 'top_k', 'limit')
    expect(k({ k: 1, limit: 1 })).toBe(1)
    expect(k({ limit: 2 })).toBe(2)
    expect(k({})).toBeUndefined()
    expect(refusal(() => k({ k: 1, limit: 2 })).message).toBe('limit: is another name of k and has another value')
    expect(refusal(() => k({ top_k: 1, limit: 2 })).message).toBe('limit: is another name of top_k and has another value')
    expect(pick({ a: ['x'], b: ['x'] }, 'a', 'b')).toEqual(['x'])
  })

  it('of the user stand in body or query, and default to "default"', () => {
    expect(userFrom({})).toEqual(userOf('default'))
    expect(userFrom({ user_id: 'a' }, { user_id: 'a' })).toEqual(userOf('a'))
    expect(userFrom({}, { user_id: 'b' })).toEqual(userOf('b'))
    expect(refusal(() => userFrom({ user_id: 'a' }, { user_id: 'b' })).details).toEqual({ field: 'user_id' })
  })
})

describe('times', () => {
  it.each(['2025-05-01', '2025-05-01T10:00Z', '2025-05-01T10:00:00.123+02:00', '2025-05-01T10:00:00-0500'])('are %s', (text) => expect(isInstant(text)).toBe(true))
  it.each(['', 'now', '2025-05', '2025-02-30', '2025-05-01T10:00:00', '2025-05-01T25:00Z', '0000-01-01', '20250501', '2025-05-01 10:00Z'])(
    'are not %j', (text) => expect(isInstant(text)).toBe(false),
  )
  it('begin where the user is when they are dates', () => {
    expect(instantOf('2025-05-01', 'America/Lima').toISOString()).toBe('2025-05-01T05:00:00.000Z')
    expect(instantOf('2025-05-01T10:00:00+02:00', 'America/Lima').toISOString()).toBe('2025-05-01T08:00:00.000Z')
    expect(needsZone([undefined, '2025-05-01T10:00Z'])).toBe(false)
    expect(needsZone([undefined, '2025-05-01'])).toBe(true)
  })
})

describe('cursors', () => {
  it('are opaque and come back', () => {
    for (const name of ['ana', 'a/b?c=ü', ID]) expect(decodeCursor(encodeCursor(name)!)).toBe(name)
    expect(encodeCursor(null)).toBeNull()
    expect(decodeCursor(undefined)).toBeUndefined()
    expect(decodeCursor(encodeCursor(ID)!, 'id')).toBe(ID)
  })
  it.each(['!', 'abc', encodeCursor('not an id')!])('refuse %j as the cursor of an id', (cursor) => {
    expect(refusal(() => decodeCursor(cursor, 'id')).details).toEqual({ field: 'cursor' })
  })
  it('refuse what holds a NUL', () => expect(refusal(() => decodeCursor(encodeCursor('a\0')!)).details).toEqual({ field: 'cursor' }))
})

describe('small rules', () => {
  it('count depth', () => expect([1, {}, { a: { b: [1] } }].map(depthOf)).toEqual([0, 1, 3]))
  it('take what cannot be an id for one that nobody has', () => {
    expect(idOf(ID.toUpperCase())).toBe(ID)
    expect(refusal(() => idOf('x')).code).toBe('not_found')
  })
  it('bound the idempotency key', () => {
    expect(idempotencyKeyOf(undefined)).toBeUndefined()
    expect(idempotencyKeyOf('k 1')).toBe('k 1')
    for (const key of ['', 'é', 'x'.repeat(257)]) expect(refusal(() => idempotencyKeyOf(key)).details).toEqual({ field: 'Idempotency-Key' })
  })
})

describe('what stands beside messages', () => {
  const user = userOf('ana')
  it('holds for each that does not say otherwise; tags and metadata add up', () => {
    const { messages } = toRememberInput({
      messages: [{ content: 'a' },
      { content: 'b', role: 'assistant', tags: ['y', 'x'], metadata: { p: 2 }, importance_score: 0.1, occurred_at: '2025-05-02T00:00:00Z' }],
      role: 'tool', tags: ['x'], metadata: { p: 1, q: 1 }, importance: 0.9, occurred_at: '2025-05-01',
    }, user, 'America/Lima')
    expect(messages).toEqual([
      { content: 'a', role: 'tool', speaker: undefined, tags: ['x'], metadata: { p: 1, q: 1 }, importance: 0.9,
      occurredAt: new Date('2025-05-01T05:00:00Z') },
      { content: 'b', role: 'assistant', speaker: undefined, tags: ['x', 'y'], metadata: { p: 2, q: 1 }, importance: 0.1,
      occurredAt: new Date('2025-05-02T00:00:00Z') },
    ])
  })

  it('keeps within the limits when added up', () => {
    const tags = (prefix: string): string[] => Array.from({ length: 40 }, (_, i) => prefix + i)
    expect(refusal(() => toRememberInput({ messages: [{ content: 'a', tags: tags('a') }], tags: tags('b') }, user, 'utc')).details).toEqual({ field: 'messages[0].tags' })
    const metadata = (key: string) => ({ [key]: 'x'.repeat(9_000) })
    const heavy = { messages: [{ content: 'a', metadata: metadata('a') }], metadata: metadata('b') }
    expect(refusal(() => toRememberInput(heavy, user, 'utc')).details).toEqual({ field: 'messages[0].metadata' })
  })
})

describe('presenters', () => {
  it('show a memory in snake_case, optional fields only when they say something', () => {
    const shown = presentMemory(trace({ salience: 0.6100000143051147 }), 'hot')
    expect(shown).toEqual({
      id: ID, content: 'I moved to Lisbon', kind: 'episode', role: 'user', speaker: null, retention: 'personal', session_id: 's1', project: null,
      agent_id: null, category: null, tags: ['home'],
      metadata: { a: 1 }, salience: 0.61, confidence: 1, access_count: 2, last_accessed_at: null, occurred_at: '2025-05-15T12:00:00.000Z',
      created_at: '2025-05-15T12:00:00.000Z', tier: 'hot',
    })
    expect(presentMemory(trace({ source: 'x', expiresAt: NOW, validUntil: NOW, supersededBy: OTHER_ID, lastAccessedAt: NOW }), 'warm'))
      .toMatchObject({ source: 'x', expires_at: NOW.toISOString(), valid_until: NOW.toISOString(), superseded_by: OTHER_ID, last_accessed_at: NOW.toISOString() })
    expect(presentFocusOnly(focusItem())).toMatchObject({ id: OTHER_ID, content: 'ok', tier: 'focus', salience: 0.5 })
  })

  it('call a month hot while part of it is recent, and cold when all of it is old', () => {
    const age = (of: string): string => tierOf(new Date(of), new Date('2025-05-15T00:00:00Z'), { hotDays: 30, coldDays: 365 })
    expect(['2025-05-15T00:00:00Z', '2025-04-01T00:00:00Z', '2025-03-31T00:00:00Z', '2024-05-01T00:00:00Z', '2024-04-30T23:59:59Z'].map(age))
      .toEqual(['hot', 'hot', 'warm', 'warm', 'cold'])
  })

  it('show what was remembered', () => {
    expect(presentRemembered({
      results: [
        { id: ID, status: 'duplicate', salience: 0.5, reason: 'r', duplicateOf: ID, suggested: [{ id: OTHER_ID, content: 'c', score: 0.4, type: 'similar' }] },
        { id: null, status: 'blocked', salience: 0.5 },
      ],
      degraded: ['semantic'],
    })).toEqual({
      results: [
        { id: ID, status: 'duplicate', salience: 0.5, reason: 'r', duplicate_of: ID, suggested: [{ id: OTHER_ID, content: 'c', score: 0.4, type: 'similar' }] },
        { id: null, status: 'blocked', salience: 0.5 },
      ],
      degraded: ['semantic'],
    })
  })

  it('show what was recalled, its explanation and what was held back', () => {
    const scores = { semantic: 0.1, entity: 0, situation: 0, lexical: 0.2, focus: 0, graph: 0, recency: 0, salience: 0, strength: 0 }
    const edges = [{ src: ID, dst: OTHER_ID, type: 'next', weight: 1 }]
    expect(presentRecalled({
      results: [{ ...trace(), score: 0.3, tier: 'graph', scores, edges }], tookMs: 1.23456, timings: { embed: 0.12345 }, degraded: [],
      heldBack: [{ id: OTHER_ID, reason: 'max_tokens' }],
    })).toMatchObject({
      results: [{ id: ID, score: 0.3, tier: 'graph', scores, edges }], took_ms: 1.235, timings: { embed: 0.123 },
      held_back: [{ id: OTHER_ID, reason: 'max_tokens' }],
    })
    expect(presentRecalled({ results: [{ ...trace(), score: 0.3, tier: 'hot' }], tookMs: 1, timings: {}, degraded: [], heldBack: [] })).not.toHaveProperty('held_back')
  })

  it('show what was forgotten, or would be', () => {
    const { counts, previous: _, ...receipt } = RECEIPT
    expect(presentForgotten({ dryRun: false, forgotten: counts, ids: [ID], tombstones: [], receipt: RECEIPT }))
      .toEqual({ forgotten: counts, ids: [ID], tombstones: [], receipt: { ...receipt, at: NOW.toISOString() } })
    expect(presentForgotten({ dryRun: true, count: 1, candidates: [{ id: ID, content: 'c', kind: 'fact', score: 0.5, because: 'match' },
    { id: OTHER_ID, content: 'd', kind: 'fact', because: 'derived' }], previewToken: 't' }))
      .toEqual({ dry_run: true, count: 1, candidates: [{ id: ID, content: 'c', kind: 'fact', score: 0.5, because: 'match' },
      { id: OTHER_ID, content: 'd', kind: 'fact', because: 'derived' }], preview_token: 't' })
    expect(presentReceipt(RECEIPT)).toEqual({ ...receipt, previous: RECEIPT.previous, at: NOW.toISOString(), forgotten: counts })
  })

  it('show edges, users and statistics', () => {
    expect(presentEdge({ src: ID, dst: OTHER_ID, type: 'next', weight: 0.1000000015, ts: NOW, meta: null }))
      .toEqual({ src: ID, dst: OTHER_ID, type: 'next', weight: 0.1, ts: NOW.toISOString() })
    expect(presentEdge({ src: ID, dst: OTHER_ID, type: 'similar', weight: 1, ts: NOW, meta: { words: 1 } })).toMatchObject({ meta: { words: 1 } })
    expect(presentUser({ externalId: 'ana', timeZone: null, createdAt: NOW }, 'UTC')).toEqual({ user_id: 'ana', time_zone: 'UTC', created_at: NOW.toISOString() })
    expect(presentStats({ total: 0, byKind: {}, dreamt: {}, byRetention: {}, byCategory: {}, averageSalience: null, accesses: 0, latestAt: null }))
      .toEqual({ total: 0, by_kind: {}, dreamt: {}, by_retention: {}, by_category: {}, average_salience: null, accesses: 0, latest_at: null })
  })
})
