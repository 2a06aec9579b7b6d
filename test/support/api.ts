import { request } from 'node:http'
import type { ForgetBody, Memory, RecallBody, RememberBody } from './wire'

export interface Answer<T> {
  status: number
  headers: Headers
  text: string
  body: T
}

type Query = Record<string, string | number | boolean | undefined>

/** A client of the product: paths, queries and bodies as API.md has them. */
export class Api {
  constructor(readonly url: string, private readonly headers: Record<string, string> = {}) {}

  /** The same client with other headers besides. */
  with(headers: Record<string, string>): Api {
    return new Api(this.url, { ...this.headers, ...headers })
  }

  get<T>(path: string, query: Query = {}): Promise<Answer<T>> {
    return this.send<T>('GET', path, query)
  }

  post<T>(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return this.send<T>('POST', path, {}, body, headers)
  }

  put<T>(path: string, body: unknown): Promise<Answer<T>> {
    return this.send<T>('PUT', path, {}, body)
  }

  patch<T>(path: string, body: unknown): Promise<Answer<T>> {
    return this.send<T>('PATCH', path, {}, body)
  }

  delete<T>(path: string, query: Query = {}): Promise<Answer<T>> {
    return this.send<T>('DELETE', path, query)
  }

  /** A body as it is, of any content type. */
  async raw<T>(method: string, path: string, body: string | Uint8Array<ArrayBuffer>, contentType: string): Promise<Answer<T>> {
    return answerOf<T>(await fetch(this.url + path, { method, body, headers: { ...this.headers, 'content-type': contentType } }))
  }

  /** Remembers and answers the ids, in order; fails unless all went well. */
  async remember(body: Record<string, unknown>, headers: Record<string, string> = {}): Promise<string[]> {
    const answer = await this.post<RememberBody>('/memory', body, headers)
    if (answer.status !== 201) throw new Error(`remember answered ${answer.status}: ${answer.text}`)
    return answer.body.results.map((result) => result.id)
  }

  /** Recalls by POST without reinforcement, so that one test's question does not change the next one's answer. */
  async recall(body: Record<string, unknown>): Promise<RecallBody> {
    const answer = await this.post<RecallBody>('/memory/recall', { reinforce: false, ...body })
    if (answer.status !== 200) throw new Error(`recall answered ${answer.status}: ${answer.text}`)
    return answer.body
  }

  async memory(userId: string, id: string): Promise<Memory> {
    const answer = await this.get<Memory>(`/memory/${id}`, { user_id: userId })
    if (answer.status !== 200) throw new Error(`memory answered ${answer.status}: ${answer.text}`)
    return answer.body
  }

  async forget(body: Record<string, unknown>): Promise<ForgetBody> {
    const answer = await this.post<ForgetBody>('/memory/forget', body)
    if (answer.status !== 200) throw new Error(`forget answered ${answer.status}: ${answer.text}`)
    return answer.body
  }

  private async send<T>(method: string, path: string, query: Query, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    const url = new URL(this.url + path)
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value))
    const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    return answerOf<T>(await fetch(url, { method, headers: { ...json, ...this.headers, ...headers }, body: body === undefined ? undefined : JSON.stringify(body) }))
  }
}

async function answerOf<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text()
  const json = response.headers.get('content-type')?.startsWith('application/json') && text !== ''
  return { status: response.status, headers: response.headers, text, body: (json ? JSON.parse(text) : undefined) as T }
}

/** A GET with headers that fetch does not let a caller set (Host, Sec-Fetch-Site). */
export function bareGet(url: string, headers: Record<string, string>): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part)).on('end', () => resolve({ status: response.statusCode!, text })).on('error', reject)
    })
    sent.on('error', reject).end()
  })
}
