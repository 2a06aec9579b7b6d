import fc from 'fast-check'
import document from '../../openapi.json'
import { mcpRequests } from './messages'
import { broken, familyOf, type FuzzedRequest, HOSTILE, isPlain, mostly, type Schema, type Seen, valueOf } from './values'

interface Parameter { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema?: Schema }
interface Operation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> }
}

/** Every operation of the document with what it may be asked, valid or nearly. */
export const OPERATIONS: readonly { readonly name: string; readonly of: (seen: Seen) => fc.Arbitrary<FuzzedRequest> }[] =
  Object.entries(document.paths as unknown as Readonly<Record<string, Readonly<Record<string, Operation>>>>).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`, of: (seen: Seen) => (path === '/mcp' ? mcpRequests(seen) : requestOf(method.toUpperCase(), path, operation, seen)),
    })))

/** Most are as the document says; of the others one part is broken. */
const SPOILT = ['nothing', 'nothing', 'nothing', 'nothing', 'nothing', 'nothing', 'path', 'query', 'body', 'body', 'text', 'type'] as const

function requestOf(method: string, template: string, { parameters = [], requestBody }: Operation, seen: Seen): fc.Arbitrary<FuzzedRequest> {
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? []
  const named = (place: string): fc.Arbitrary<Record<string, unknown>> => {
    const all = parameters.filter((one) => one.in === place)
    const required = all.filter((one) => one.required || place === 'path').map(({ name }) => name)
    const properties = Object.fromEntries(all.map(({ name, schema = {} }) => [name, schema]))
    return place === 'path' ? fc.record(Object.fromEntries(all.map(({ name, schema = {} }) => [name, valueOf(schema, name, seen, familyOf(template))])))
      : valueOf({ properties, required }, place, seen) as fc.Arbitrary<Record<string, unknown>>
  }
  const lines = template === '/memory/import'
  const whole = fc.record({
    path: named('path'), query: named('query'), headers: named('header'), user: mostly(fc.constant('ana'), fc.constantFrom('ana', 'ben', 'default')),
    body: content === undefined ? fc.constant(undefined) : lines ? importOf(seen) : valueOf(content.schema ?? {}, 'body', seen),
  })
  return fc.tuple(whole, fc.constantFrom(...SPOILT), fc.constantFrom(...HOSTILE)).chain(([all, spoilt, hostile]) => {
    const { path, query, headers, body } = ofOneUser(all, parameters.some((one) => one.in === 'query' && one.name === 'user_id'))
    const value = spoilt === 'body' && body !== undefined && !lines ? broken(body) : fc.constant(body)
    const spoil = (part: string, values: Record<string, unknown>): Record<string, unknown> =>
      (spoilt === part ? Object.fromEntries(Object.entries(values).map(([name, one], i) => [name, i === 0 ? hostile : one])) : values)
    return value.map((sent) => ({
      method, path: written(template, spoil('path', path), spoil('query', query)),
      headers: { ...headers as Record<string, string>, ...(sent === undefined ? {} : { 'content-type': spoilt === 'type' ? 'text/plain' : type! }) },
      ...(sent === undefined ? {} : { body: spoilt === 'text' ? '{"a":' : lines ? sent as string : JSON.stringify(sent) }),
    }))
  })
}

interface Parts { readonly path: Record<string, unknown>; readonly query: Record<string, unknown>; readonly headers: Record<string, unknown>; readonly body: unknown }

/** The same user in body and query; mostly the one to whom the ids belong. */
function ofOneUser({ path, query, headers, body, user }: Parts & { readonly user: string }, takesUser: boolean): Parts {
  const inBody = isPlain(body) && 'user_id' in body
  return { path, headers, query: takesUser && ('user_id' in query || !inBody) ? { ...query, user_id: user } : query, body: inBody ? { ...body, user_id: user } : body }
}

function written(template: string, path: Record<string, unknown>, query: Record<string, unknown>): string {
  const text = (one: unknown): string => (typeof one === 'string' ? one : Array.isArray(one) ? one.join(',') : JSON.stringify(one) ?? '')
  // A lone surrogate has no percent form.
  const encoded = (one: unknown): string => encodeURIComponent(text(one).toWellFormed())
  const search = Object.entries(query).map(([name, one]) => `${encodeURIComponent(name)}=${encoded(one).slice(0, 9_000)}`).join('&')
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encoded(path[name]).slice(0, 3_000) || '%20')
  return `${filled}${search === '' ? '' : `?${search}`}`
}

/** An export, whole or with a line that is broken, left out, said twice or cut off. */
function importOf({ lines }: Seen): fc.Arbitrary<string> {
  const written = (all: readonly unknown[]): string => all.map((line) => `${JSON.stringify(line)}\n`).join('')
  const at = fc.nat(lines.length - 1)
  return fc.oneof(
    ...Array.from({ length: 4 }, () => fc.constant(written(lines))),
    at.chain((i) => broken(lines[i]).map((line) => written(lines.with(i, line as Record<string, unknown>)))),
    at.chain((i) => fc.constantFrom(...HOSTILE).map((value) => written([...lines.slice(0, i), value, ...lines.slice(i)]))),
    at.map((i) => written(lines.toSpliced(i, 1))), at.map((i) => written([...lines, lines[i]])),
    at.map((i) => written(lines).slice(0, -3 * i - 2)),
  )
}
