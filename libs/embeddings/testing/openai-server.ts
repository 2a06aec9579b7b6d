import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bagOfWords } from './bag-of-words'

/** What the server can do instead of answering well. */
export type Misbehaviour =
  | 'error-500'
  | 'rate-limited'
  | 'unauthorised'
  | 'hang'
  | 'stalled-body'
  | 'dropped'
  | 'redirect'
  | 'bad-json'
  | 'not-a-list'
  | 'wrong-count'
  | 'duplicate-index'
  | 'nan'
  | 'zero'
  | 'wrong-length'
export type Behaviour = 'ok' | 'shuffled' | 'no-index' | Misbehaviour

export interface RecordedRequest {
  method: string
  path: string
  authorization: string | undefined
  body: { model?: string; input?: string[]; dimensions?: number; encoding_format?: string }
}

export interface OpenAiServerOptions {
  /** Length of the vectors when the request does not ask for another. Default: 768. */
  dim?: number
  /** When given, requests with another bearer token are answered with 401. */
  apiKey?: string
}

interface Entry {
  object: 'embedding'
  index?: number
  embedding: (number | null)[]
}

/**
 * An HTTP server on a free loopback port that plays POST /v1/embeddings. Answers bags of hashed words unless told
 * otherwise by `next` and `always`; asks clients to try again at once, so that tests of back-off are quick.
 */
export class OpenAiServer {
  /** Every request in the order of arrival. */
  readonly requests: RecordedRequest[] = []
  private readonly script: Behaviour[] = []
  private usual: Behaviour = 'ok'
  private paused: { arrive: () => void; gone: Promise<void> } | undefined
  private letGo: () => void = () => {}

  private constructor(private readonly server: Server, private readonly options: OpenAiServerOptions) {
    server.on('request', (request, response) => void this.handle(request, response))
  }

  static async start(options: OpenAiServerOptions = {}): Promise<OpenAiServer> {
    const server = createServer()
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    return new OpenAiServer(server, options)
  }

  /** The `baseUrl` for an embedder. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`
  }

  /** How to treat the next requests, one each. */
  next(...behaviours: Behaviour[]): void {
    this.script.push(...behaviours)
  }

  /** How to treat every request that `next` says nothing about. */
  always(behaviour: Behaviour): void {
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

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const part of request) text += part
    const body = JSON.parse(text || '{}') as RecordedRequest['body']
    const { authorization } = request.headers
    this.requests.push({ method: request.method!, path: request.url!, authorization, body })
    const behaviour = this.script.shift() ?? this.usual
    const { paused } = this
    this.paused = undefined
    paused?.arrive()
    await paused?.gone
    const { apiKey } = this.options
    if (apiKey !== undefined && authorization !== `Bearer ${apiKey}`) refuse(response, 401, `Incorrect API key: ${authorization}`)
    else if (request.url !== '/v1/embeddings') refuse(response, 404, 'not found')
    else this.behave(behaviour, body, response, authorization)
  }

  private behave(behaviour: Behaviour, body: RecordedRequest['body'], response: ServerResponse, authorization?: string): void {
    const said = `${authorization} ${JSON.stringify(body.input)}` // a rude server that repeats everything
    switch (behaviour) {
      case 'hang': return
      case 'dropped': return void response.destroy()
      case 'error-500': return refuse(response, 500, `internal error ${said}`)
      case 'rate-limited': return refuse(response, 429, `slow down ${said}`)
      case 'unauthorised': return refuse(response, 401, `Incorrect API key provided: ${said}`)
      case 'redirect': return void response.writeHead(307, { location: `${this.url}/embeddings` }).end()
      case 'bad-json': return void response.writeHead(200, JSON_TYPE).end(`{"data": [${said}`)
      case 'not-a-list': return void response.writeHead(200, JSON_TYPE).end(JSON.stringify({ error: said }))
      case 'stalled-body':
        response.writeHead(200, JSON_TYPE).write('{"object": "list", "data": [')
        return
      default: {
        const data = spoil(behaviour, this.vectors(body))
        response.writeHead(200, JSON_TYPE).end(JSON.stringify({ object: 'list', model: body.model, data }))
      }
    }
  }

  private vectors(body: RecordedRequest['body']): Entry[] {
    const dim = body.dimensions ?? this.options.dim ?? 768
    return (body.input ?? []).map((text, index) => ({ object: 'embedding', index, embedding: Array.from(bagOfWords(text, dim)) }))
  }
}

const JSON_TYPE = { 'content-type': 'application/json' }

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { ...JSON_TYPE, 'retry-after-ms': '5' }).end(JSON.stringify({ error: { message } }))
}

/** The last vector is the spoiled one, where one is enough. */
function spoil(behaviour: Behaviour, data: Entry[]): Entry[] {
  const last = data.at(-1)!
  switch (behaviour) {
    case 'shuffled': return [...data].reverse()
    case 'no-index': return data.map(({ object, embedding }) => ({ object, embedding }))
    case 'wrong-count': return data.slice(0, -1)
    case 'duplicate-index': return data.map((entry) => ({ ...entry, index: 0 }))
    case 'nan':
      last.embedding[0] = null // what JSON.stringify makes of NaN
      return data
    case 'zero':
      last.embedding.fill(0)
      return data
    case 'wrong-length':
      last.embedding.push(1)
      return data
    default: return data
  }
}
