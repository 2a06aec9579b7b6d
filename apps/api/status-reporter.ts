import { Injectable } from '@nestjs/common'
import { RateLimits } from '#access'
import { Settings } from '#config'
import { Database, schemaFault } from '#database'
import { HEADS, StatsReader } from '#episodic-memory'
import { Embedder } from '#embeddings'
import { JobQueue } from '#jobs'
import { ReverieError, userOf } from '#kernel'
import { Maintenance } from '#maintenance'
import { FocusBuffer } from '#working-memory'
import { VERSION } from './version'
import type { HealthDto, StatusDto } from './wire/answers'

/** A store that takes longer to answer a probe does not answer. */
const PROBE_MS = 5_000

const NO_ANSWER = 'The store does not answer'

/** What the store says, or, when it fails or takes too long, what callers may know of that. */
async function inTime<T>(answer: Promise<T>): Promise<{ says: T } | { says?: undefined; fault: string }> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<{ fault: string }>((resolve) => {
    timer = setTimeout(() => resolve({ fault: NO_ANSWER }), PROBE_MS).unref()
  })
  try {
    return await Promise.race([answer.then((says) => ({ says })), late])
  } catch (error) {
    return { fault: error instanceof ReverieError ? `${NO_ANSWER}: ${error.message}` : NO_ANSWER }
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
    const disk = this.disk
    const [{ says: probe }, inMind] = await Promise.all([inTime(this.stats.probe()), this.focus.tolerating(() => this.focus.list(NOBODY))])
    const focus = { backend: this.focus.backend, reachable: !inMind.failed }
    if (!probe) return { status: 'degraded', ...about, focus, disk, vector_extension: null, vector_query_ms: null, counts: null }
    const ms = Math.round(probe.vectorQueryMs * 1000) / 1000
    const status = inMind.failed || !this.rateLimits.reachable || (disk && disk.free_bytes < disk.reserve_bytes) ? 'degraded' : 'ok'
    return { status, ...about, focus, disk, vector_extension: probe.extension, vector_query_ms: ms, counts: { traces: probe.traces } }
  }

  /** Why requests cannot be served now; undefined when they can. */
  async fault(): Promise<string | undefined> {
    const schema = await inTime(this.database.schema())
    if (!schema.says) return schema.fault
    const fault = schemaFault(schema.says)
    if (fault) return `${fault.message}. ${fault.cure}`
    const probe = await inTime(this.stats.probe())
    return probe.says ? undefined : probe.fault
  }

  private get disk(): HealthDto['disk'] {
    const disk = this.database.disk()
    return disk ? { free_bytes: disk.freeBytes, reserve_bytes: disk.reserveBytes } : null
  }

  private get backend(): 'postgresql' | 'embedded' {
    return this.settings.store.backend === 'postgres' ? 'postgresql' : 'embedded'
  }
}
