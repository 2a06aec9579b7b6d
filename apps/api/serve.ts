import type { AddressInfo } from 'node:net'
import type { DynamicModule } from '@nestjs/common'
import { Logger as NestPinoLogger } from 'nestjs-pino'
import type { Logger } from 'pino'
import type { Settings } from '#config'
import { StartupError, TakenError, userOf } from '#kernel'
import { RecallService } from '#recall'
import { createApp } from './app'
import { loggableError } from './http/errors'
import { BootLogger } from './http/logging'

/** What is under way when the server is told to stop gets this long. */
const STOP_MS = 10_000

export interface Listening {
  /** `http://127.0.0.1:3000`: the address that it listens on. */
  readonly url: string
  /** `Reverie listens on http://127.0.0.1:3000 (embedded store in ./data)` */
  readonly line: string
  stop(): Promise<void>
}

/**
 * Opens the store and listens.
 * @throws StartupError that names cause and cure
 */
export async function serve(module: DynamicModule, settings: Settings, logger: Logger): Promise<Listening> {
  const { host, port } = settings.http
  logger.info(`opening the ${storeOf(settings)}`)
  for (const name of unused(settings)) logger.warn(`${name} is set, and not used: MEMORY_BACKEND is embedded`)
  const app = await createApp(module, settings, logger)
  // Nest tells a failure to listen in its own words before it throws it; ours are enough.
  app.nest.useLogger(new BootLogger(logger))
  try {
    await app.nest.listen(port, host)
  } catch (error) {
    await app.stop()
    throw listenError(error, host, port)
  }
  app.nest.useLogger(app.nest.get(NestPinoLogger))
  warmUp(app.nest.get(RecallService, { strict: false }), settings)
  const { port: taken } = app.nest.getHttpServer().address() as AddressInfo
  const name = host.includes(':') ? `[${host.replace(/^\[|\]$/g, '')}]` : host
  const url = `http://${name}:${taken}`
  return { url, line: `Reverie listens on ${url} (${storeOf(settings)})`, stop: () => app.stop() }
}

/**
 * Asks something of nobody, in the background: the first question after a start loads the model and plans a large statement on a cold
 * session, 650 ms embedded at 3,000 traces, and half of that after this. Only with the local model: a paid one is not asked for nothing.
 */
function warmUp(recall: RecallService, { embedding }: Settings): void {
  if (embedding.provider !== 'local') return
  recall.recall({
    user: userOf('nobody, before the first question'), query: 'What did Anna say about the harbour?', k: 1, filter: {}, threshold: 0, hops: 1, explain: false,
    includeSuperseded: false, reinforce: false,
  }).catch(() => undefined) // What is wrong will be said to the first who asks.
}

/** The store as people may see it: where it is, without user and password. */
export function storeOf({ store }: Pick<Settings, 'store'>): string {
  if (store.backend === 'embedded') return `embedded store in ${store.dataDir}`
  const { host, pathname } = new URL(store.databaseUrl!)
  return `Postgres at ${host || 'the local socket'}${pathname}, Redis at ${new URL(store.redisUrl!).host}`
}

/** Names of servers that are named and left alone. */
function unused({ store }: Settings): string[] {
  if (store.backend !== 'embedded') return []
  const named = { DATABASE_URL: store.databaseUrl, REDIS_URL: store.redisUrl, JOBS_REDIS_URL: store.jobsRedisUrl }
  return Object.entries(named).filter(([, url]) => url !== undefined).map(([name]) => name)
}

function listenError(cause: unknown, host: string, port: number): unknown {
  const told = (message: string, cure: string): StartupError => new StartupError(message, cure, { cause })
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new TakenError(`Port ${port} of ${host} is taken`, 'Stop what listens there, or set PORT to another one (0 takes any that is free).', { cause })
    case 'EACCES':
      return told(`This user may not listen on port ${port}`, 'Set PORT to 1024 or more.')
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return told(`HOST ${host} is no address of this machine`, 'Set HOST to one that it has: 127.0.0.1, or 0.0.0.0 for all (with ADMIN_API_KEY).')
    default:
      return cause
  }
}

/** What a person reads when the start fails: cause and cure, or, for what nobody foresaw, everything. */
export function startFailure(error: unknown): string {
  if (error instanceof StartupError) return `Reverie cannot start. ${error.message}\n${error.cure}`
  return `Reverie cannot start, for a reason that it does not know:\n${error instanceof Error ? error.stack : String(error)}`
}

/** The part of `process` that ends it. */
export interface Ending {
  once(event: 'SIGTERM' | 'SIGINT', listener: () => void): unknown
  on(event: 'uncaughtException', listener: (error: unknown) => void): unknown
  exit(code: number): void
}

/** Stops the server on the first signal, at once on a second; a mistake nobody caught is logged without what it quotes, and ends it. */
export function endWith(server: Pick<Listening, 'stop'>, logger: Logger, process: Ending): void {
  let stopping = false
  const end = (): void => {
    if (stopping) return process.exit(1)
    stopping = true
    setTimeout(() => process.exit(1), STOP_MS).unref()
    server.stop().then(() => process.exit(0), (error: unknown) => {
      logger.error({ error: loggableError(error) }, 'stopping failed')
      process.exit(1)
    })
  }
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
  process.on('uncaughtException', (error) => {
    logger.fatal({ error: loggableError(error) }, 'uncaught')
    process.exit(1)
  })
}
