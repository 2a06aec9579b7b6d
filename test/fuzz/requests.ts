import fc from 'fast-check'
import document from '../../openapi.json'

/** As much of JSON Schema as the document uses. */
interface Schema {
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
interface Parameter { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema?: Schema }
interface Operation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> }
}

export interface FuzzedRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

const SCHEMAS = document.components.schemas as unknown as Readonly<Record<string, Schema>>
const NAMES = ['ana', 'ben', 'default']
const TEXTS = ['The lighthouse stands on the cliff', 'Ana moved to Lisbon in May with Marta', 'We adopted a grey cat called Nimbus', 'lighthouse', 'ok', '猫が好き', '🙂', ' a  b ']
const INSTANTS = ['2025-05-08T10:00:00Z', '2025-05-08', '2025-05-08T10:00:00+02:00', '1969-12-31T23:59:59Z', '0001-01-01', '9999-12-31T23:59:59Z', '2025-02-30', '2025-13-01T00:00:00Z']

/** What breaks what was not thought of. */
const HOSTILE: readonly unknown[] = [
  null, true, 0, -1, 1.5, 2 ** 53, 1e308, -1e-320, '', ' ', '\0', '\ud800', 'x'.repeat(70_000), [], {}, [null], [[[[]]]], { a: { b: null } }, Array(2_000).fill('x'),
  '%', '%00', '../..', "' or 1=1 --",
  '\u202e', 'NaN', 'null', '1e999', { $gt: '' }, { AND: [] }, { OR: [{}] }, { NOT: { kind: 1 } }, { 'metadata.a': { between: 1 } }, { tags: { contains: 7 } },
  nested(70), '2025-05-08..2025-05-01', '0d', '99999999999d',
]

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { in: nested(depth - 1) }
}

/** Every operation of the document with what it may be asked, valid or nearly. */
export const OPERATIONS: readonly { readonly name: string; readonly of: (ids: readonly string[]) => fc.Arbitrary<FuzzedRequest> }[] =
  Object.entries(document.paths as unknown as Readonly<Record<string, Readonly<Record<string, Operation>>>>).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`, of: (ids: readonly string[]) => requestOf(method.toUpperCase(), path, operation, ids),
    })))

function requestOf(method: string, template: string, { parameters = [], requestBody }: Operation, ids: readonly string[]): fc.Arbitrary<FuzzedRequest> {
  const value = (schema: Schema, name: string): fc.Arbitrary<unknown> => mostly(valueOf(schema, name, ids), fc.constantFrom(...HOSTILE))
  const named = (place: string): fc.Arbitrary<Record<string, unknown>> => {
    const all = parameters.filter((one) => one.in === place)
    const requiredKeys = all.filter((one) => one.required || place === 'path').map(({ name }) => name)
    return fc.record(Object.fromEntries(all.map(({ name, schema = {} }) => [name, value(schema, name)])), { requiredKeys })
  }
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? []
  const body = content === undefined ? fc.constant(undefined) : mostly(valueOf(content.schema ?? {}, 'body', ids), fc.constantFrom(...HOSTILE)).chain(brokenOrNot)
  return fc.record({ path: named('path'), query: named('query'), body, raw: fc.nat(30) }).map(({ path, query, body: value, raw }) => {
    const text = (one: unknown): string => (typeof one === 'string' ? one : JSON.stringify(one) ?? '')
    // A lone surrogate has no percent form.
    const encoded = (one: unknown): string => encodeURIComponent(text(one).toWellFormed())
    const search = Object.entries(query).map(([name, one]) => `${encodeURIComponent(name)}=${encoded(one).slice(0, 9_000)}`).join('&')
    const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encoded(path[name]).slice(0, 3_000) || '%20')
    const sent = value === undefined ? undefined : raw === 0 ? '{"a":' : JSON.stringify(value)
    return {
      method, path: `${filled}${search === '' ? '' : `?${search}`}`,
      ...(sent === undefined ? { headers: {} as Record<string, string> } : { headers: { 'content-type': raw === 1 ? 'text/plain' : type! }, body: sent }),
    }
  })
}

/** A body as it is, or with a field that is hostile, unknown or missing. */
function brokenOrNot(body: unknown): fc.Arbitrary<unknown> {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return fc.constant(body)
  const fields = Object.keys(body)
  if (fields.length === 0) return fc.constant(body)
  const field = fc.constantFrom(...fields)
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(body) },
    { weight: 3, arbitrary: fc.tuple(field, fc.constantFrom(...HOSTILE)).map(([name, value]) => ({ ...body, [name]: value })) },
    { weight: 1, arbitrary: field.map((name) => Object.fromEntries(Object.entries(body).filter(([other]) => other !== name))) },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE).map((value) => ({ ...body, surprise: value })) },
  )
}

function mostly<T, U>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<U>): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: other })
}

/** Values that the schema allows; where it allows any text, what a caller would write under that name. */
function valueOf(schema: Schema, name: string, ids: readonly string[], depth = 0): fc.Arbitrary<unknown> {
  const inner = (one: Schema, under: string): fc.Arbitrary<unknown> => valueOf(one, under, ids, depth + 1)
  if (schema.$ref) return inner(SCHEMAS[schema.$ref.split('/').at(-1)!]!, name)
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => inner(one, name)))
  if (schema.properties) {
    return fc.record(Object.fromEntries(Object.entries(schema.properties).map(([field, one]) => [field, inner(one, field)])), { requiredKeys: [...schema.required ?? []] })
      .map((value) => fewFields(value, schema.required ?? []))
  }
  switch (schema.type) {
    case 'array': return fc.array(inner(schema.items ?? {}, name), { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 3, 3) })
    case 'integer': return fc.integer({ min: schema.minimum ?? -10, max: Math.min(schema.maximum ?? 300, 300) })
    case 'number': return fc.double({ min: schema.minimum ?? -1, max: schema.maximum ?? 2, noNaN: true })
    case 'boolean': return fc.boolean()
    case 'string': return textOf(schema, name, ids)
    case 'object': return fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 })
    default: return fc.jsonValue({ maxDepth: 3 })
  }
}

/** Of many optional fields few stand beside each other, or nearly every request would contradict itself. */
function fewFields(value: Record<string, unknown>, required: readonly string[]): Record<string, unknown> {
  const length = JSON.stringify(value).length
  return Object.fromEntries(Object.entries(value).filter(([field], i, all) => required.includes(field) || field === 'user_id' || all.length < 4 || (i * 7 + length) % all.length < 3))
}

function textOf(schema: Schema, name: string, ids: readonly string[]): fc.Arbitrary<string> {
  if (schema.format === 'uuid' || /^(id|ids|src|dst|center|related)$/.test(name)) return fc.oneof(fc.constantFrom(...ids), fc.uuid())
  if (schema.format === 'date-time' || schema.format === 'date' || name === 'day') return fc.constantFrom(...INSTANTS)
  if (name === 'user_id') return fc.constantFrom(...NAMES)
  return fc.oneof(fc.constantFrom(...TEXTS), fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 60, 60), unit: 'grapheme' }))
}
