import fc from 'fast-check'
import { z } from 'zod'
import { TOOLS } from '../../apps/api/mcp/tools'
import { broken, type FuzzedRequest, HOSTILE, isPlain, mostly, type Schema, type Seen, valueOf } from './values'

const TOOL_SCHEMAS = TOOLS.map(({ name, input }) => ({ name, schema: z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Schema }))
const INITIALIZE = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'a host', version: '1' } }
const METHODS = [
  'initialize', 'ping', 'tools/list', 'tools/call', 'resources/list', 'prompts/get', 'logging/setLevel', 'notifications/initialized', 'notifications/cancelled', 'server/discover',
  'subscriptions/listen', '',
]
const VERSIONS = ['2025-06-18', '2025-03-26', '2024-11-05', '1999-01-01', 'x']
const BOTH = 'application/json, text/event-stream'

/** Messages of MCP: mostly calls of our tools with valid or nearly valid arguments, some of another method or in a broken envelope. */
export function mcpRequests(seen: Seen): fc.Arbitrary<FuzzedRequest> {
  const call = fc.constantFrom(...TOOL_SCHEMAS).chain(({ name, schema }) => valueOf(schema, 'arguments', seen).chain((args) => mostly(fc.constant(args), broken(args)))
    .chain((args) => fc.constantFrom('ana', 'ana', 'ben', undefined).map((user) => ({ name, arguments: user && isPlain(args) ? { user_id: user, ...args } : args }))))
  const envelope = (method: string, params: unknown): fc.Arbitrary<unknown> => mostly(fc.constant({ jsonrpc: '2.0', id: 1, method, params }), fc.constantFrom(
    { jsonrpc: '2.0', method, params }, { jsonrpc: '1.0', id: 1, method, params }, { id: null, method, params }, { jsonrpc: '2.0', id: { a: 1 }, method, params },
    [{ jsonrpc: '2.0', id: 1, method, params }, { jsonrpc: '2.0', id: 2, method, params }], { jsonrpc: '2.0', id: 1, result: {} }, { jsonrpc: '2.0', id: 1, error: {} },
  ))
  const called = call.chain((params) => mostly(fc.constant<unknown>(params), fc.constantFrom<unknown>({ ...params, name: 'no tool' }, ...HOSTILE)))
  const other = fc.tuple(fc.constantFrom(...METHODS), mostly(fc.constant(INITIALIZE), fc.constantFrom<unknown>({}, ...HOSTILE)))
  const message = fc.oneof(
    { weight: 8, arbitrary: called.chain((params) => envelope('tools/call', params)) },
    { weight: 2, arbitrary: other.chain(([method, params]) => envelope(method, params)) },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE) },
  )
  const accept = mostly(fc.constant(BOTH), fc.constantFrom('application/json', 'text/event-stream', '*/*', 'text/html'))
  const headers = fc.record({ accept, version: mostly(fc.constant(VERSIONS[0]!), fc.constantFrom(...VERSIONS)) })
  return fc.tuple(message, headers, fc.nat(30))
    .map(([message, { accept, version }, raw]) => ({
      method: 'POST', path: '/mcp', headers: { 'content-type': raw === 1 ? 'text/plain' : 'application/json', accept, 'mcp-protocol-version': version },
      body: raw === 0 ? '{"jsonrpc":' : JSON.stringify(message),
    }))
}
