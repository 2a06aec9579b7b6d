import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { v7 } from 'uuid'

/** The caller's own request id when it is a sane one, else a new one. */
export function requestId(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : v7()
}

/** Path of a request without its query. */
export function pathOf(request: Pick<FastifyRequest, 'url'>): string {
  const end = request.url.search(/[?#]/)
  return end < 0 ? request.url : request.url.slice(0, end)
}

/** Template of the route, which names nobody: for logs and metrics. */
export function routeOf(request: Pick<FastifyRequest, 'is404' | 'routeOptions'>): string {
  return request.is404 ? 'unmatched' : request.routeOptions.url ?? 'unmatched'
}
