import type { Logger } from 'pino'
import type { Settings } from '#config'
import { toCaller } from '#database'
import { ReverieError, StartupError } from '#kernel'
import { loggableError } from '../api/http/errors'

/** What is under way when a process is told to stop gets this long. */
const STOP_MS = 10_000

/** The store as people may see it: where it is, without user and password. */
export function storeOf({ store }: Pick<Settings, 'store'>): string {
  if (store.backend === 'embedded') return `embedded store in ${store.dataDir}`
  const { host, pathname } = new URL(store.databaseUrl!)
  return `Postgres at ${host || 'the local socket'}${pathname}, Redis at ${new URL(store.redisUrl!).host}`
}

/** What a person reads when the start fails: cause and cure, or, for what nobody foresaw, everything. */
export function startFailure(error: unknown): string {
  if (error instanceof StartupError) return `Reverie cannot start. ${error.message}\n${error.cure}`
  // A store that fails while it is opened: such messages name their cure.
  const told = toCaller(error)
  if (told instanceof ReverieError && told.code === 'unavailable') return `Reverie cannot start: ${told.message}`
  return `Reverie cannot start, for a reason that it does not know:\n${error instanceof Error ? error.stack : String(error)}`
}

/** The part of `process` that ends it. */
export interface Ending {
  once(event: 'SIGTERM' | 'SIGINT', listener: () => void): unknown
  on(event: 'uncaughtException', listener: (error: unknown) => void): unknown
  exit(code: number): void
}

/** Stops what runs on the first signal, at once on a second; a mistake nobody caught is logged without what it quotes, and ends it. */
export function endWith(running: { stop(): Promise<void> }, logger: Logger, process: Ending): void {
  let stopping = false
  const end = (): void => {
    if (stopping) return process.exit(1)
    stopping = true
    setTimeout(() => process.exit(1), STOP_MS).unref()
    running.stop().then(() => process.exit(0), (error: unknown) => {
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
