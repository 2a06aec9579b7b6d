import fc from 'fast-check'
import document from '../../openapi.json'

/** As much of JSON Schema as the document uses. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

export interface FuzzedRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** What is there to be named; every list has something in it. */
export interface Seen {
  /** By what they are ids of: `familyOf` a path. */
  readonly ids: Readonly<Record<string, readonly string[]>>
  readonly tokens: readonly string[]
  readonly cursors: readonly string[]
  /** Lines of an export, parsed. */
  readonly lines: readonly Record<string, unknown>[]
}

/** What the ids in a path are of. */
export function familyOf(path: string): string {
  return /^\/(?:memory\/)?(sessions?|collections|preferences|patterns|fragments|dreams|forget\/receipts|keys|tombstones|maintenance)\b/.exec(path)?.[1] ?? 'memory'
}

const SCHEMAS = document.components.schemas as unknown as Readonly<Record<string, Schema>>
/** Those who may be forgotten wholly; what is asked for by its id is mostly ana's. */
const OTHERS = ['ben', 'default', 'carl']
const TEXTS = ['The lighthouse stands on the cliff', 'Ana moved to Lisbon in May with Marta', 'We adopted a grey cat called Nimbus', 'lighthouse', 'ok', '猫が好き', '🙂', ' a  b ']
const INSTANTS = ['2025-05-08T10:00:00Z', '2025-05-08', '2025-05-08T10:00:00+02:00', '1969-12-31T23:59:59Z', '0001-01-01', '9999-12-31T23:59:59Z']
const FILTERS = [
  { kind: 'episode' }, { tags: { contains: 'a' } }, { AND: [{ 'metadata.a': { gte: 1 } }, { NOT: { salience: { lt: 0.2 } } }] },
  { OR: [{ content: { contains: 'cliff' } }, { created_at: { gt: '2025-05-08' } }] },
]
/** What callers write under these names. */
const WORDS: Readonly<Record<string, readonly unknown[]>> = {
  session_id: ['s', 't'], run_id: ['s', 't'], project: ['p', 'q'], name: ['p', 'q'], agent_id: ['a'], role: ['user', 'assistant'], time_zone: ['Europe/Berlin', 'UTC', 'Mars/Olympus'],
  time_window: ['7d', '24h', '2025-05', '2025-05-01..2025-05-31'], filters: FILTERS, 'Idempotency-Key': ['one', 'two'],
}
/** Of these one says it; the first of a list is as good as any. */
const ALTERNATIVES = [
  ['content', 'messages'], ['q', 'query'], ['id', 'ids', 'query', 'scope', 'preview_token'], ['k', 'top_k', 'limit', 'n_results'], ['session_id', 'run_id'],
  ['retention', 'memory_type'], ['importance', 'importance_score'], ['dst', 'id'], ['status', 'cursor'],
]
/** One of these has to be there where any of them may. */
const NEEDED = new Set(['content', 'q', 'preview_token', 'dst'])

/** One that is allowed and answers nothing, and what must not be asked. */
const BASE_URLS = [
  'http://localhost:1/v1', 'http://localhost:1', 'http://localhost:1', 'http://127.0.0.1:1/v1', 'https://[::1]/v1', 'http://169.254.169.254/latest', 'ftp://localhost:1', 'http://a:b@localhost:1',
  'http://localhost:1/?x', 'localhost:1', 'http://', 'https://api.example.com/v1',
]

/** What breaks what was not thought of. */
export const HOSTILE: readonly unknown[] = [
  null, true, 0, -1, 1.5, 2 ** 53, 1e308, -1e-320, '', ' ', '\0', '\ud800', 'x'.repeat(70_000), [], {}, [null], [[[[]]]], { a: { b: null } }, Array(2_000).fill('x'),
  '%', '%00', '../..', "' or 1=1 --",
  '\u202e', 'NaN', 'null', '1e999', { $gt: '' }, { AND: [] }, { OR: [{}] }, { NOT: { kind: 1 } }, { 'metadata.a': { between: 1 } }, { tags: { contains: 7 } },
  nested(70), '2025-05-08..2025-05-01', '0d', '99999999999d',
]

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { in: nested(depth - 1) }
}

/** A body with a field that is hostile, unknown or missing. */
export function broken(body: unknown): fc.Arbitrary<unknown> {
  const fields = isPlain(body) ? Object.keys(body) : []
  const hostile = fc.constantFrom(...HOSTILE)
  if (!isPlain(body) || fields.length === 0) return hostile
  const field = fc.constantFrom(...fields)
  return fc.oneof(
    { weight: 1, arbitrary: hostile },
    { weight: 6, arbitrary: fc.tuple(field, hostile).map(([name, value]) => ({ ...body, [name]: value })) },
    { weight: 1, arbitrary: field.map((name) => Object.fromEntries(Object.entries(body).filter(([other]) => other !== name))) },
    { weight: 1, arbitrary: hostile.map((value) => ({ ...body, surprise: value })) },
  )
}

export function mostly<T, U>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<U>): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: other })
}

export function isPlain(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/**
 * Values that the schema allows; where it allows any text, what a caller would write under that name.
 * @param family of the ids that a path asks for
 */
export function valueOf(schema: Schema, name: string, seen: Seen, family = 'memory'): fc.Arbitrary<unknown> {
  const inner = (one: Schema, under: string): fc.Arbitrary<unknown> => valueOf(one, under, seen)
  if (schema.$ref) return inner(SCHEMAS[schema.$ref.split('/').at(-1)!]!, name)
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.type !== 'array' && WORDS[name]) return fc.constantFrom(...WORDS[name])
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => inner(one, name)))
  if (schema.properties) return objectOf(schema, inner)
  switch (schema.type) {
    case 'array': return fc.uniqueArray(inner(schema.items ?? {}, name), { minLength: 1, maxLength: Math.min(schema.maxItems ?? 3, 3), selector: (one) => JSON.stringify(one) })
    case 'integer': return fc.integer({ min: schema.minimum ?? -10, max: Math.min(schema.maximum ?? 300, 300) })
    case 'number': return fc.double({ min: schema.minimum ?? -1, max: schema.maximum ?? 2, noNaN: true })
    case 'boolean': return fc.boolean()
    case 'string': return textOf(schema, name, seen, family)
    case 'object': return fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 })
    default: return fc.jsonValue({ maxDepth: 3 })
  }
}

/** What is required, one of what stands for each other, and few of the rest: of many optional fields some always contradict each other. */
function objectOf({ properties = {}, required = [] }: Schema, inner: (one: Schema, under: string) => fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  const names = Object.keys(properties)
  const groups = ALTERNATIVES.map((group) => group.filter((name) => names.includes(name))).filter((group) => group.length > 1)
  const alone = names.filter((name) => !required.includes(name) && !groups.flat().includes(name))
  const chosen = fc.tuple(
    fc.subarray(alone, { maxLength: Math.min(alone.length, 3) }),
    ...groups.map((group) => (group.some((name) => NEEDED.has(name)) ? fc.constantFrom(...group) : fc.constantFrom(undefined, ...group))),
  ).map(([some, ...ones]) => [...new Set([...required, ...some, ...ones.filter((one) => one !== undefined)])])
  return chosen.chain((picked) => fc.record(Object.fromEntries(picked.map((name) => [name, inner(properties[name]!, name)]))))
}

function textOf(schema: Schema, name: string, { ids, tokens, cursors }: Seen, family: string): fc.Arbitrary<string> {
  const own = family.startsWith('session') ? ['s', 't'] : ids[family] ?? ids.memory!
  if (schema.format === 'uuid' || /^(id|ids|src|dst|center|related|members)$/.test(name)) return mostly(fc.constantFrom(...own), mostly(fc.constantFrom(...own), fc.uuid()))
  if (schema.format === 'date-time' || schema.format === 'date' || name === 'day') return fc.constantFrom(...INSTANTS)
  if (name === 'preview_token') return fc.constantFrom(...tokens)
  if (name === 'cursor') return fc.constantFrom(...cursors)
  if (name === 'base_url') return fc.constantFrom(...BASE_URLS)
  if (name === 'user_id') return fc.constantFrom(...OTHERS)
  return fc.oneof(fc.constantFrom(...TEXTS), fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 60, 60), unit: 'grapheme' }))
}
