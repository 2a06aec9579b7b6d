import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common'
import { Sql } from '#database'
import { UserStore } from '#episodic-memory'
import { Clock, kindOfError, newId, type User } from '#kernel'

/** How long an entry waits to be written together with those that follow; milliseconds. A crash loses as much. */
const BATCH_MS = 1000
/** So many may wait, over all users, while the store is slow; later recalls are not logged: memory stays bounded, and nobody waits. */
const MOST_WAITING = 10_000
/** The log keeps so many of each user, the newest. */
export const KEPT = 1000

/** One recall, without what it answered. */
export interface LoggedRecall {
  readonly at: Date
  /** Null unless texts are logged; taken away when the user has something forgotten. */
  readonly query: string | null
  readonly results: number
  readonly ms: number
  /** Results by tier. */
  readonly tiers: Readonly<Record<string, number>>
}

export interface RecallStatistics {
  readonly recalls: number
  /** When the oldest of them was asked; null when there is none. */
  readonly since: Date | null
  /** Recalls that found nothing. */
  readonly empty: number
  readonly averageResults: number | null
  /** Milliseconds. */
  readonly p50: number | null
  readonly p95: number | null
  readonly tiers: Readonly<Record<string, number>>
  /** Newest first. */
  readonly latest: readonly LoggedRecall[]
}

/** What was asked of a user's memory lately, and how it went. Written in the background and in batches. */
@Injectable()
export class RecallLog implements BeforeApplicationShutdown {
  private readonly logger = new Logger(RecallLog.name)
  private waiting: { readonly user: User; readonly entry: LoggedRecall & { readonly id: string } }[] = []
  private timer: NodeJS.Timeout | undefined
  private working: Promise<void> = Promise.resolve()

  constructor(private readonly sql: Sql, private readonly clock: Clock, private readonly users: UserStore) {}

  /** Returns at once. */
  note(user: User, recalled: Omit<LoggedRecall, 'at'>): void {
    if (this.waiting.length >= MOST_WAITING) return
    const at = this.clock.now()
    this.waiting.push({ user, entry: { ...recalled, at, id: newId(at) } })
    this.timer ??= setTimeout(() => void this.idle(), BATCH_MS).unref()
  }

  /** Resolves when everything noted so far is written. */
  idle(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    const batch = this.waiting
    this.waiting = []
    if (batch.length > 0) this.working = this.working.then(() => this.write(batch))
    return this.working
  }

  /** Before the store closes. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.idle()
  }

  /**
   * Of what the log keeps of a user.
   * @param limit how many of the latest are told
   */
  async statistics(user: User, limit: number): Promise<RecallStatistics> {
    await this.idle()
    const scope = { userId: user.id }
    const sums = await this.sql.one<Omit<RecallStatistics, 'tiers' | 'latest'>>(scope, `select count(*)::int as recalls, min(at) as since,
      (count(*) filter (where results = 0))::int as empty, avg(results)::float8 as "averageResults",
      percentile_cont(0.5) within group (order by ms) as p50, percentile_cont(0.95) within group (order by ms) as p95
      from recall_log where user_id = $1`, [user.id])
    const tiers = await this.sql.many<{ tier: string; n: number }>(scope, `select t.key as tier, sum(t.value::int)::int as n
      from recall_log l cross join lateral jsonb_each_text(l.tiers) t where l.user_id = $1 group by t.key order by t.key`, [user.id])
    const latest = await this.sql.many<LoggedRecall>(scope, 'select at, query, results, ms, tiers from recall_log where user_id = $1 order by id desc limit $2', [user.id, limit])
    return { ...sums!, tiers: Object.fromEntries(tiers.map(({ tier, n }) => [tier, n])), latest }
  }

  private async write(batch: RecallLog['waiting']): Promise<void> {
    for (const userId of new Set(batch.map(({ user }) => user.id))) {
      await this.append(userId, batch.filter(({ user }) => user.id === userId).map(({ entry }) => entry))
        .catch((error: unknown) => this.logger.warn(`recalls were not logged: ${kindOfError(error)}`))
    }
  }

  private async append(userId: string, entries: readonly (LoggedRecall & { readonly id: string })[]): Promise<void> {
    const scope = { userId }
    await this.sql.transaction(scope, async () => {
      // Who has something forgotten locks the user: it is either seen by what follows, or waits and takes these texts away, too. Of somebody
      // who remembers nothing, nothing is kept: a deleted user leaves no row behind.
      if (!(await this.users.lockKnown({ id: userId }))) return
      await this.sql.run(scope, `insert into recall_log (user_id, id, at, query, results, ms, tiers)
        select $1, e.id, e.at, case when not exists (select from receipt r where r.user_id = $1 and r.at >= e.at) then e.query end, e.results, e.ms, e.tiers
        from jsonb_to_recordset($2::jsonb) as e(id uuid, at timestamptz, query text, results int, ms float8, tiers jsonb)`, [userId, JSON.stringify(entries)])
      await this.sql.run(scope, 'delete from recall_log where user_id = $1 and id <= (select id from recall_log where user_id = $1 order by id desc offset $2 limit 1)',
        [userId, KEPT])
    })
  }
}
