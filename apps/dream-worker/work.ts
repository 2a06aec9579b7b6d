import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type INestApplicationContext, type LoggerService } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { Logger } from 'pino'
import type { Settings } from '#config'
import { JobQueue } from '#jobs'
import { StartupError } from '#kernel'
import { storeOf } from '../composition/ending'
import { scheduleOf } from '../composition/libs'
import { WorkerModule } from './worker.module'

/** The only path that there is. */
const HEALTH = '/health'

export interface Working {
  /** `Reverie's dream-worker works (Postgres at …, jobs in redis)` */
  readonly line: string
  /** Where its health is told; undefined when it is told nowhere. */
  readonly healthPort: number | undefined
  /** Gives back what is under way, then closes everything. */
  stop(): Promise<void>
}

/**
 * Begins to do the jobs.
 * @throws StartupError that names cause and cure
 */
export async function work(settings: Settings, logger: Logger): Promise<Working> {
  if (settings.store.backend === 'embedded') {
    throw new StartupError('The embedded store belongs to one process, and its api does the jobs.', 'Set DATABASE_URL (and REDIS_URL), or run npm start alone.')
  }
  logger.info(`opening the ${storeOf(settings)}`)
  logger.info(scheduleOf(settings).describe())
  const voice = new PinoVoice(logger)
  const app = await NestFactory.createApplicationContext(WorkerModule.forRoot(settings), { logger: voice, abortOnError: false })
  voice.started = true
  const { host, workerPort } = settings.http
  const health = workerPort === undefined ? undefined : await tellHealth(app, host, workerPort).catch(async (error: unknown) => {
    await app.close()
    const { code } = error as NodeJS.ErrnoException
    throw new StartupError(`WORKER_PORT ${workerPort} cannot be listened on (${code})`, 'Set WORKER_PORT to a free port, or leave it out.', { cause: error })
  })
  const { backend } = await app.get(JobQueue).status()
  return {
    line: `Reverie's dream-worker works (${storeOf(settings)}, jobs in ${backend === 'redis' ? 'Redis' : 'the store'})`,
    healthPort: health && (health.address() as AddressInfo).port,
    stop: async () => {
      health?.close()
      await app.close()
    },
  }
}

/** Tells over HTTP whether the queue answers: 200, or 503. Nothing else can be asked, so it needs no key. */
async function tellHealth(app: INestApplicationContext, host: string, port: number): Promise<Server> {
  const queue = app.get(JobQueue)
  const server = createServer((request, response) => {
    void queue.status().then(({ counts }) => {
      const [code, status] = request.url !== HEALTH ? [404, 'not_found'] : counts ? [200, 'ok'] : [503, 'degraded']
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify({ status, queue: counts ?? null }))
    })
  })
  await new Promise<void>((done, fail) => server.once('error', fail).listen(port, host, done))
  return server
}

/** Nest's voice in the log of the process: what it tells while it puts itself together is left out. */
class PinoVoice implements LoggerService {
  started = false

  constructor(private readonly logger: Logger) {}

  log(message: unknown): void {
    if (this.started) this.logger.info(String(message))
  }

  warn(message: unknown): void {
    this.logger.warn(String(message))
  }

  error(message: unknown): void {
    this.logger.error(String(message))
  }
}
