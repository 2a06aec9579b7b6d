import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { PinoLogger } from 'nestjs-pino'
import { errorBody, errorHeaders, loggableError, wireErrorOf } from './errors'
import { pathOf } from './request'

/** Turns whatever was thrown, by our code, Nest or Fastify, into API.md's error. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: PinoLogger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    const request = http.getRequest<FastifyRequest>()
    const reply = http.getResponse<FastifyReply>()
    const known = wireErrorOf(error)
    const wire = known.status === 404 && request.is404 ? { ...known, message: `${request.method} ${pathOf(request)} does not exist` } : known
    if (wire.status >= 500) this.logger.error({ request_id: request.id, error: loggableError(error) }, 'request failed')
    if (reply.sent) return
    void reply.status(wire.status).headers(errorHeaders(wire)).type('application/json; charset=utf-8').send(errorBody(wire, request.id))
  }
}
