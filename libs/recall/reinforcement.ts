import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common'
import { Sql } from '#database'
import { liveSql, type Trace } from '#episodic-memory'
import { Clock, kindOfError, LONGEST_STABILITY, STABILITY_GROWTH, type User } from '#kernel'
import { FocusBuffer } from '#working-memory'

/** How long a recall waits to be counted together with those that follow; milliseconds. A crash loses as much. */
const BATCH_MS = 200
/** So many traces are counted without waiting for more. */
const FULL = 500
/** So many may wait, over all users, while the store is slow; a recall of more is not counted: memory stays bounded, and nobody waits. */
const MOST_WAITING = 10_000

const LIVE = liveSql('$3::timestamptz')

type Recalled = Trace & { readonly score: number }

interface Waiting {
  readonly user: User
  readonly traces: Map<string, { readonly trace: Recalled; readonly times: number; readonly at: Date }>
}

/**
 * What was recalled enters working memory and grows stronger. In the background and in batches, one statement for each user: a crash
 * may lose the counts of the last moments, never a memory.
 */
@Injectable()
export class Reinforcement implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Reinforcement.name)
  private waiting = new Map<string, Waiting>()
  private size = 0
  private uncounted = 0
  private timer: NodeJS.Timeout | undefined
  private working: Promise<void> | undefined

  constructor(private readonly sql: Sql, private readonly clock: Clock, private readonly focus: FocusBuffer) {}

  /** Returns at once. */
  note(user: User, recalled: readonly Recalled[]): void {
    const at = this.clock.now()
    for (const trace of recalled) {
      const own = this.waiting.get(user.id) ?? { user, traces: new Map() }
      const before = own.traces.get(trace.id)
      if (!before && this.size >= MOST_WAITING) {
        this.uncounted++
        continue
      }
      if (!before) this.size++
      this.waiting.set(user.id, own)
      own.traces.set(trace.id, { trace, times: (before?.times ?? 0) + 1, at })
    }
    if (this.size >= FULL) void this.work()
    else if (this.size > 0) this.timer ??= setTimeout(() => void this.work(), BATCH_MS).unref()
  }

  /** Resolves when everything noted so far is applied. */
  async idle(): Promise<void> {
    while (this.size > 0 || this.working) await this.work()
  }

  /** Before the store and working memory close. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.idle()
  }

  /** Applies what waits; one batch at a time, so that what comes meanwhile waits, and is counted together. */
  private work(): Promise<void> {
    this.working ??= this.batch().finally(() => (this.working = undefined))
    return this.working
  }

  private async batch(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    const { waiting, uncounted } = this
    this.waiting = new Map()
    this.size = this.uncounted = 0
    if (uncounted > 0) this.logger.warn(`${uncounted} recalled memories were not counted: too many were waiting`)
    for (const own of waiting.values()) {
      await this.apply(own).catch((error: unknown) => this.logger.warn(`recalls were not counted: ${kindOfError(error)}`))
    }
    if (this.size > 0) this.timer ??= setTimeout(() => void this.work(), BATCH_MS).unref()
  }

  private async apply({ user, traces }: Waiting): Promise<void> {
    const all = [...traces.values()]
    // Joined to the traces: what was forgotten or corrected since must leave no count behind, and not come back to mind. In the order of
    // ids, so that two processes never wait for each other.
    const counted = await this.sql.many<{ id: string }>({ userId: user.id }, `insert into memory_activation (user_id, trace_id, access_count, last_accessed_at, stability)
      select t.user_id, t.id, n.times, n.at, least($6::float8, power($7::float8, n.times))
      from unnest($2::uuid[], $4::int[], $5::timestamptz[]) as n(id, times, at) join memory_trace t on t.user_id = $1 and t.id = n.id
      where ${LIVE} order by t.id
      on conflict (user_id, trace_id) do update set access_count = memory_activation.access_count + excluded.access_count,
        last_accessed_at = greatest(memory_activation.last_accessed_at, excluded.last_accessed_at),
        stability = least($6::float8, memory_activation.stability * excluded.stability)
      returning trace_id as id`,
    [user.id, all.map((n) => n.trace.id), this.clock.now(), all.map((n) => n.times), all.map((n) => n.at), LONGEST_STABILITY, STABILITY_GROWTH])
    const ids = counted.map((row) => row.id)
    const items = ids.map((id) => traces.get(id)!).map(({ trace: t, at }) => ({
      id: t.id, content: t.content, role: t.role, speaker: t.speaker, sessionId: t.sessionId, weight: t.score, at, durable: true,
    }))
    await this.focus.add(user, items)
    // Between the two it may have been forgotten: working memory must not keep what the store has let go.
    await this.focus.living(user, items, async (ids) => {
      const live = await this.sql.many<{ id: string }>({ userId: user.id }, `select t.id from memory_trace t where t.user_id = $1 and t.id = any($2::uuid[]) and ${LIVE}`,
        [user.id, ids, this.clock.now()])
      return new Set(live.map((row) => row.id))
    })
  }
}
