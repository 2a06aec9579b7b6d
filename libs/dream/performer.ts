import { Inject, Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { type HeadVector, Tombstones, UserStore } from '#episodic-memory'
import { timedId, type User } from '#kernel'
import { type Change, Planned } from './change'
import { DayStore } from './day.store'
import { DiaryStore } from './diary/diary.store'
import { DiaryWriter } from './diary/diary.writer'
import { sourceOf } from './diary/foreseen'
import { Reverter } from './diary/reverter'
import type { DreamRun, Phase } from './dream.types'
import { withoutChangesOf } from './left-out'
import { type Dream, type DreamPhase, PHASES, PLANNING } from './phase'
import { PlanStore } from './plan.store'
import { Segmenter } from './replay/segmenter'
import { LostRun, RunStore } from './run.store'
import { Vocabulary } from './vocabulary'

/** Changes that one statement keeps aside. */
const BATCH = 500

/** Told after each phase how many of how many are done. */
export type Progress = (done: { readonly phase: string; readonly done: number; readonly of: number }) => Promise<void>

/** A run, and who works at it. */
export interface Performance {
  readonly user: User
  readonly run: DreamRun
  readonly worker: string
  readonly signal?: AbortSignal
  readonly progress?: Progress
}

/**
 * Does a run: phase after phase plans, each kept aside when it is done, so that another worker can go on; then all is applied and written
 * into the diary.
 */
@Injectable()
export class Performer {
  constructor(
    private readonly sql: Sql,
    private readonly users: UserStore,
    private readonly runs: RunStore,
    private readonly days: DayStore,
    private readonly segmenter: Segmenter,
    private readonly vocabulary: Vocabulary,
    private readonly plans: PlanStore,
    private readonly diary: DiaryStore,
    private readonly writer: DiaryWriter,
    private readonly reverter: Reverter,
    private readonly tombstones: Tombstones,
    @Inject(PLANNING) private readonly phases: readonly DreamPhase[],
  ) {}

  /** @throws LostRun, DayChanged (begin again), what a phase throws */
  async perform(work: Performance): Promise<void> {
    const { user, run } = work
    const zone = await this.days.zoneOf(user)
    const begun = !run.dryRun && await this.diary.any(user, run.id)
    if (begun && run.phases.length > 0) return this.writer.write(work, { zone, phases: run.phases })
    // Something was forgotten while it was applied.
    if (begun) await this.takeBack(work)
    const day = await this.days.one(user, zone, run.day)
    // Nothing is left of the day, or its new input has a run of its own.
    if (!day || (day.input !== run.input && !await this.runs.rekey(user, run.id, day.input))) {
      await this.plans.keepOnly(user, run.id, [])
      return this.writer.write(work, { zone, phases: [] })
    }
    // What another release planned in another order is planned anew.
    const done = day.input === run.input && run.phases.every((phase, i) => phase.name === this.phases[i]?.name) ? run.phases : []
    await this.plans.keepOnly(user, run.id, done.map((phase) => phase.name))
    const { phases, vectors } = await this.plan(work, zone, day.input, done)
    await this.writer.write(work, { zone, phases, input: day.input, vectors })
  }

  /**
   * Has the phases plan that have not yet; answers all of them, and the vectors of what they make: the embedder works on those of one phase
   * while the next ones read.
   */
  private async plan(work: Performance, zone: string, input: string, before: readonly Phase[]): Promise<{ phases: Phase[]; vectors?: Promise<HeadVector[] | undefined>[] }> {
    const { user, run, signal } = work
    const done = [...before]
    if (done.length === this.phases.length) return { phases: done }
    const traces = await this.days.traces(user, zone, run.day)
    // Nothing that the phases read takes longer: begun here, it is there when the first one asks.
    this.vocabulary.of({ user, traces }).catch(() => undefined)
    const segmented = await this.segmenter.segment(user, traces)
    const last = traces.at(-1)!.occurredAt
    let planned = new Planned((await this.plans.first(user, run.id)).map((row) => row.change))
    const vectors = [this.ahead(run, planned.changes)]
    for (const phase of this.phases.slice(done.length)) {
      signal?.throwIfAborted()
      const began = performance.now()
      const dream: Dream = {
        user, run: run.id, day: run.day, zone, now: run.startedAt!, traces, ...segmented, planned, done: [...done], signal,
        id: (role) => timedId(last, `dream:${user.id}:${run.day}:${input}:${role}`),
      }
      const plan = await phase.plan(dream, await phase.read(dream))
      const { changes, blocked } = await this.admit(dream, plan.changes)
      const ms = Math.round((performance.now() - began) * 10) / 10
      done.push({ name: phase.name, ms, counts: { ...plan.counts, ...(blocked > 0 ? { blocked } : {}) } })
      await this.keep(work, phase.name, planned.changes.length, changes, done)
      vectors.push(this.ahead(run, changes))
      planned = new Planned([...planned.changes, ...changes])
      await work.progress?.({ phase: phase.name, done: done.length, of: PHASES.length })
    }
    return { phases: done, vectors }
  }

  private ahead(run: DreamRun, changes: readonly Change[]): Promise<HeadVector[] | undefined> {
    const vectors = run.dryRun ? Promise.resolve([]) : this.writer.embed(changes)
    // What fails is told to who waits for it, if anybody comes to.
    vectors.catch(() => undefined)
    return vectors
  }

  /** Without what a tombstone keeps away, and what names it. */
  private async admit({ user, day, planned }: Dream, changes: readonly Change[]): Promise<{ changes: readonly Change[]; blocked: number }> {
    const made = changes.flatMap((c) => (c.op === 'create' && 'trace' in c ? [c.trace] : []))
    const sourceless = made.find((t) => t.kind !== 'entity' && t.sources.length === 0)
    if (sourceless) throw new Error(`a ${sourceless.kind} without sources was planned`)
    const held = await this.tombstones.block(user, made.map(({ triple, ...t }) => ({ ...t, source: sourceOf(day), triple: triple && { ...triple } })))
    const known = new Set(planned.traces().map((t) => t.id))
    const blocked = made.filter((_, i) => held[i]).map((t) => t.id)
    return { changes: withoutChangesOf(new Set(blocked), known, changes), blocked: blocked.length }
  }

  /** Keeps what a phase planned aside, and then says that the phase is done. */
  private async keep({ user, run, worker }: Performance, phase: string, from: number, changes: readonly Change[], done: readonly Phase[]): Promise<void> {
    const rows = changes.map((change, i) => ({ seq: from + i, change }))
    for (let at = 0; at === 0 || at < rows.length; at += BATCH) {
      await this.runs.keep(user, run.id, worker, phase, rows.slice(at, at + BATCH), at + BATCH >= rows.length ? done : undefined)
    }
  }

  private async takeBack({ user, run, worker }: Performance): Promise<void> {
    await this.sql.transaction({ userId: user.id }, async () => {
      if (!await this.users.lockKnown(user)) throw new LostRun('the user was forgotten')
      await this.runs.hold(user, run.id, worker)
      await this.reverter.revert(user, await this.diary.backwards(user, run.id), { strict: false, forgotten: true })
      await this.diary.clear(user, run.id)
    })
  }
}
