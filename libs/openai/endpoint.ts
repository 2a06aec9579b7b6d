import OpenAI, { APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai'
import { isLate, limited } from './limited'

export interface EndpointOptions {
  /** Root of the API, with its `/v1`. Default: that of OpenAI. */
  readonly baseUrl?: string
  /** Sent as a bearer token; endpoints in one's own network often need none. */
  readonly apiKey?: string
  /** Limit of one attempt, answer's body included, in milliseconds. */
  readonly timeoutMs: number
  /** Attempts after the first, on 408, 409, 429, 5xx and lost connections: after the pause that the endpoint asks for, else exponential back-off. */
  readonly maxRetries: number
  /** Longest pause between two attempts, in milliseconds; an endpoint that asks for more is not asked again. */
  readonly longestPauseMs: number
}

/** Root of OpenAI's own. */
export const OPENAI_URL = 'https://api.openai.com/v1'

/** Why an endpoint did not answer well. */
export type EndpointFault = 'timeout' | 'rate_limited' | 'unauthorised' | 'rejected' | 'server_error' | 'unreachable' | 'bad_json' | 'closed'

/** A failed request, in words that hold nothing of the request, of the key or of the answer (which may repeat either). */
export class EndpointFailure extends Error {
  /** @param complaint the answer's own words about a rejected request, to be searched for names of parameters, never to be shown */
  constructor(readonly fault: EndpointFault, message: string, readonly complaint: () => string = () => '') {
    super(message)
    this.name = 'EndpointFailure'
  }
}

/** One endpoint that speaks OpenAI's protocol. The only holder of its key. */
export class Endpoint {
  private readonly client: OpenAI
  /** Limit of all attempts with their pauses. */
  private readonly limitMs: number
  private readonly closing = new AbortController()

  constructor(private readonly options: EndpointOptions) {
    const { apiKey, baseUrl, timeoutMs, maxRetries, longestPauseMs } = options
    this.limitMs = (timeoutMs + longestPauseMs) * (maxRetries + 1)
    this.client = new OpenAI({
      apiKey: apiKey || 'none',
      baseURL: baseUrl ?? OPENAI_URL,
      defaultHeaders: apiKey ? {} : { Authorization: null },
      timeout: timeoutMs + 1_000, // never reached: guardedFetch has the limit
      maxRetries,
      // Everything the library would otherwise read from the environment.
      organization: null, project: null, adminAPIKey: null, webhookSecret: null, logLevel: 'off',
    })
  }

  /**
   * Does what needs the client, with all its attempts.
   * @param work must pass the signal on
   * @param onSent called at each attempt
   * @throws EndpointFailure
   */
  async call<T>(work: (client: OpenAI, signal: AbortSignal) => Promise<T>, outer?: AbortSignal, onSent: () => void = () => {}): Promise<T> {
    const client = this.client.withOptions({
      fetch: (url, init) => {
        onSent()
        return guardedFetch(url, init, this.options)
      },
    })
    return limited(this.limitMs, [this.closing.signal, outer], async (signal) => {
      try {
        return await Promise.race([work(client, signal), aborted(signal)])
      } catch (error) {
        if (this.closing.signal.aborted || outer?.aborted) throw new EndpointFailure('closed', 'is closed')
        throw isLate(signal) ? new EndpointFailure('timeout', 'timed out') : failure(error)
      }
    })
  }

  /** Ends the requests that are under way. */
  close(): void {
    this.closing.abort()
  }
}

/**
 * fetch that never follows a redirect, which could carry key and texts to another host, and whose limit holds for the
 * body as well (the library's own ends with the headers). Tells the library not to wait for longer than anybody would.
 */
function guardedFetch(url: string | URL | Request, init: RequestInit | undefined, { timeoutMs, longestPauseMs }: EndpointOptions): Promise<Response> {
  return limited(timeoutMs, [init?.signal], async (signal) => {
    try {
      const { status, headers: answered, body } = await fetch(url, { ...init, redirect: 'error', signal })
      const headers = new Headers(answered)
      if (pauseOf(headers) > longestPauseMs) headers.set('x-should-retry', 'false')
      return new Response(body && await new Response(body).arrayBuffer(), { status, headers })
    } catch (error) {
      // The library knows a time-out by its message.
      throw isLate(signal) ? new Error('the request timed out') : error
    }
  })
}

/** The pause that an answer asks for, in milliseconds; 0 when it asks for none. */
function pauseOf(headers: Headers): number {
  const exact = Number.parseFloat(headers.get('retry-after-ms') ?? '')
  if (exact) return exact
  const asked = headers.get('retry-after') ?? ''
  const pause = /^[\d.]+$/.test(asked) ? Number.parseFloat(asked) * 1_000 : Date.parse(asked) - Date.now()
  return pause || 0
}

/** Fails when the signal does. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, fail) => {
    const end = () => fail(new APIUserAbortError())
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}

function failure(error: unknown): EndpointFailure {
  const name = (error as Error | undefined)?.name
  if (error instanceof APIConnectionTimeoutError || name === 'TimeoutError' || name === 'AbortError') return new EndpointFailure('timeout', 'timed out')
  if (name === 'SyntaxError') return new EndpointFailure('bad_json', 'answered something that is not JSON')
  const status = error instanceof APIError ? error.status as number | undefined : undefined
  if (status === undefined) return new EndpointFailure('unreachable', 'could not be reached')
  if (status === 401 || status === 403) return new EndpointFailure('unauthorised', `refused the key (status ${status})`)
  if (status === 429) return new EndpointFailure('rate_limited', 'answered with status 429')
  if (status >= 500) return new EndpointFailure('server_error', `answered with status ${status}`)
  const { param, message } = error as APIError
  return new EndpointFailure('rejected', `answered with status ${status}`, () => `${param} ${message}`)
}
