import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { StartupError } from '#kernel'
import type { z } from 'zod'
import { AREAS } from './areas'
import { ABOUT } from './setting'
import { isLoopback, type Settings } from './settings'

export type Environment = Readonly<Record<string, string | undefined>>

/** Days after which months are cold, unless more of them are to be hot. */
const COLD_DAYS = 365

const CURE = 'Correct it in the environment or in .env; .env.example lists every setting.'

/** The environment of this process over the `.env` file of the working directory. The only place that reads process.env. */
export function environment(file = '.env'): Environment {
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
  return { ...fromFile, ...process.env }
}

/**
 * Reads every setting, once, at start.
 * @throws StartupError that names each wrong setting and its rule, and no secret's value
 */
export function loadSettings(env: Environment = environment()): Settings {
  const faults: string[] = []
  const read = <S extends z.ZodObject>(area: S): z.output<S> => readArea(area, env, faults)
  const raw = {
    http: read(AREAS.http), store: read(AREAS.store), memory: read(AREAS.memory),
    embedding: read(AREAS.embedding), llm: read(AREAS.llm), security: read(AREAS.security), mcp: read(AREAS.mcp), logging: read(AREAS.logging),
  }
  refuse(faults)
  const { backend: asked, migrate, graphBackend, ...store } = raw.store
  const backend = asked === 'auto' ? (store.databaseUrl ? 'postgres' : 'embedded') : asked
  if (backend === 'postgres' && !store.databaseUrl) faults.push('MEMORY_BACKEND is postgres, but DATABASE_URL is not set')
  if (backend === 'postgres' && !store.redisUrl) {
    faults.push('REDIS_URL is required with Postgres: working memory is one for all processes; set it, or MEMORY_BACKEND=embedded to use neither')
  }
  for (const name of asked === 'auto' && backend === 'embedded' ? redisNames(store) : []) {
    faults.push(`${name} is set, but DATABASE_URL is not: the embedded store has no use for Redis; set DATABASE_URL too, or MEMORY_BACKEND=embedded to leave Redis alone`)
  }
  if (graphBackend === 'neo4j') faults.push('GRAPH_BACKEND neo4j is not available in this build; set postgres, or leave it out')
  if (backend === 'postgres' && !raw.security.appSecret) {
    faults.push('APP_SECRET is required with Postgres: set 16 characters or more and keep them with the data')
  }
  if (!isLoopback(raw.http.host) && !raw.security.adminKey) {
    faults.push('HOST is reachable from other machines, but ADMIN_API_KEY is not set: set a key of 16 characters or more, or HOST=127.0.0.1')
  }
  const { memory, llm } = raw
  const coldDays = memory.coldDays ?? Math.max(COLD_DAYS, 2 * memory.hotDays)
  if (coldDays <= memory.hotDays) faults.push(`MEMORY_COLD_DAYS must be more than MEMORY_HOT_DAYS (${memory.hotDays}), not ${coldDays}`)
  if (!llm.model && (llm.baseUrl || llm.apiKey)) faults.push(`${llm.baseUrl ? 'LLM_BASE_URL' : 'LLM_API_KEY'} is set, but LLM_MODEL is not: name the model`)
  if (llm.model && !llm.baseUrl && !llm.apiKey) faults.push('LLM_MODEL is set, but neither LLM_BASE_URL nor LLM_API_KEY is: say where the model is')
  refuse(faults)
  const remote = raw.embedding.baseUrl !== undefined || raw.embedding.apiKey !== undefined
  const provider = raw.embedding.provider ?? (remote ? 'openai' : 'local')
  const model = raw.embedding.model ?? (provider === 'local' ? 'use-lite' : 'bge-m3')
  const migrates = migrate === 'auto' ? backend === 'embedded' : migrate === 'on'
  const ledger = ledgerFile({ ...store, backend })
  return { ...raw, memory: { ...memory, coldDays }, store: { ...store, backend, migrate: migrates, ledger }, embedding: { ...raw.embedding, provider, model } }
}

/** Where the forgotten is written down outside of the store; undefined for nowhere. */
function ledgerFile({ ledger, backend, dataDir }: { ledger?: string; backend: 'postgres' | 'embedded'; dataDir: string }): string | undefined {
  if (ledger === 'off') return undefined
  return ledger ?? (backend === 'embedded' ? `${resolve(dataDir)}.tombstones` : undefined)
}

function redisNames({ redisUrl, jobsRedisUrl }: { redisUrl?: string; jobsRedisUrl?: string }): string[] {
  return [...(redisUrl ? ['REDIS_URL'] : []), ...(jobsRedisUrl ? ['JOBS_REDIS_URL'] : [])]
}

/** An empty variable counts as none: that is what `NAME=` in a file means. */
function readArea<S extends z.ZodObject>(area: S, env: Environment, faults: string[]): z.output<S> {
  const fields = Object.entries(area.shape)
  const given = Object.fromEntries(fields.map(([key, schema]) => [key, env[ABOUT.get(schema)!.env]?.trim() || undefined]))
  const read = area.safeParse(given)
  if (read.success) return read.data
  for (const issue of read.error.issues) {
    const key = String(issue.path[0])
    const { env: name, secret } = ABOUT.get(area.shape[key] as z.ZodType)!
    faults.push(`${name} ${issue.message}${secret ? '' : `, not ${JSON.stringify(given[key])}`}`)
  }
  return {} as z.output<S> // never used: the faults are thrown before anyone looks
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new StartupError([...new Set(faults)].join('\n'), CURE)
}
