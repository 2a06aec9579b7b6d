import { Injectable } from '@nestjs/common'
import { RateLimits } from '#access'
import { Settings } from '#config'
import { Database, schemaFault } from '#database'
import { HEADS, StatsReader } from '#episodic-memory'
import { Embedder } from '#embeddings'
import { JobQueue } from '#jobs'
import { userOf } from '#kernel'
import { Maintenance } from '#maintenance'
import { FocusBuffer } from '#working-memory'
import { VERSION } from './version'
import type { HealthDto, StatusDto } from './wire/answers'

/** A store that takes longer to answer a probe does not answer. */
const PROBE_MS = 5_000

const NO_ANSWER = 'The store does not answer'

/** What the store says; undefined when it fails or takes too long. */
async function inTime<T>(answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PROBE_MS).unref()
  })
  try {
    return await Promise.race([answer, late])
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

/** Nothing is in this mind; asking shows whether anything could be. */
const NOBODY = userOf('health')

/** How the service is. */
@Injectable()
export class StatusReporter {
  constructor(
    private readonly database: Database,
    private readonly stats: StatsReader,
    private readonly focus: FocusBuffer,
    private readonly embedder: Embedder,
    private readonly jobs: JobQueue,
    private readonly maintenance: Maintenance,
    private readonly settings: Settings,
    private readonly rateLimits: RateLimits,
  ) {}

  async status(): Promise<StatusDto> {
    const { memory, embedding } = this.settings
    const [{ counts, waiting, partitions }, queue, maintained] = await Promise.all([this.stats.status(memory), this.jobs.status(), this.maintenance.last()])
    return {
      backend: this.backend,
      counts: { ...counts },
      partitions: partitions.map(({ name, from, until, tier }) => ({ name, from, until, tier })),
      embedding: { model: this.embedder.model, dim: this.embedder.dim, precision: embedding.precision, heads: [...HEADS] },
      focus: { backend: this.focus.backend, items: await this.itemsInMind(), max_items: memory.focusMaxItems, ttl_seconds: memory.focusTtlSeconds },
      queue: { backend: queue.backend, waiting, jobs: queue.counts ? { ...queue.counts } : null, warnings: [...queue.warnings] },
      limits: this.limits,
      maintenance: maintained ? { at: maintained.at.toISOString(), steps: maintained.steps.map((step) => ({ ...step, did: [...step.did] })) } : null,
      version: VERSION,
    }
  }

  private get limits(): StatusDto['limits'] {
    const { limits, backend, reachable } = this.rateLimits
    return { requests_per_minute: limits.requests || null, backend, reachable }
  }

  /** Null when working memory cannot be reached. */
  private async itemsInMind(): Promise<number | null> {
    const { result, failed } = await this.focus.tolerating(() => this.focus.size())
    return failed ? null : result
  }

  /** Never throws: a server that can say that its store is down is alive. */
  async health(): Promise<HealthDto> {
    const about = { version: VERSION, backend: this.backend, uptime_seconds: Math.round(process.uptime()) }
    const [probe, inMind] = await Promise.all([inTime(this.stats.probe()), this.focus.tolerating(() => this.focus.list(NOBODY))])
    const focus = { backend: this.focus.backend, reachable: !inMind.failed }
    if (!probe) return { status: 'degraded', ...about, focus, vector_extension: null, vector_query_ms: null, counts: null }
    const ms = Math.round(probe.vectorQueryMs * 1000) / 1000
    const status = inMind.failed || !this.rateLimits.reachable ? 'degraded' : 'ok'
    return { status, ...about, focus, vector_extension: probe.extension, vector_query_ms: ms, counts: { traces: probe.traces } }
  }

  /** Why requests cannot be served now; undefined when they can. */
  async fault(): Promise<string | undefined> {
    const schema = await inTime(this.database.schema())
    if (!schema) return NO_ANSWER
    const fault = schemaFault(schema)
    if (fault) return `${fault.message}. ${fault.cure}`
    return await inTime(this.stats.probe()) ? undefined : NO_ANSWER
  }

  private get backend(): 'postgresql' | 'embedded' {
    return this.settings.store.backend === 'postgres' ? 'postgresql' : 'embedded'
  }
}
