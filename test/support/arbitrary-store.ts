import fc from 'fast-check'
import { type FilterExpression, KINDS, type Operator, RETENTIONS, type TraceFilter } from '#episodic-memory'
import type { Correction, RememberInput } from '#remember'

/** Made-up stores and questions: few different words and values, so that they meet often. */

const WORDS = ['harbour', 'tea', 'violin', 'storm', 'garden', 'brother', 'exam', 'train', 'bread', 'lantern', 'the', 'with', 'not', 'kettle', 'window', 'yesterday', 'three', 'Lisbon']
const EPOCH = Date.UTC(2025, 4, 1)
const HOUR = 3_600_000

const word = fc.constantFrom(...WORDS)
const text = fc.tuple(fc.array(word, { minLength: 1, maxLength: 9 }), fc.constantFrom('', '.', '?')).map(([words, end]) => words.join(' ') + end)
const instant = fc.integer({ min: 0, max: 60 * 24 }).map((hours) => new Date(EPOCH + hours * HOUR))
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const one = <T extends string | number | null | Date>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom<T>(...values)
const level = one(0.4, 0.5, 0.75, 1)

const metadata = fc.record({
  emotion: one('fear', 'joy', 'Hope'), n: one<string | number>(0, 1, 2.5, 'two'), flag: fc.boolean(), at: fc.record({ place: one('lab', 'home') }),
  people: fc.subarray(['Rui', 'Marta', 'Jo']), none: one(null, 'some'),
}, { requiredKeys: [] })

const message = fc.record({
  content: text, role: one('user', 'user', 'assistant'), importance: level,
  speaker: maybe(one('Ana', 'Ben Ode')), occurredAt: maybe(instant), metadata: maybe(metadata), tags: maybe(fc.subarray(['a', 'b', 'c'])),
}, { requiredKeys: ['content', 'importance'] })

export type Batch = Omit<RememberInput, 'user'>

const batch: fc.Arbitrary<Batch> = fc.record({
  messages: fc.array(message, { minLength: 1, maxLength: 8 }),
  sessionId: maybe(one('s1', 's2')), project: maybe(one('p1', 'p2')), agentId: maybe(one('g1', 'g2')), category: maybe(one('work', 'play')),
  kind: maybe(one('episode', 'fact', 'preference', 'procedure')), retention: maybe(one(...RETENTIONS)),
  // Before and after the instant of the questions.
  expiresAt: maybe(one(new Date('2025-07-10T00:00:00Z'), new Date('2026-01-01T00:00:00Z'))),
})

/** Which trace is corrected, as a number that is taken modulo how many there are, and how. */
export interface Change {
  readonly trace: number
  readonly to: Correction
}

const correction: fc.Arbitrary<Change> = fc.record({
  trace: fc.nat(100),
  to: fc.oneof(fc.record({ content: text }), fc.record({ tags: fc.subarray(['a', 'b', 'c']), category: one('work', null) }), fc.record({ importance: level, metadata })),
})

export const store = fc.record({ batches: fc.array(batch, { minLength: 1, maxLength: 6 }), corrections: fc.array(correction, { maxLength: 3 }) })

const field = (name: string, value: fc.Arbitrary<unknown>, ...ops: Operator[]): fc.Arbitrary<FilterExpression> => fc.oneof(
  fc.record({ field: fc.constant(name), op: one(...ops), value }),
  fc.record({ field: fc.constant(name), op: one<Operator>('in', 'nin'), value: fc.array(value, { maxLength: 3 }) }),
  fc.record({ field: fc.constant(name), op: fc.constant<Operator>('exists'), value: fc.boolean() }),
)
const ORDER: readonly Operator[] = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte']
const comparison = fc.oneof(
  field('metadata.emotion', one('fear', 'joy', 'hope', 'o'), 'eq', 'ne', 'contains', 'gt', 'lte'),
  field('metadata.n', one<string | number>(0, 1, 2.5, 'two'), ...ORDER),
  field('metadata.flag', fc.boolean(), 'eq', 'ne'),
  field('metadata.at.place', one<string | number>('lab', 'home', 1), 'eq', 'ne', 'contains'),
  field('metadata.at', one('lab'), 'eq', 'contains'),
  field('metadata.people', one('Rui', 'Marta', 'R'), 'eq', 'contains'),
  field('metadata.none', one('some'), 'eq', 'contains'),
  field('metadata.nowhere', one<string | number>('x', 1), 'eq', 'ne', 'gt'),
  fc.record({ field: one('metadata.none', 'category', 'speaker', 'session_id'), op: one<Operator>('eq', 'ne'), value: fc.constant(null) }),
  field('tags', one('a', 'b', 'c'), 'eq', 'ne', 'contains'),
  field('category', one('work', 'play', 'lay'), 'eq', 'ne', 'contains', 'gt'),
  field('kind', one(...KINDS), 'eq', 'ne'),
  field('role', one('user', 'assistant'), 'eq', 'ne', 'contains'),
  field('speaker', one('Ana', 'Ben Ode', 'ben'), 'eq', 'ne', 'contains'),
  field('retention', one(...RETENTIONS), 'eq', 'ne'),
  field('session_id', one('s1', 's2', 's3'), 'eq', 'ne'),
  field('project', one('p1', 'p2'), 'eq', 'ne', 'lt'),
  field('agent_id', one('g1', 'g3'), 'eq', 'ne'),
  field('salience', level, ...ORDER),
  field('importance', level, 'eq', 'gte'),
  field('confidence', one(0.5, 1), 'eq', 'lt'),
  field('occurred_at', instant, ...ORDER),
  field('created_at', instant, 'gte', 'lt'),
  field('content', word, 'contains'),
)

const { expression } = fc.letrec<{ expression: FilterExpression }>((tie) => ({
  expression: fc.oneof({ maxDepth: 3, withCrossShrink: true },
    comparison,
    fc.record({ and: fc.array(tie('expression'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ or: fc.array(tie('expression'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('expression') })),
}))

const window = fc.tuple(fc.integer({ min: 1, max: 28 }), fc.nat(10)).map(([day, days]) => ({
  occurredFrom: new Date(EPOCH + (day - 1) * 24 * HOUR), occurredUntil: new Date(EPOCH + (day + days) * 24 * HOUR),
}))

const fields: fc.Arbitrary<TraceFilter> = fc.record({
  sessionId: one('s1', 's2', 's3'), project: one('p1', 'p2'), agentId: one('g1', 'g2'), retention: fc.subarray([...RETENTIONS], { minLength: 1 }),
  kind: fc.subarray([...KINDS], { minLength: 1 }), category: fc.subarray(['work', 'play'], { minLength: 1 }), tags: fc.subarray(['a', 'b', 'c'], { minLength: 1 }), expression,
})
const FIELDS: (keyof TraceFilter)[] = ['sessionId', 'project', 'agentId', 'retention', 'kind', 'category', 'tags', 'expression']

/** A few conditions: most filters let something pass, and not everything. */
const filter: fc.Arbitrary<TraceFilter> = fc.tuple(fields, fc.subarray(FIELDS, { minLength: 1, maxLength: 2 }), maybe(window))
  .map(([all, some, times]) => ({ ...Object.fromEntries(some.map((name) => [name, all[name]])), ...times }))

export const question = fc.record({
  query: fc.tuple(one('', '', 'when was', 'how many', 'where is'), fc.array(word, { minLength: 1, maxLength: 5 }), one('', '', 'in June', 'yesterday', 'two months ago'))
    .map(([asks, words, time]) => [asks, ...words, time].join(' ').trim()),
  filter: fc.oneof(fc.constant<TraceFilter>({}), filter),
  k: fc.integer({ min: 1, max: 60 }), includeSuperseded: fc.boolean(), threshold: one(0, 0, 0.2, 0.3, 0.5),
})
