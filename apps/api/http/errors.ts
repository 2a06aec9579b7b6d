import { HttpException } from '@nestjs/common'
import { type ErrorCode, ReverieError } from '#kernel'

/** An error as it leaves: status, and what stands under `error` beside the request's id. */
export interface WireError {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** API.md's table. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  invalid_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  stale_preview: 409,
  too_large: 413,
  unprocessable: 422,
  rate_limited: 429,
  unavailable: 503,
}

const INTERNAL: WireError = { status: 500, code: 'internal', message: 'Something went wrong inside; the log has it under this request_id' }

/** Errors that Nest and Fastify make of a request before any of our code sees it. */
const OF_STATUS: Readonly<Record<number, { code: ErrorCode; message: string; field?: string }>> = {
  400: { code: 'invalid_request', message: 'request: is malformed', field: 'request' },
  404: { code: 'not_found', message: 'This path does not exist' },
  413: { code: 'too_large', message: 'body: must have at most 16 MiB', field: 'body' },
  414: { code: 'invalid_request', message: 'url: is too long', field: 'url' },
  415: { code: 'invalid_request', message: 'body: must be JSON; send Content-Type: application/json', field: 'body' },
  503: { code: 'unavailable', message: 'The server is stopping' },
}

/** What a caller may know of an error. */
export function wireErrorOf(error: unknown): WireError {
  if (error instanceof ReverieError) return { status: STATUS[error.code], code: error.code, message: error.message, details: error.details }
  const known = OF_STATUS[statusOf(error) ?? 0]
  if (!known) return INTERNAL
  const { code, message, field } = known
  return { status: STATUS[code], code, message, ...(field ? { details: { field } } : {}) }
}

/** The body of an error. */
export function errorBody(error: WireError, requestId: string): { error: Record<string, unknown> } {
  const { code, message, details } = error
  return { error: { code, message, ...(details ? { details } : {}), request_id: requestId } }
}

/** Headers that some errors carry. */
export function errorHeaders({ status, details }: WireError): Record<string, string> {
  if (status === 429) return { 'retry-after': `${details!.retry_after as number}` }
  if (status === 503) return { 'retry-after': '5' }
  if (status === 401) return { 'www-authenticate': 'Bearer realm="reverie"' }
  return {}
}

/** An error as the log shows it: its kind and where, never what it quotes, for that may be remembered content. */
export function loggableError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code, table, constraint, routine, cause } = error as Error & Record<string, unknown>
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
  return {
    type: error.name,
    code: text(code),
    table: text(table),
    constraint: text(constraint),
    routine: text(routine),
    message: isOurWords(error) ? error.message : undefined,
    stack: error.stack?.split('\n').filter((line) => /^\s+at /.test(line)).map((line) => line.trim()),
    cause: cause instanceof Error && depth < 3 ? loggableError(cause, depth + 1) : undefined,
  }
}

/** Messages of the database and of parsers quote values; those of the language's own mistakes do not. */
function isOurWords(error: Error): boolean {
  return error instanceof ReverieError || ['TypeError', 'ReferenceError', 'RangeError', 'StartupError', 'EmbeddingUnavailable'].includes(error.name)
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus()
  if (error instanceof Error && error.name === 'FastifyError') return (error as Error & { statusCode?: number }).statusCode
  return undefined
}
