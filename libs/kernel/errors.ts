/** Stable codes of everything that can be refused; apps/api maps them to HTTP statuses. */
export type ErrorCode =
  | 'invalid_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'stale_preview'
  | 'too_large'
  | 'unprocessable'
  | 'rate_limited'
  | 'unavailable'

/**
 * A refusal with a stable code and a message for the caller. The message and details never carry secrets
 * or remembered content.
 */
export class ReverieError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details?: Readonly<Record<string, unknown>>,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'ReverieError'
  }
}

/** A request whose `field` breaks a rule. */
export function invalid(field: string, message: string): ReverieError {
  return new ReverieError('invalid_request', `${field}: ${message}`, { field })
}

export function notFound(what: string): ReverieError {
  return new ReverieError('not_found', `${what} was not found`)
}

/** What kind of error it is, in words that quote nothing: messages of stores and of parsers show what they choke on. */
export function kindOfError(error: unknown): string {
  const { name, code } = error as { name?: string; code?: unknown }
  return [name ?? typeof error, ...(typeof code === 'string' ? [code] : [])].join(' ')
}

/** A start-up failure that names its cause and its cure; printed without a stack. */
export class StartupError extends Error {
  constructor(message: string, readonly cure: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartupError'
  }
}

/** A start-up failure because another process has what this one needs, a directory or a port: it may be one of ours that does the same work. */
export class TakenError extends StartupError {}
