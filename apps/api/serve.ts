import type { AddressInfo } from 'node:net'
import type { DynamicModule } from '@nestjs/common'
import { Logger as NestPinoLogger } from 'nestjs-pino'
import type { Logger } from 'pino'
import type { Settings } from '#config'
import { UserStore } from '#episodic-memory'
import { StartupError, TakenError } from '#kernel'
import { RecallService } from '#recall'
import { storeOf } from '../composition/ending'
import { apiWorks, scheduleOf } from '../composition/libs'
import { createApp } from './app'
import { BootLogger } from './http/logging'
import { warmUp } from './warm-up'

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
  logger.info(apiWorks(settings) ? scheduleOf(settings).describe() : 'dreams are the work of dream-worker: npm run worker')
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
  let stopped = false
  // A paid model is not asked for nothing.
  if (settings.embedding.provider === 'local') {
    void warmUp(app.nest.get(RecallService, { strict: false }), app.nest.get(UserStore, { strict: false }), () => stopped)
  }
  const { port: taken } = app.nest.getHttpServer().address() as AddressInfo
  const name = host.includes(':') ? `[${host.replace(/^\[|\]$/g, '')}]` : host
  const url = `http://${name}:${taken}`
  return {
    url,
    line: `Reverie listens on ${url} (${storeOf(settings)})`,
    stop: () => {
      stopped = true
      return app.stop()
    },
  }
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
