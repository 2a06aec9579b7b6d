import fc from 'fast-check'
import type { TestServer } from '../support/server'
import { faultOf, isRefused } from './faults'
import { OPERATIONS } from './requests'
import { familyOf, type FuzzedRequest, type Seen } from './values'

/** Nothing that is asked here takes a tenth of it. */
const HANGS_MS = 120_000
/** Whose ids are asked for; what belongs to no user is noted, too. */
const ANAS = /user_id(?:=|":")ana|^\/keys/
const MESSAGES = ['The lighthouse stands on the cliff', 'Marta keeps the lighthouse'].map((content) => ({ content }))

export interface Fuzzed {
  readonly seed: number
  /** By status. */
  readonly answers: Readonly<Record<number, number>>
  /** Requests, each with what was wrong about the answer. */
  readonly faults: readonly string[]
}

export interface FuzzedAnswer {
  /** 0: none came. */
  readonly status: number
  readonly text: string
}

/**
 * Asks every operation in turn, validly or nearly. What is wrong: no answer, one of 500 or more, a refusal in another shape than API.md's or one that does not
 * name the field, and a refused request after which a table has more rows or fewer.
 * @param seed says what is asked; the same seed asks the same of the same store
 */
export async function fuzz(server: TestServer, runs: number, seed: number): Promise<Fuzzed> {
  const seen = await begun(server)
  const answers: Record<number, number> = {}
  const faults: string[] = []
  let before = await counted(server)
  for (let i = 0; i < runs; i++) {
    const { name, of } = OPERATIONS[i % OPERATIONS.length]!
    const [request] = fc.sample(of(latest(seen)), { seed: seed + i, numRuns: 1 })
    const { status, text } = await send(server, request!)
    answers[status] = (answers[status] ?? 0) + 1
    const wrong = faultOf(name, status, text)
    if (wrong) faults.push(`${wrong}: ${shown(request!)} (seed ${seed + i}) ${status} ${text.slice(0, 300)}`)
    if (!isRefused(status, text)) {
      if (ANAS.test(`${request!.path} ${request!.body}`)) note(seen, name, text)
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

interface Kept extends Seen {
  readonly ids: Record<string, string[]>
  readonly tokens: string[]
  readonly cursors: string[]
}

/** A store with a little of everything that is asked for by its id. */
async function begun({ api }: TestServer): Promise<Kept> {
  const memory = [...await api.remember({ user_id: 'ana', session_id: 's', project: 'p', messages: MESSAGES })]
  const { body } = await api.post<{ run_ids: string[] }>('/memory/consolidate', { user_id: 'ana', wait: true })
  const preview = await api.post<{ preview_token: string }>('/memory/forget', { user_id: 'ana', query: 'lighthouse' })
  const page = await api.get<{ next_cursor: string }>('/memory', { user_id: 'ana', limit: 1 })
  const { text } = await api.post('/memory/export', { user_id: 'ana' })
  const lines = text.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  return { ids: { memory, dreams: body.run_ids }, tokens: [preview.body.preview_token], cursors: [page.body.next_cursor], lines }
}

/** What an answer names may be asked for. */
function note(seen: Kept, operation: string, text: string): void {
  const of = (pattern: RegExp): string[] => [...new Set([...text.matchAll(pattern)].map(([, value]) => value!))].slice(0, 5)
  const add = (family: string, ids: string[]): unknown => ids.length > 0 && (seen.ids[family] ??= []).push(...ids)
  add(familyOf(operation.split(' ')[1]!), of(/\\?"id\\?":\\?"([\w-]{36})/g))
  add('forget/receipts', of(/"receipt":\{"id":"([\w-]{36})/g))
  seen.tokens.push(...of(/(?:"preview_token":"|preview_token alone: )([\w.-]+)/g))
  seen.cursors.push(...of(/"next_cursor":"([\w.-]+)/g))
}

function latest({ ids, tokens, cursors, lines }: Kept): Seen {
  return { ids: Object.fromEntries(Object.entries(ids).map(([family, own]) => [family, own.slice(-6)])), tokens: tokens.slice(-3), cursors: cursors.slice(-5), lines }
}

async function send(server: TestServer, { method, path, headers, body }: FuzzedRequest): Promise<FuzzedAnswer> {
  // A dream that nobody waits for would write while others are counted.
  const sent = path.startsWith('/memory/consolidate') ? waiting(body!) : body
  try {
    const answer = await fetch(server.url + path, { method, headers, body: sent, signal: AbortSignal.timeout(HANGS_MS) })
    const streams = path.includes('/events') && answer.ok
    return { status: answer.status, text: streams ? await firstOf(answer) : await answer.text() }
  } catch (error) {
    return { status: 0, text: String(error) }
  }
}

function waiting(body: string): string {
  return /^\{("|\}$)/.test(body) && body !== '{"a":' ? JSON.stringify({ ...JSON.parse(body) as object, wait: true }) : body
}

/** The beginning of what is told as it happens; whoever watches goes away then. */
async function firstOf(answer: Response): Promise<string> {
  const reader = answer.body!.getReader()
  const { value } = await reader.read()
  await reader.cancel()
  return Buffer.from(value ?? []).toString()
}

/** Rows of every table but those that are written beside answers. */
async function counted(server: TestServer): Promise<string> {
  const { api_key: _, recall_log: __, ...counts } = await server.store.counts()
  return JSON.stringify(counts)
}

function shown({ method, path, body }: FuzzedRequest): string {
  return `${method} ${path.slice(0, 400)} ${body?.slice(0, 600) ?? ''}`
}
