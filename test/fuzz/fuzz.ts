import fc from 'fast-check'
import type { TestServer } from '../support/server'
import type { ErrorBody } from '../support/wire'
import { type FuzzedRequest, OPERATIONS } from './requests'

const CODES: Readonly<Record<number, readonly string[]>> = {
  400: ['invalid_request'], 401: ['unauthenticated'], 403: ['forbidden'], 404: ['not_found'], 409: ['conflict', 'stale_preview'],
  413: ['too_large'], 422: ['unprocessable'], 429: ['rate_limited'],
}
/** These answer in a protocol of their own, ask a model elsewhere, or do not end while a dream lasts. */
const OTHERWISE = new Set(['POST /mcp', 'POST /settings/ai/test', 'GET /memory/dreams/{id}/events'])

export interface Fuzzed {
  readonly seed: number
  /** By status. */
  readonly answers: Readonly<Record<number, number>>
  /** Requests, each with what was wrong about the answer. */
  readonly faults: readonly string[]
}

/**
 * Asks every operation in turn, validly or nearly. What is wrong: an answer of 500 or more, a refusal in another shape than API.md's, and a refused
 * request after which a table has more rows or fewer.
 * @param seed says what is asked; the same seed asks the same of the same store
 */
export async function fuzz(server: TestServer, runs: number, seed: number): Promise<Fuzzed> {
  const operations = OPERATIONS.filter(({ name }) => !OTHERWISE.has(name))
  const messages = ['The lighthouse stands on the cliff', 'Marta keeps the lighthouse'].map((content) => ({ content }))
  const ids = [...await server.api.remember({ user_id: 'ana', session_id: 's', messages })]
  const answers: Record<number, number> = {}
  const faults: string[] = []
  let before = await counted(server)
  for (let i = 0; i < runs; i++) {
    const { of } = operations[i % operations.length]!
    const [request] = fc.sample(of(ids.slice(-20)), { seed: seed + i, numRuns: 1 })
    const { status, text } = await send(server, request!)
    answers[status] = (answers[status] ?? 0) + 1
    const wrong = status < 400 ? undefined : faultOf(status, text)
    if (wrong) faults.push(`${wrong}: ${shown(request!)} (seed ${seed + i}) ${status} ${text.slice(0, 300)}`)
    if (status < 400) {
      ids.push(...new Set(text.match(/"id":"[\w-]{36}"/g)?.slice(0, 5).map((field) => field.slice(6, -1)) ?? []))
      await server.settled()
      before = await counted(server)
      continue
    }
    const after = await counted(server)
    if (after !== before) faults.push(`half-written: ${shown(request!)} (seed ${seed + i}) ${status} ${text.slice(0, 200)}\n  ${before}\n  ${after}`)
    before = after
  }
  return { seed, answers, faults }
}

async function send(server: TestServer, { method, path, headers, body }: FuzzedRequest): Promise<{ status: number; text: string }> {
  // A dream that nobody waits for would write while others are counted.
  const sent = method === 'POST' && path.startsWith('/memory/consolidate') && body?.startsWith('{"') ? body.replace('{', '{"wait":true,').replace(/,"wait":(?:true|false)/, '') : body
  const answer = await fetch(server.url + path, { method, headers, body: sent })
  return { status: answer.status, text: await answer.text() }
}

function faultOf(status: number, text: string): string | undefined {
  if (status >= 500) return 'a fault of the server'
  try {
    const { error: { code, message, request_id: id, ...rest } } = JSON.parse(text) as ErrorBody
    const fits = CODES[status]?.includes(code) && message.length > 0 && message.length < 2_000 && id.length > 0 && Object.keys(rest).every((key) => key === 'details')
    return fits ? undefined : 'a refusal in another shape'
  } catch {
    return 'a refusal that is no JSON'
  }
}

/** Rows of every table but those that are written beside answers. */
async function counted(server: TestServer): Promise<string> {
  const { api_key: _, recall_log: __, ...counts } = await server.store.counts()
  return JSON.stringify(counts)
}

function shown({ method, path, body }: FuzzedRequest): string {
  return `${method} ${path.slice(0, 400)} ${body?.slice(0, 600) ?? ''}`
}
