import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Settings } from '#config'
import { TakenError } from '#kernel'
import { appModule } from '../api/app.module'
import { type ApiAnswer, Refusal, refusal } from '../api/mcp/memory-api'
import { type Listening, serve } from '../api/serve'
import { startFailure } from '../composition/ending'

/** How long a server may take to say that it is there, and to answer a tool. */
const PROBE_MS = 2_000
const ANSWER_MS = 120_000
/** How long, and how often, another process that holds the store is looked for: it may be starting, too. */
const PATIENCE_MS = 30_000
const PAUSE_MS = 250

/**
 * The server that keeps the memory: REVERIE_URL, or whoever listens at HOST and PORT, or else one that this process becomes. The embedded store
 * is one process's, and a machine has many hosts of MCP: so the first of them opens the store and the others use it through that one;
 * when it ends, the next that needs the memory takes its place.
 */
export class Upstream {
  private own: Listening | undefined
  private found: Promise<string> | undefined

  constructor(private readonly settings: Settings, private readonly logger: Logger) {}

  /** Address of the server, looked for or started when it is not known. */
  find(): Promise<string> {
    this.found ??= this.look().catch((error: unknown) => {
      this.found = undefined
      throw error
    })
    return this.found
  }

  /**
   * POSTs JSON.
   * @throws Refusal when nobody answers, or the memory cannot be opened
   */
  async post(path: string, body: object): Promise<ApiAnswer> {
    const address = await this.opened()
    try {
      return await this.send(address, path, body)
    } catch (error) {
      // Nobody is there, so nothing was done: the process that had the store has ended.
      if (!isRefused(error)) throw unanswered(address, error)
      this.found = undefined
      const next = await this.opened()
      return await this.send(next, path, body).catch((cause: unknown) => Promise.reject(unanswered(next, cause)))
    }
  }

  /**
   * Asks for anything, with a body of any type and size, in as much time as it takes.
   * @throws Refusal when nobody answers, it is refused, or the memory cannot be opened
   */
  async ask(method: string, path: string, body?: string | ReadableStream, type = 'application/json'): Promise<Response> {
    const address = await this.opened()
    const init: RequestInit & { duplex: 'half' } = { method, body, duplex: 'half', headers: this.headers(body === undefined ? undefined : type) }
    const answer = await fetch(address + path, init).catch((cause: unknown) => Promise.reject(unanswered(address, cause)))
    if (answer.ok) return answer
    throw refusal({ status: answer.status, body: await answer.json().catch(() => undefined) }, { coded: false })
  }

  private opened(): Promise<string> {
    return this.find().catch((error: unknown) => Promise.reject(new Refusal(`unavailable: ${startFailure(error)}`, { cause: error })))
  }

  async close(): Promise<void> {
    await this.own?.stop()
  }

  private async look(): Promise<string> {
    const { url } = this.settings.mcp
    if (url !== undefined) return url.replace(/\/+$/, '')
    const address = this.localAddress()
    if (await isReverie(address)) return address
    try {
      this.own = await serve(appModule(this.settings, this.logger), this.settings, this.logger)
      this.logger.info(this.own.line)
      return reachable(new URL(this.own.url))
    } catch (error) {
      // Perhaps by one that does the same and was faster.
      if (error instanceof TakenError && await appears(address)) return address
      throw error
    }
  }

  /** Where a server with these settings would listen, as this machine reaches it. */
  private localAddress(): string {
    const { host, port } = this.settings.http
    return reachable(new URL(`http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`))
  }

  private async send(address: string, path: string, body: object): Promise<ApiAnswer> {
    const answer = await fetch(address + path, { method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(ANSWER_MS), headers: this.headers('application/json') })
    return { status: answer.status, body: await answer.json() }
  }

  private headers(type: string | undefined): Record<string, string> {
    const key = this.settings.mcp.apiKey ?? this.settings.security.adminKey
    return { ...(type === undefined ? {} : { 'content-type': type }), ...(key === undefined ? {} : { 'x-api-key': key }) }
  }
}

/** An address of all of this machine, as one of it. */
function reachable(url: URL): string {
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1'
  if (url.hostname === '[::]') url.hostname = '[::1]'
  return url.origin
}

/** Whether a server of ours listens there. */
async function isReverie(address: string): Promise<boolean> {
  try {
    const answer = await fetch(`${address}/health`, { signal: AbortSignal.timeout(PROBE_MS) })
    const health = await answer.json() as Record<string, unknown>
    return answer.ok && typeof health.version === 'string' && typeof health.backend === 'string'
  } catch {
    return false
  }
}

/** Waits for a server of ours that is still starting; false when none comes. */
async function appears(address: string): Promise<boolean> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await delay(PAUSE_MS)) if (await isReverie(address)) return true
  return false
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && (error.cause as { code?: string } | undefined)?.code === 'ECONNREFUSED'
}

function unanswered(address: string, cause: unknown): Refusal {
  return new Refusal(`unavailable: the memory at ${address} does not answer; start it there, or correct REVERIE_URL`, { cause })
}
