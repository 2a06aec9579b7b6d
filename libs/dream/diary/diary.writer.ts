import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { EmbeddingBackfill, EmbeddingStore, HEADS, type HeadVector, TraceVectors, UserStore } from '#episodic-memory'
import { entities } from '#language'
import type { Change } from '../change'
import { DayStore } from '../day.store'
import type { DreamRun, Phase } from '../dream.types'
import { PlanStore, type PlannedRow } from '../plan.store'
import { LostRun, RunStore } from '../run.store'
import type { User } from '#kernel'
import { Applier } from './applier'
import { DiaryStore } from './diary.store'
import { foreseen, isFindable } from './foreseen'

/**
 * What one transaction applies, so that the user's own writes, and on the embedded store everybody, never wait long: so many changes, of
 * which one that makes a trace (with its words and vectors) counts for many.
 */
const WORK = 1_000
const WORK_OF_A_TRACE = 10

/** What a run meets when the day is not what it read any more. */
export class DayChanged extends Error {}

export interface Planning {
  readonly zone: string
  readonly phases: readonly Phase[]
  /** The input that was read; undefined when a part is applied already: then what is planned is applied whatever has come to the day since. */
  readonly input?: string
  /** Vectors of all that is planned, as far as they are made ahead. */
  readonly vectors?: readonly Promise<HeadVector[] | undefined>[]
}

/** Applies what a run has planned and writes it into the diary: at once if it is little, else in bounded parts. The last part ends the run. */
@Injectable()
export class DiaryWriter {
  constructor(
    private readonly sql: Sql,
    private readonly users: UserStore,
    private readonly days: DayStore,
    private readonly runs: RunStore,
    private readonly plans: PlanStore,
    private readonly diary: DiaryStore,
    private readonly applier: Applier,
    private readonly vectors: TraceVectors,
    private readonly embeddings: EmbeddingStore,
    private readonly backfill: EmbeddingBackfill,
  ) {}

  /** @throws DayChanged, LostRun */
  async write(work: { user: User; run: DreamRun; worker: string; signal?: AbortSignal }, { zone, phases, input, vectors: ahead }: Planning): Promise<void> {
    const { user, run, worker, signal } = work
    const began = performance.now()
    let expected = input
    for (;;) {
      signal?.throwIfAborted()
      const rows = await this.plans.first(user, run.id, WORK + 1)
      const part = bounded(rows)
      const changes = part.map((row) => row.change)
      const vectors = run.dryRun ? [] : await (ahead ? all(ahead) : this.embed(changes))
      await this.sql.transaction({ userId: user.id }, async () => {
        // The user first, as forgetting does; the row of one who was forgotten is not made again.
        if (!await this.users.lockKnown(user)) throw new LostRun('the user was forgotten')
        await this.runs.hold(user, run.id, worker)
        if (expected !== undefined && (await this.days.one(user, zone, run.day))?.input !== expected) throw new DayChanged('the day changed while it was dreamt of')
        const now = run.startedAt!
        const entries = run.dryRun
          ? foreseen(user, now, changes)
          : await this.applier.apply({ user, day: run.day, zone, now, vectors, model: this.vectors.model }, changes)
        await this.diary.add(user, run.id, entries)
        if (part.length > 0) await this.plans.done(user, run.id, part.at(-1)!.seq)
        if (part.length === rows.length) await this.end(user, run, phases, performance.now() - began)
      })
      expected = undefined
      if (!vectors) this.backfill.wake()
      if (part.length === rows.length) return
    }
  }

  private async end(user: User, run: DreamRun, phases: readonly Phase[], ms: number): Promise<void> {
    const changes = await this.diary.count(user, run.id)
    await this.runs.complete(user, run.id, [...phases, { name: 'diary', ms: Math.round(ms * 10) / 10, counts: { changes } }])
  }

  /** Vectors of the traces to be made; undefined when the embedder does not answer. */
  async embed(changes: readonly Change[]): Promise<HeadVector[] | undefined> {
    const made = changes.flatMap((c) => (c.op === 'create' && 'trace' in c && isFindable(c.trace) ? [c.trace] : []))
    if (made.length === 0) return []
    await this.embeddings.ensureMonths(made.map((t) => t.occurredAt))
    return this.vectors.ofOrLater(made.map((t) => ({
      id: t.id, speaker: t.speaker ?? null, role: t.role ?? t.kind, content: t.content, occurredAt: t.occurredAt, before: [],
      names: entities(t.content, t.speaker ?? undefined).map((e) => e.name),
    })), HEADS)
  }
}

/** Undefined when some are missing: then those of all follow. */
async function all(parts: readonly Promise<HeadVector[] | undefined>[]): Promise<HeadVector[] | undefined> {
  const made = await Promise.all(parts)
  return made.every((vectors) => vectors !== undefined) ? made.flat() : undefined
}

/** The first rows that are not too much work for one transaction; at least one. */
function bounded(rows: readonly PlannedRow[]): readonly PlannedRow[] {
  let work = 0
  const end = rows.findIndex(({ change }) => {
    work += change.op === 'create' && 'trace' in change ? WORK_OF_A_TRACE : 1
    return work > WORK
  })
  return end === -1 ? rows : rows.slice(0, Math.max(1, end))
}
