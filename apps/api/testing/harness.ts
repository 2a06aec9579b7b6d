import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { type DynamicModule, Global, Module } from '@nestjs/common'
import { ConfigModule, loadSettings, type Environment } from '#config'
import { Database, type DiskState, type SchemaState } from '#database'
import { Embedder } from '#embeddings'
import { SessionReader, StatsReader, Tombstones, type Trace, TraceReader, UserStore } from '#episodic-memory'
import { type DreamDiary, DreamService } from '#dream'
import { type ForgetAnswer, ForgetService, Lifter, Purge, Receipts } from '#forget'
import { EdgeReader } from '#graph-memory'
import { JobQueue } from '#jobs'
import { Clock, FixedClock, newId, userUuid, type User } from '#kernel'
import { ApiKeys, RateLimits } from '#access'
import { AiSettings } from '#llm'
import { Maintenance, type MaintenanceReport } from '#maintenance'
import { type Graph, GraphReader, type RecallAnswer, RecallLog, RecallService, type RecallStatistics } from '#recall'
import { Collections, Connections, CorrectService, type RememberAnswer, RememberService } from '#remember'
import { ExportService, ImportService } from '#transfer'
import { FocusBuffer, type FocusItem } from '#working-memory'
import { ApiModule } from '../api.module'
import { createApp } from '../app'
import { createLogger } from '../http/logging'

export const NOW = new Date('2025-05-15T12:00:00Z')
export const ID = newId(NOW)
export const OTHER_ID = newId(NOW)

export function trace(more: Partial<Trace> = {}): Trace {
  return {
    id: ID, userId: userUuid('ana'), kind: 'episode', role: 'user', speaker: null, content: 'I moved to Lisbon', retention: 'personal',
    sessionId: 's1', project: null,
    agentId: null, salience: 0.6, confidence: 1, category: null, tags: ['home'], source: null, metadata: { a: 1 }, occurredAt: NOW, createdAt: NOW,
    triple: null, validFrom: NOW, validUntil: null,
    supersededBy: null, expiresAt: null, prunedAt: null, accessCount: 2, lastAccessedAt: null, ...more,
  }
}

export function focusItem(more: Partial<FocusItem> = {}): FocusItem {
  return { id: OTHER_ID, content: 'ok', role: 'user', speaker: null, sessionId: 's1', weight: 0.5, at: NOW, durable: false, ...more }
}

const COUNTS = { traces: 1, embeddings: 3, terms: 4, edges: 1, focus: 1, derived: 0, rewritten: 0 }
export const RECEIPT = { id: OTHER_ID, at: NOW, digest: 'abc', previous: null, counts: COUNTS, purged: false }
const RUN: DreamDiary = {
  id: ID, day: '2025-05-14', input: 'x', dryRun: false, status: 'completed', phases: [], changes: [], forgotten: 0, error: null,
  createdAt: NOW, startedAt: NOW, finishedAt: NOW,
}
const APPLIED = { dryRun: false as const, forgotten: COUNTS, ids: [ID], tombstones: [OTHER_ID], receipt: RECEIPT }

class FakeFocus extends FocusBuffer {
  readonly backend = 'in-process'
  readonly add = jest.fn(async () => undefined)
  readonly list = jest.fn(async () => [focusItem()])
  readonly remove = jest.fn(async () => 0)
  readonly size = jest.fn(async () => 1)
  readonly users = jest.fn(async function* () { yield ID })
  readonly rewrite = jest.fn(async () => [])
}

/** Flows and stores that remember how they were called and answer the same each time; a test replaces what it is about. */
export function fakes() {
  const session = {
    sessionId: 's1', project: null, startedAt: NOW, endedAt: NOW, messageCount: 1, topics: [], importance: null, summary: null, durationSeconds: 0,
  }
  return {
    remember: {
      remember: jest.fn(async (input): Promise<RememberAnswer> => ({
        results: input.messages.map(() => ({ id: ID, status: 'stored' as const, salience: 0.6 })), degraded: [],
      })),
    },
    correct: { correct: jest.fn(async (): Promise<Trace> => trace({ content: 'new' })) },
    recall: {
      recall: jest.fn(async (): Promise<RecallAnswer> => ({
        results: [{ ...trace(), score: 0.8, tier: 'hot' as const }], tookMs: 1.23456, timings: { embed: 0.5 }, degraded: [], heldBack: [],
      })),
    },
    forget: {
      forget: jest.fn(async (): Promise<ForgetAnswer> => APPLIED),
      forgetUser: jest.fn(async () => APPLIED),
    },
    purge: { run: jest.fn(async () => ({ purged: 1, steps: [{ name: 'pages' as const, ms: 5, did: ['wrote 3 tables anew'], error: null }] })) },
    receipts: {
      find: jest.fn(async (_user, id) => (id === OTHER_ID ? RECEIPT : undefined)),
      list: jest.fn(async () => ({ receipts: [RECEIPT], nextCursor: OTHER_ID })),
    },
    traces: {
      get: jest.fn(async (_user, id) => (id === ID ? trace() : undefined)),
      list: jest.fn(async () => ({ traces: [trace()], nextCursor: ID })),
      history: jest.fn(async (_user, id) => (id === ID ? [trace({ validUntil: NOW, supersededBy: OTHER_ID }), trace({ id: OTHER_ID })] : [])),
    },
    sessions: {
      list: jest.fn(async () => ({ sessions: [session], nextCursor: 's1' })),
      get: jest.fn(async (_user, name) => (name === 's1' ? session : undefined)),
      project: jest.fn(async (_user,
      name) => (name === 'p1' ? { project: 'p1', memoryCount: 2, sessionIds: ['s1'], firstAt: NOW, lastAt: NOW } : undefined)),
    },
    users: {
      busiest: jest.fn(async (): Promise<User | undefined> => undefined),
      get: jest.fn(async (user) => (user.externalId === 'nobody' ? undefined : { externalId: user.externalId, timeZone: 'America/Lima',
      createdAt: NOW })),
      setTimeZone: jest.fn(async () => undefined),
      list: jest.fn(async () => ({ users: [{ externalId: 'ana', timeZone: null, createdAt: NOW }], nextCursor: null })),
    },
    stats: {
      ofUser: jest.fn(async () => ({ total: 1, byKind: { episode: 1 }, dreamt: {}, byRetention: { personal: 1 }, byCategory: {}, averageSalience: 0.6,
      accesses: 2, latestAt: NOW })),
      status: jest.fn(async () => ({
        counts: { traces: 1, embeddings: 3, edges: 1, users: 1, sessions: 1 },
        waiting: 2,
        partitions: [{ name: 'm', from: '2025-05-01', until: '2025-06-01', tier: 'hot' as const }],
      })),
      probe: jest.fn(async () => ({ extension: '0.8.0', vectorQueryMs: 1.5, traces: 1 })),
    },
    collections: {},
    connections: {
      connect: jest.fn(async (_user, edge) => ({ ...edge, ts: NOW })),
      disconnect: jest.fn(async () => 1),
    },
    database: { schema: jest.fn(async (): Promise<SchemaState> => ({ pending: [], latest: 1, servesSince: 1 })), disk: jest.fn((): DiskState | undefined => undefined) },
    edges: { of: jest.fn(async () => [{ src: ID, dst: OTHER_ID, type: 'next', weight: 1, ts: NOW }]) },
    focus: new FakeFocus(),
    embedder: { model: 'use-lite', dim: 768 },
    dreams: {
      consolidate: jest.fn(async () => [ID]),
      consolidateNow: jest.fn(async () => [RUN]),
      list: jest.fn(async () => ({ runs: [RUN], nextCursor: ID })),
      undo: jest.fn(async () => ({ ...RUN, status: 'undone' as const })),
      progress: jest.fn(async () => RUN),
      get: jest.fn(async (_user, id) => (id === ID ? RUN : undefined)),
    },
    ai: {},
    tombstones: {},
    lifter: {},
    keys: { find: jest.fn(async () => undefined), eraseOf: jest.fn(async () => undefined) },
    recallLog: {
      note: jest.fn(),
      statistics: jest.fn(async (): Promise<RecallStatistics> => ({
        recalls: 1, since: NOW, empty: 0, averageResults: 1, p50: 1.23456, p95: 2, tiers: { hot: 1 }, latest: [{ at: NOW, query: null, results: 1, ms: 1.23456, tiers: { hot: 1 } }],
      })),
    },
    graph: {
      around: jest.fn(async (_user, id): Promise<Graph | undefined> => (id === ID ? { nodes: [{ trace: trace(), depth: 0 }], edges: [] } : undefined)),
      densest: jest.fn(async (): Promise<Graph> => ({ nodes: [{ trace: trace(), depth: 0 }], edges: [] })),
    },
    exporter: {},
    importer: {},
    maintenance: { last: jest.fn(async (): Promise<MaintenanceReport | undefined> => ({ at: NOW, steps: [{ name: 'vacuum', ms: 5, did: [], error: null }] })) },
    jobs: { status: jest.fn(async () => ({ backend: 'embedded', counts: { waiting: 0, active: 0, delayed: 0, failed: 0 }, warnings: [] })) },
  }
}

export type Fakes = ReturnType<typeof fakes>

export function fakeLibs(fake: Fakes): DynamicModule {
  @Global()
  @Module({})
  class FakeLibs {}
  const providers = [
    [RememberService, fake.remember], [CorrectService, fake.correct], [Connections, fake.connections], [RecallService, fake.recall], [ForgetService, fake.forget],
    [Receipts, fake.receipts], [Purge, fake.purge], [Tombstones, fake.tombstones], [Lifter, fake.lifter], [Collections, fake.collections], [TraceReader, fake.traces],
    [SessionReader, fake.sessions], [UserStore, fake.users], [StatsReader, fake.stats], [EdgeReader, fake.edges], [FocusBuffer, fake.focus],
    [Embedder, fake.embedder], [Database, fake.database], [DreamService, fake.dreams], [JobQueue, fake.jobs], [AiSettings, fake.ai], [ApiKeys, fake.keys],
    [RateLimits, new RateLimits({ requests: 0, wrongKeys: 0 })], [Maintenance, fake.maintenance],
    [RecallLog, fake.recallLog], [GraphReader, fake.graph], [ExportService, fake.exporter], [ImportService, fake.importer], [Clock, new FixedClock(NOW)],
  ].map(([provide, useValue]) => ({ provide: provide as never, useValue }))
  return { module: FakeLibs, providers, exports: providers.map((p) => p.provide) }
}

export interface Body {
  error: { code: string; message: string; details?: { field?: string }; request_id: string }
  [field: string]: unknown
}

export interface Answer {
  status: number
  headers: Record<string, string>
  text: string
  /** Parsed JSON; null when it is none. */
  body: Body
}

export interface Call {
  body?: unknown
  /** Sent as it is. */
  raw?: string | Buffer
  headers?: Record<string, string>
}

/** A real server over fakes, on a free port. */
export async function start(env: Environment = {}, fake: Fakes = fakes(), playground?: string) {
  const settings = loadSettings(env)
  const log: string[] = []
  const sink = new PassThrough()
  sink.on('data', (chunk: Buffer) => log.push(chunk.toString()))
  const logger = createLogger(settings, sink)
  const app = await createApp(ApiModule.forRoot(logger, [ConfigModule.forRoot(settings), fakeLibs(fake)]), settings, logger, playground)
  await app.nest.listen(0, '127.0.0.1')
  const { port } = app.nest.getHttpServer().address() as AddressInfo

  const call = (method: string, path: string, { body, raw, headers = {} }: Call = {}): Promise<Answer> => new Promise((resolve, reject) => {
    const bytes = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const request = httpRequest({
      host: '127.0.0.1', port, method, path, agent: false,
      headers: { ...(bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(bytes) }), ...headers },
    }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const json = response.headers['content-type']?.includes('json') && text !== ''
        const body = (json ? JSON.parse(text) : null) as Body
        resolve({ status: response.statusCode!, headers: response.headers as Record<string, string>, text, body })
      })
    })
    request.on('error', reject)
    request.end(bytes)
  })
  return { app, port, fake, log: () => log.join(''), call, stop: () => app.stop() }
}

export type Server = Awaited<ReturnType<typeof start>>

/** A server with pages, for all the tests of a `describe`; its fakes forget their calls before each of them. */
export function served(env: Environment) {
  const fake = fakes()
  const pages = mkdtempSync(join(tmpdir(), 'reverie-playground-'))
  let server: Server
  beforeAll(async () => {
    writeFileSync(join(pages, 'index.html'), '<!doctype html><script>1</script>')
    writeFileSync(join(pages, 'playground.js'), 'export {}')
    server = await start(env, fake, pages)
  })
  afterAll(async () => {
    await server.stop()
    rmSync(pages, { recursive: true })
  })
  beforeEach(() => jest.clearAllMocks())
  const call = (method: string, path: string, more?: Call): Promise<Answer> => server.call(method, path, more)
  return {
    fake, call,
    get: (path: string) => call('GET', path),
    post: (path: string, body?: unknown, headers?: Record<string, string>) => call('POST', path, { body, headers }),
    log: () => server.log(),
    port: () => server.port,
  }
}
