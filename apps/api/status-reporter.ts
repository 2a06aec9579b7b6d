import { Injectable } from '@nestjs/common'
import { Settings } from '#config'
import { Database, schemaFault } from '#database'
import { HEADS, StatsReader } from '#episodic-memory'
import { Embedder } from '#embeddings'
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

/** How the service is. */
@Injectable()
export class StatusReporter {
  constructor(
    private readonly database: Database,
    private readonly stats: StatsReader,
    private readonly focus: FocusBuffer,
    private readonly embedder: Embedder,
    private readonly settings: Settings,
  ) {}

  async status(): Promise<StatusDto> {
    const { memory, embedding } = this.settings
    const { counts, waiting, partitions } = await this.stats.status(memory.hotDays)
    return {
      backend: this.backend,
      counts: { ...counts },
      partitions: partitions.map(({ name, from, until, tier }) => ({ name, from, until, tier })),
      embedding: { model: this.embedder.model, dim: this.embedder.dim, precision: embedding.precision, heads: [...HEADS] },
      focus: { items: await this.focus.size(), max_items: memory.focusMaxItems, ttl_seconds: memory.focusTtlSeconds },
      queue: { backend: 'in-process', waiting },
      version: VERSION,
    }
  }

  /** Never throws: a server that can say that its store is down is alive. */
  async health(): Promise<HealthDto> {
    const about = { version: VERSION, backend: this.backend, uptime_seconds: Math.round(process.uptime()) }
    const probe = await inTime(this.stats.probe())
    if (!probe) return { status: 'degraded', ...about, vector_extension: null, vector_query_ms: null, counts: null }
    const ms = Math.round(probe.vectorQueryMs * 1000) / 1000
    return { status: 'ok', ...about, vector_extension: probe.extension, vector_query_ms: ms, counts: { traces: probe.traces } }
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
