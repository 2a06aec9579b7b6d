import { Injectable } from '@nestjs/common'
import { EmbeddingBackfill, EmbeddingStore, HEADS, type HeadVector, TraceVectors } from '#episodic-memory'
import { Sql } from '#database'
import { Clock, kindOfError, newId, ReverieError, type User } from '#kernel'
import { entities } from '#language'
import { DayStore, type Episode } from './day.store'
import type { Change, DreamRun, Phase } from './dream.types'
import { extract } from './extract'
import { HEARTBEAT_MS, RunStore } from './run.store'
import { type NewSummary, SummaryWriter } from './summary.writer'

/** How often one looks at a run that another worker has, in milliseconds. */
const LOOK_MS = 250
/** How often a day may change under the dream of it before the dream is put off. */
const RESTARTS = 5

/** What a run meets when the day is not what it read any more. */
class DayChanged extends Error {}

/** Dreams one run: replay, abstract, diary. What it makes is committed in one transaction, or not at all. */
@Injectable()
export class Dreamer {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly runs: RunStore,
    private readonly days: DayStore,
    private readonly summaries: SummaryWriter,
    private readonly vectors: TraceVectors,
    private readonly embeddings: EmbeddingStore,
    private readonly backfill: EmbeddingBackfill,
  ) {}

  /**
   * Sees a run to its end, here or, when another worker has it, there: it is taken over should that one die.
   * @param signal aborted when this process is to end; the run is then given back
   * @throws what made it fail, which the run tells as well
   */
  async dream(user: User, id: string, signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted()
      const worker = newId(this.clock.now())
      const run = await this.runs.claim(user, id, worker)
      if (run) return this.hold(user, run, worker, signal)
      const status = (await this.runs.get(user, id))?.status
      if (status !== 'running' && status !== 'queued' && status !== 'failed') return
      await new Promise((done) => setTimeout(done, LOOK_MS))
    }
  }

  private async hold(user: User, run: DreamRun, worker: string, signal: AbortSignal | undefined): Promise<void> {
    const beat = setInterval(() => void this.runs.hold(user, run.id, worker).catch(() => undefined), HEARTBEAT_MS)
    try {
      for (let restarts = 0; ; restarts++) {
        try {
          await this.perform(user, run, worker, signal)
          return
        } catch (error) {
          if (!(error instanceof DayChanged) || restarts === RESTARTS) throw error
        }
      }
    } catch (error) {
      await this.runs.release(user, run.id, worker, signal?.aborted ? undefined : reasonOf(error))
      throw error
    } finally {
      clearInterval(beat)
    }
  }

  private async perform(user: User, run: DreamRun, worker: string, signal: AbortSignal | undefined): Promise<void> {
    const phases = new Phases()
    const zone = await this.days.zoneOf(user)
    const day = await phases.time('replay', async () => {
      const now = await this.days.one(user, zone, run.day)
      const episodes = await this.days.episodes(user, zone, run.day)
      return { value: { input: now?.input, episodes }, counts: { traces: episodes.length } }
    })
    // The day has changed since the run was planned; when its new input has a run of its own, nothing is left to do in this one.
    if (day.input === undefined || !await this.runs.rekey(user, run.id, day.input)) {
      return this.finish(user, run, worker, undefined, phases, async () => [])
    }
    const summary = await phases.time('abstract', async () => {
      const made = await this.summarise(user, run, zone, day.episodes)
      return { value: made, counts: { summaries: made ? 1 : 0, sentences: made?.sources.length ?? 0 } }
    })
    signal?.throwIfAborted()
    const vectors = summary && !run.dryRun ? await phases.time('embed', async () => {
      const made = await this.embed(summary)
      return { value: made, counts: { vectors: made?.length ?? 0 } }
    }) : undefined
    signal?.throwIfAborted()
    await this.finish(user, run, worker, { zone, input: day.input }, phases, async () => {
      if (!summary) return []
      if (run.dryRun) return this.summaries.changes(summary)
      return this.summaries.write(user, summary, vectors, this.vectors.model)
    })
    if (summary && !run.dryRun && !vectors) this.backfill.wake()
  }

  private async summarise(user: User, run: DreamRun, zone: string, episodes: readonly Episode[]): Promise<NewSummary | undefined> {
    const sentences = await extract(episodes, await this.days.background(user, episodes.map((e) => e.id)))
    return sentences.length === 0 ? undefined : this.summaries.draft(user, run, zone, sentences, episodes)
  }

  private async embed({ trace }: NewSummary): Promise<HeadVector[] | undefined> {
    await this.embeddings.ensureMonths([trace.occurredAt])
    return this.vectors.ofOrLater([{ ...trace, names: entities(trace.content).map((e) => e.name), before: [] }], HEADS)
  }

  /** Writes what the run made, and its end, in one transaction: only if the worker still has the run, and the day is as it was read. */
  private async finish(user: User, run: DreamRun, worker: string, read: { zone: string; input: string } | undefined, phases: Phases, write: () => Promise<Change[]>): Promise<void> {
    const began = performance.now()
    await this.sql.transaction({ userId: user.id }, async () => {
      // First of all: the row of a user who was forgotten meanwhile is not there, and must not be made again.
      if (!await this.runs.hold(user, run.id, worker)) throw new ReverieError('conflict', 'the run was taken over or forgotten')
      await this.summaries.lock(user)
      if (read && (await this.days.one(user, read.zone, run.day))?.input !== read.input) throw new DayChanged('the day changed while it was dreamt of')
      const changes = await write()
      phases.add('diary', performance.now() - began, { changes: changes.length })
      await this.runs.complete(user, run.id, phases.all, changes)
    })
  }
}

/** The steps of a run so far. */
class Phases {
  readonly all: Phase[] = []

  add(name: string, ms: number, counts: Phase['counts']): void {
    this.all.push({ name, ms: Math.round(ms * 10) / 10, counts })
  }

  async time<T>(name: string, work: () => Promise<{ value: T; counts: Phase['counts'] }>): Promise<T> {
    const began = performance.now()
    const { value, counts } = await work()
    this.add(name, performance.now() - began, counts)
    return value
  }
}

/** Why a run failed, without what the error quotes: that may be remembered content. */
function reasonOf(error: unknown): string {
  return error instanceof ReverieError || error instanceof DayChanged ? error.message : kindOfError(error)
}
