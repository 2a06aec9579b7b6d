import { join } from 'node:path'
import helmet from '@fastify/helmet'
import type { DynamicModule } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { Logger as NestPinoLogger } from 'nestjs-pino'
import type { Logger } from 'pino'
import { ApiKeys, RateLimits } from '#access'
import type { Settings } from '#config'
import { createAdapter, guardRequests, HEALTH_PATHS } from './http/adapter'
import { BootLogger } from './http/logging'
import { Metrics } from './http/metrics'
import { serveOpenApi } from './http/openapi'
import { Pressure } from './http/pressure'
import { playgroundPaths, servePlayground } from './http/playground'
import { routeOf } from './http/request'

/** Routes that monitors call all the time. */
const QUIET = new Set([...HEALTH_PATHS, '/metrics'])

/** How often connections are let go while stopping. */
const SWEEP_MS = 20

export interface App {
  readonly nest: NestFastifyApplication
  /** Refuses what is new, finishes what is under way, then closes everything. */
  stop(): Promise<void>
}

/** Puts the HTTP application together, ready to listen. */
export async function createApp(module: DynamicModule, settings: Settings, logger: Logger, playground = join(__dirname, 'playground')): Promise<App> {
  const nest = await NestFactory.create<NestFastifyApplication>(module, createAdapter(), {
    bodyParser: false, logger: new BootLogger(logger), abortOnError: false,
  })
  let stopping = false
  const fastify = nest.getHttpAdapter().getInstance()
  const pages = playgroundPaths(playground)
  const keys = nest.get(ApiKeys, { strict: false })
  const pressure = new Pressure(settings.http.maxRequests)
  guardRequests(fastify, {
    adminKey: settings.security.adminKey, find: (secret) => keys.find(secret), limits: nest.get(RateLimits, { strict: false }), open: new Set([...HEALTH_PATHS, ...pages.keys()]),
  }, pressure, () => stopping)
  // Content policies are set by route; whether a host may only be reached by TLS is for who terminates TLS to say.
  await nest.register(helmet, { contentSecurityPolicy: false, strictTransportSecurity: false })
  const metrics = nest.get(Metrics)
  fastify.addHook('onResponse', async (request, reply) => {
    const route = routeOf(request)
    metrics.request(request.method, route, reply.statusCode, reply.elapsedTime / 1000)
    const entry = { request_id: request.id, method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 10) / 10 }
    logger[QUIET.has(route) ? 'debug' : 'info'](entry, 'request answered')
  })
  servePlayground(fastify, pages)
  serveOpenApi(nest)
  await nest.init()
  nest.useLogger(nest.get(NestPinoLogger))
  return {
    nest,
    stop: async () => {
      stopping = true
      // Node waits for connections on which nothing was asked yet; browsers keep some of those in store.
      const sweep = setInterval(() => pressure.requests === 0 && fastify.server.closeAllConnections(), SWEEP_MS)
      await nest.getHttpAdapter().close().finally(() => clearInterval(sweep))
      await nest.close()
    },
  }
}
