import type { LoggerService } from '@nestjs/common'
import type { Params } from 'nestjs-pino'
import { type DestinationStream, destination, type Logger, pino } from 'pino'
import type { Settings } from '#config'

/**
 * The log: JSON lines on standard error (standard output belongs to the one line with the address). Nothing that a caller sent is in
 * it but the request's id.
 */
export function createLogger(settings: Pick<Settings, 'logging'>, to: DestinationStream = destination({ fd: 2, sync: true })): Logger {
  const formatters = { level: (level: string) => ({ level }) }
  return pino({ level: settings.logging.level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters }, to)
}

/** Gives every entry made during a request its id, and nothing else of it; the request itself is logged when it is answered. */
export function loggerParams(logger: Logger): Params {
  return {
    pinoHttp: {
      logger, autoLogging: false, quietReqLogger: true, customAttributeKeys: { reqId: 'request_id' },
      // Fastify made the id; its middleware bridge leaves it on the raw request.
      genReqId: (request) => request.id,
    },
    forRoutes: ['{*path}'],
  }
}

/** Nest's own voice while the application is put together: only what is wrong, for the rest is a list of its routes. */
export class BootLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(): void {}

  warn(message: unknown): void {
    this.logger.warn(String(message))
  }

  /** A failure to start is thrown as well, and told by who catches it. */
  error(): void {}
}
