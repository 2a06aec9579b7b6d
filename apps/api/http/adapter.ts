import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { invalid, ReverieError } from '#kernel'
import { type AccessRules, admit } from './access'
import { BODY_LIMIT, parseBody } from './body'
import { type Caller, callers } from './caller'
import { errorBody, errorHeaders, wireErrorOf } from './errors'
import type { Pressure } from './pressure'
import { MALFORMED, parseQuery, type Query } from './query-string'
import { pathOf, requestId, routeOf } from './request'
import { checkText } from './text-check'

/** A user's name of 256 characters, each four bytes, each byte three characters of a URL; with room to spare. */
const MAX_PARAM_LENGTH = 8 * 1024

/** Content types of JSON lines, and the routes that take them. */
const LINES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl']
const LINE_ROUTES = new Set(['/memory/import'])

/** An answer shows nothing, runs nothing and is framed by nobody; pages set policies of their own. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
/** Swagger UI brings its own files, and styles in its page. */
const DOCS_POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "connect-src 'self'", "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Fastify as this API wants it: UTF-8 JSON bodies and nothing else, request ids, refusals in API.md's shape from the first byte on. */
export function createAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: 300_000,
    // A question of 8 KiB has three characters a byte in a URL; Node's 16 KiB would not hold it.
    http: { maxHeaderSize: 64 * 1024 },
    requestIdHeader: false,
    genReqId: requestId,
    // While stopping, requests on open connections are refused by our own hook, in our own words.
    return503OnClosing: false,
    frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) => refuse(invalid('url', 'is malformed'), request.id, reply),
    clientErrorHandler: refuseRaw,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, ignoreTrailingSlash: true, querystringParser: parseQuery },
  })
}

/** Paths for monitors, which are answered however busy the server is. */
export const HEALTH_PATHS: ReadonlySet<string> = new Set(['/health', '/health/ready'])

/** What happens to every request before its route does. `stopping` says whether the server is going down. */
export function guardRequests(fastify: FastifyInstance, rules: AccessRules, pressure: Pressure, stopping: () => boolean): void {
  const admitted = new WeakMap<FastifyRequest, Caller>()
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: FastifyRequest, bytes: Buffer) => parseBody(bytes))
  // JSON lines, of any number: not read here, so without a limit.
  fastify.addContentTypeParser(LINES, async (request: FastifyRequest, stream: IncomingMessage) => {
    if (!takesLines(request)) throw invalid('body', 'must be JSON; send Content-Type: application/json')
    return stream
  })
  fastify.addHook('onRequest', async (request, reply) => {
    const path = pathOf(request)
    void reply.headers({
      'x-request-id': request.id,
      'cache-control': 'no-store',
      'content-security-policy': path === '/docs' || path.startsWith('/docs/') ? DOCS_POLICY : DATA_POLICY,
    })
    if (stopping()) {
      void reply.header('connection', 'close')
      throw new ReverieError('unavailable', 'The server is stopping')
    }
    // What we ask ourselves on behalf of somebody is under way already.
    if (!callers.getStore()) pressure.begin(request, reply, HEALTH_PATHS.has(path))
    const visit = { method: request.method, path, route: routeOf(request), headers: request.headers, peer: request.socket.remoteAddress }
    admitted.set(request, await admit(visit, rules))
    // There JSON is always lines of it, whatever it is called.
    if (takesLines(request) && request.headers['content-type']?.startsWith('application/json')) request.headers['content-type'] = LINES[0]
  })
  // With a callback: what follows then runs for this caller.
  fastify.addHook('preHandler', (request, _reply, done) => callers.run(admitted.get(request)!, done))
  fastify.addHook('preHandler', async (request) => {
    const malformed = (request.query as Query)[MALFORMED]
    if (malformed !== undefined) throw invalid(malformed, 'is not valid UTF-8')
    checkText(request.params)
    checkText(request.query)
    if (!takesLines(request)) checkText(request.body)
    if (request.method === 'DELETE' && !isEmpty(request.body)) throw invalid('body', 'DELETE takes its parameters in the query string')
  })
}

/** Whether the route reads its body itself, a line at a time. */
function takesLines(request: FastifyRequest): boolean {
  return LINE_ROUTES.has(routeOf(request))
}

function isEmpty(body: unknown): boolean {
  return body === undefined || body === null || (typeof body === 'object' && Object.keys(body).length === 0)
}

/** For requests that no route was found for because of their URL. */
function refuse(error: ReverieError, id: string, reply: FastifyReply): void {
  const wire = wireErrorOf(error)
  const headers = { ...errorHeaders(wire), 'x-request-id': id }
  void reply.status(wire.status).headers(headers).type('application/json; charset=utf-8').send(errorBody(wire, id))
}

const RAW_FAULTS: Readonly<Record<string, ReverieError>> = {
  HPE_HEADER_OVERFLOW: invalid('headers', 'are too large'),
  HPE_INVALID_URL: invalid('url', 'holds a character that must be percent-encoded'),
  ERR_HTTP_REQUEST_TIMEOUT: invalid('request', 'took too long to arrive'),
}

/** For what is not even HTTP: there is a socket and nothing else. */
function refuseRaw(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const id = requestId({ headers: {} })
  const what = (error.code === undefined ? undefined : RAW_FAULTS[error.code]) ?? invalid('request', 'is not valid HTTP')
  const body = JSON.stringify(errorBody(wireErrorOf(what), id))
  socket.end([
    'HTTP/1.1 400 Bad Request', `x-request-id: ${id}`, 'content-type: application/json; charset=utf-8', `content-length: ${Buffer.byteLength(body)}`,
    'connection: close', '', body,
  ].join('\r\n'))
}
