import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How any OpenAI-compatible endpoint can fail to answer. */
export type Fault = 'error-500' | 'rate-limited' | 'busy-for-long' | 'unauthorised' | 'hang' | 'stalled-body' | 'dropped' | 'redirect' | 'bad-json' | 'not-a-list'
const FAULTS: readonly string[] = ['error-500', 'rate-limited', 'busy-for-long', 'unauthorised', 'hang', 'stalled-body', 'dropped', 'redirect', 'bad-json', 'not-a-list'] satisfies Fault[]

export interface RecordedRequest<Body> {
  method: string
  path: string
  authorization: string | undefined
  body: Body
}

/**
 * An HTTP server on a free loopback port that plays one path of an OpenAI-compatible endpoint, well unless told otherwise by `next` and
 * `always`. It is rude: what it refuses it repeats, key included. It asks clients to try again at once, so that tests of back-off are quick.
 */
export abstract class ScriptedServer<Body extends object, Behaviour extends string> {
  /** Every request in the order of arrival. */
  readonly requests: RecordedRequest<Body>[] = []
  private readonly script: (Behaviour | Fault | 'ok')[] = []
  private usual: Behaviour | Fault | 'ok' = 'ok'
  private paused: { arrive: () => void; gone: Promise<void> } | undefined
  private letGo: () => void = () => {}
  private readonly server: Server

  /** @param apiKey when given, requests with another bearer token are answered with 401 */
  protected constructor(private readonly path: string, private readonly apiKey: string | undefined) {
    this.server = createServer((request, response) => void this.handle(request, response))
  }

  /** The `baseUrl` for a client. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`
  }

  /** How to treat the next requests, one each. */
  next(...behaviours: (Behaviour | Fault | 'ok')[]): void {
    this.script.push(...behaviours)
  }

  /** How to treat every request that `next` says nothing about. */
  always(behaviour: Behaviour | Fault | 'ok'): void {
    this.usual = behaviour
  }

  /** Holds the next request until `go`, and every other goes on; `arrived` resolves when it is there. */
  pause(): { arrived: Promise<void>; go: () => void } {
    let go!: () => void
    const gone = new Promise<void>((done) => (go = done))
    this.letGo = go
    const arrived = new Promise<void>((arrive) => (this.paused = { arrive, gone }))
    return { arrived, go }
  }

  /** Forgets requests and instructions, and answers what it kept waiting. */
  reset(): void {
    this.paused = undefined
    this.letGo()
    this.requests.length = this.script.length = 0
    this.usual = 'ok'
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((done) => this.server.close(done))
  }

  protected async listen(): Promise<this> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done))
    return this
  }

  /** Answers a request whose key and path are right. */
  protected abstract answer(behaviour: Behaviour | 'ok', body: Body, response: ServerResponse): void

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const part of request) text += part
    const body = JSON.parse(text || '{}') as Body
    const { authorization } = request.headers
    this.requests.push({ method: request.method!, path: request.url!, authorization, body })
    const behaviour = this.script.shift() ?? this.usual
    const { paused } = this
    this.paused = undefined
    paused?.arrive()
    await paused?.gone
    if (this.apiKey !== undefined && authorization !== `Bearer ${this.apiKey}`) refuse(response, 401, `Incorrect API key: ${authorization}`)
    else if (request.url !== this.path) refuse(response, 404, 'not found')
    else if (FAULTS.includes(behaviour)) this.fail(behaviour as Fault, `${authorization} ${text}`, response)
    else this.answer(behaviour as Behaviour | 'ok', body, response)
  }

  private fail(fault: Fault, said: string, response: ServerResponse): void {
    switch (fault) {
      case 'hang': return
      case 'dropped': return void response.destroy()
      case 'error-500': return refuse(response, 500, `internal error ${said}`)
      case 'rate-limited': return refuse(response, 429, `slow down ${said}`)
      case 'busy-for-long': return refuse(response, 429, `slow down ${said}`, { 'retry-after': '3600' })
      case 'unauthorised': return refuse(response, 401, `Incorrect API key provided: ${said}`)
      case 'redirect': return void response.writeHead(307, { location: `${this.url}${this.path.replace('/v1', '')}` }).end()
      case 'bad-json': return void response.writeHead(200, JSON_TYPE).end(`{"data": [${said}`)
      case 'not-a-list': return void response.writeHead(200, JSON_TYPE).end(JSON.stringify({ error: said }))
      case 'stalled-body': return void response.writeHead(200, JSON_TYPE).write('{"object": "list", "data": [')
    }
  }
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** Answers with an object. */
export function reply(response: ServerResponse, body: object): void {
  response.writeHead(200, JSON_TYPE).end(JSON.stringify(body))
}

/** Answers with an error as OpenAI words it. */
export function refuse(response: ServerResponse, status: number, message: string, headers: Record<string, string> = { 'retry-after-ms': '5' }, param: string | null = null): void {
  response.writeHead(status, { ...JSON_TYPE, ...headers }).end(JSON.stringify({ error: { message, type: 'invalid_request_error', param } }))
}
