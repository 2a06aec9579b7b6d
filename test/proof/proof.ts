import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createOnServer } from '../../libs/database/testing'
import { OpenAiServer } from '../../libs/embeddings/testing'
import { freePort } from '../servers/free-port'
import { PrivatePostgres, PrivateRedis, type PrivateServer } from '../servers/private-server'
import { Api } from '../support/api'
import type { ListBody } from '../support/wire'
import { type Counts, Load } from './load'
import { DIST } from '../support/built'
import { Running } from './running'
import { check, type Findings } from './verdict'

const DREAMER = 'dreamer'
const LOOK_MS = 200

export interface ProofOptions {
  /** Addresses of running servers, which are used but not stopped: they are not ours. Without one a server of the proof's own is started. */
  readonly postgres?: string
  readonly redis?: string
  /** Users who ask at the same time. */
  readonly lanes: number
  /** Requests tried before each fault, and during each. */
  readonly requests: number
  /** Instead of each once, so many faults, chosen and timed by chance. */
  readonly chaos?: { readonly faults: number; readonly seed: number }
  /** Days that are dreamt meanwhile. */
  readonly days: number
  readonly say: (line: string) => void
}

export interface Fault extends Counts {
  readonly what: string
  /** From the blow until every api is ready again. */
  readonly ms: number
}

export interface Proof extends Findings {
  readonly faults: readonly Fault[]
  readonly all: Counts
  readonly seconds: number
}

/** Somewhere that can be broken and mended. */
interface Breakable {
  readonly what: string
  readonly break: () => Promise<unknown>
  readonly mend: () => Promise<unknown>
}

/** Two apis and two dream-workers on Postgres and Redis, under load; each process is killed once, each server stopped once. */
export async function prove({ postgres: givenPostgres, redis: givenRedis, lanes, requests, days, chaos, say }: ProofOptions): Promise<Proof> {
  const began = performance.now()
  const home = mkdtempSync(join(tmpdir(), 'reverie-proof-'))
  const atEnd: (() => unknown)[] = [() => rmSync(home, { recursive: true, force: true })]
  const later = (end: () => unknown): number => atEnd.push(end)
  try {
    // Durable, unlike those of the tests: what was acknowledged survives a crash of the server.
    const postgres = givenPostgres ? undefined : await own(PrivatePostgres.create(['fsync=on', 'synchronous_commit=on', 'full_page_writes=on']), later)
    const redis = givenRedis ? undefined : await own(PrivateRedis.create(['--appendonly', 'yes', '--maxmemory-policy', 'noeviction']), later)
    const database = await createOnServer(givenPostgres ?? postgres!.url)
    if (givenPostgres) later(() => database.drop())
    const embedder = await OpenAiServer.start()
    later(() => embedder.close())
    const env = {
      DATABASE_URL: database.url, REDIS_URL: givenRedis ?? redis!.url, REDIS_PREFIX: `reverie-proof-${process.pid}`, APP_SECRET: 'a secret of the proof', LOG_LEVEL: 'error',
      EMBEDDING_PROVIDER: 'openai', EMBEDDING_MODEL: 'hash', EMBEDDING_BASE_URL: embedder.url,
    }
    execFileSync(process.execPath, [join(DIST, 'cli/main.js'), 'migrate'], { cwd: home, env: { PATH: process.env.PATH, ...env }, stdio: 'pipe' })
    const ports = [await freePort(), await freePort()]
    const processes = [
      ...ports.map((port, i) => new Running(`api ${i + 1}`, 'api/main.js', { ...env, PORT: String(port) }, home)),
      ...[1, 2].map((i) => new Running(`dream-worker ${i}`, 'dream-worker/main.js', env, home)),
    ]
    later(() => Promise.all(processes.map((each) => each.stop('SIGKILL'))))
    await Promise.all(processes.map((each) => each.start()))
    const apis = ports.map((port) => new Api(`http://127.0.0.1:${port}`))
    say("two apis and two dream-workers run on Postgres and Redis; vectors are hashed words from a server of the proof's own")

    const breakables: Breakable[] = [
      ...processes.map((each) => ({ what: `${each.name} killed (-9)`, break: () => each.stop('SIGKILL'), mend: () => each.start() })),
      ...(redis ? [{ what: 'Redis killed (-9)', break: () => redis.stop('SIGKILL'), mend: () => redis.start() }] : []),
      ...(postgres ? [{ what: 'Postgres crashed', break: () => postgres.stop('SIGQUIT'), mend: () => postgres.start() }] : []),
    ]
    const due = chaos ? chosen(breakables, requests, chaos) : breakables.map((each) => ({ each, before: requests, during: requests }))
    const load = new Load(apis, lanes)
    const calendar = Array.from({ length: days }, (_, i) => new Date(Date.UTC(2025, 0, 1 + i)).toISOString().slice(0, 10))
    for (const day of calendar) await load.insist((api) => api.post('/memory', { user_id: DREAMER, messages: talkOf(day) }), 201)
    load.start()
    const faults: Fault[] = []
    for (const [i, { each, before, during }] of due.entries()) {
      await load.attempts(before)
      const mine = calendar.filter((_, n) => n % due.length === i)
      const ordered = Promise.all(mine.map((day) => load.insist((api) => api.post('/memory/consolidate', { user_id: DREAMER, day }), 202)))
      faults.push(await suffer(each, load, apis, during))
      await ordered
      say(lineOf(faults.at(-1)!))
    }
    await load.attempts(requests)
    await load.stop()
    const runs = await dreamt(load, calendar)
    const findings = await check(apis, load, { user: DREAMER, days: calendar, runs })
    return { ...findings, faults, all: load.counts, seconds: (performance.now() - began) / 1000 }
  } finally {
    for (const end of atEnd.reverse()) await end()
  }
}

/** What is broken in turn, after how many requests and for how many, by chance: the same for the same seed. */
function chosen(breakables: readonly Breakable[], requests: number, { faults, seed }: { faults: number; seed: number }): { each: Breakable; before: number; during: number }[] {
  const chance = (i: number, what: string, below: number): number => createHash('sha256').update(`${seed} ${i} ${what}`).digest().readUInt32BE() % below
  return Array.from({ length: faults }, (_, i) => ({
    each: breakables[chance(i, 'what', breakables.length)]!, before: 1 + chance(i, 'before', requests), during: 1 + chance(i, 'during', requests),
  }))
}

async function own<T extends PrivateServer>(created: Promise<T>, later: (end: () => unknown) => unknown): Promise<T> {
  const server = await created
  later(() => server.close())
  return server.start()
}

/** Breaks something, lets the load meet it, mends it, and waits until every api is ready. */
async function suffer(each: Breakable, load: Load, apis: readonly Api[], requests: number): Promise<Fault> {
  const before = { ...load.counts }
  const from = performance.now()
  await each.break()
  await load.attempts(requests)
  await each.mend()
  for (const api of apis) while ((await api.get('/health/ready').catch(() => undefined))?.status !== 200) await wait(LOOK_MS)
  const ms = performance.now() - from
  const since = Object.entries(load.counts).map(([key, n]) => [key, n - before[key as keyof Counts]])
  return { what: each.what, ms, ...(Object.fromEntries(since) as unknown as Counts) }
}

/** The days' runs when none is under way any more. */
async function dreamt(load: Load, days: readonly string[]): Promise<{ day: string; status: string }[]> {
  // Once more: what was dreamt of already is not dreamt again.
  for (const day of days) await load.insist((api) => api.post('/memory/consolidate', { user_id: DREAMER, day }), 202)
  for (;;) {
    const { body } = await load.insist((api) => api.get<ListBody<{ day: string; status: string }>>('/memory/dreams', { user_id: DREAMER, limit: 200 }), 200)
    if (!body.results.some(({ status }) => status === 'queued' || status === 'running')) return body.results
    await wait(LOOK_MS)
  }
}

function talkOf(day: string): { content: string; occurred_at: string }[] {
  return ['The harbour was closed because of the storm.', 'We waited for the ferry until noon.', 'Nobody was seasick, not even Ben.']
    .map((content, i) => ({ content: `${content} (${day})`, occurred_at: `${day}T1${i}:00:00Z` }))
}

/** A fault in one line. */
export function lineOf({ what, ms, remembered, recalled, forgotten, refused, unanswered, degraded }: Fault): string {
  return `${what.padEnd(26)}${(ms / 1000).toFixed(1).padStart(6)} s: ${remembered} remembered, ${recalled} recalled, ${forgotten} forgotten `
    + `(${degraded} degraded); ${refused} refused with 503, ${unanswered} unanswered`
}
