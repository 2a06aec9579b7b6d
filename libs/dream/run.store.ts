import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { Clock, newId, type User } from '#kernel'
import type { Day } from './day.store'
import type { Change, DreamRun, EdgeName, Phase, RunStatus } from './dream.types'

/** A worker that says nothing for so long is taken for dead; it speaks three times as often. */
const LEASE_SECONDS = 30
export const HEARTBEAT_MS = (LEASE_SECONDS * 1000) / 3

const RUN = `r.id, r.day::text, r.input, r.dry_run as "dryRun", r.status, r.phases, r.error, r.created_at as "createdAt", r.finished_at as "finishedAt"`
/** With what the traces it made say now: the diary itself holds no content, so that forgetting need not rewrite it. */
const CHANGES = `coalesce((select jsonb_agg(jsonb_build_object('op', c.op, 'target', c.target, 'target_id', c.target_id, 'before', c.before,
    'after', c.after || case when c.op = 'create' and t.content is not null then jsonb_build_object('content', t.content) else '{}' end) order by c.seq)
  from dream_change c left join memory_trace t on t.user_id = $1 and c.target = 'trace' and t.id::text = c.target_id
  where c.user_id = $1 and c.run_id = r.id), '[]') as changes`

interface StoredChange {
  op: Change['op']
  target: 'trace' | 'edge'
  target_id: string
  before?: Readonly<Record<string, unknown>> | null
  after?: Readonly<Record<string, unknown>> | null
}

type StoredRun = Omit<DreamRun, 'changes'> & { readonly changes: readonly StoredChange[] }

/** Runs and what they changed. At any time one worker has a run: whoever took its lease last. */
@Injectable()
export class RunStore {
  constructor(private readonly sql: Sql, private readonly clock: Clock) {}

  /**
   * A run for each day's input: the one that is there, else a new one that is queued. One that failed is queued again; one that was undone
   * only by force.
   */
  async queue(user: User, days: readonly Day[], dryRun: boolean, force: boolean): Promise<{ id: string; status: RunStatus }[]> {
    if (days.length === 0) return []
    const now = this.clock.now()
    return this.sql.many({ userId: user.id }, `with run as (
        insert into dream_run as r (user_id, id, day, input, dry_run, status, created_at)
        select $1, id, day, input, $2, 'queued', $3 from unnest($4::uuid[], $5::date[], $6::text[]) as d(id, day, input)
        on conflict (user_id, day, input, dry_run) do update
          set status = case when r.status = 'failed' or ($7 and r.status = 'undone') then 'queued' else r.status end
        returning id, status, day)
      select id, status from run order by day`,
    [user.id, dryRun, now, days.map(() => newId(now)), days.map((d) => d.day), days.map((d) => d.input), force])
  }

  /** Takes a run that is open and that no living worker has; undefined when it cannot be had. */
  async claim(user: User, id: string, worker: string): Promise<DreamRun | undefined> {
    return this.sql.one<DreamRun>({ userId: user.id }, `update dream_run r set status = 'running', error = null, worker = $3, lease_until = now() + make_interval(secs => $4)
      where user_id = $1 and id = $2 and (status in ('queued', 'failed') or (status = 'running' and lease_until < now())) returning ${RUN}, '[]'::jsonb as changes`,
    [user.id, id, worker, LEASE_SECONDS])
  }

  /** Says that the worker lives. False when it has lost the run. Joins the transaction, and then holds others off until its end. */
  async hold(user: User, id: string, worker: string): Promise<boolean> {
    return await this.sql.run({ userId: user.id }, `update dream_run set lease_until = now() + make_interval(secs => $4)
      where user_id = $1 and id = $2 and worker = $3 and status = 'running'`, [user.id, id, worker, LEASE_SECONDS]) > 0
  }

  /** Gives the run the input that the day has by now. False when another run has that input. */
  async rekey(user: User, id: string, input: string): Promise<boolean> {
    return await this.sql.run({ userId: user.id }, `update dream_run r set input = $3 where r.user_id = $1 and r.id = $2 and not exists (
      select from dream_run o where o.user_id = $1 and o.id <> $2 and o.day = r.day and o.dry_run = r.dry_run and o.input = $3)`, [user.id, id, input]) > 0
  }

  /** Ends a run with what it did. Call in the transaction of that. */
  async complete(user: User, id: string, phases: readonly Phase[], changes: readonly Change[]): Promise<void> {
    const scope = { userId: user.id }
    await this.sql.run(scope, `update dream_run set status = 'completed', phases = $3::jsonb, worker = null, lease_until = null, finished_at = $4
      where user_id = $1 and id = $2`, [user.id, id, JSON.stringify(phases), this.clock.now()])
    // Those of the time before it was undone.
    await this.sql.run(scope, 'delete from dream_change where user_id = $1 and run_id = $2', [user.id, id])
    if (changes.length === 0) return
    await this.sql.run(scope, `insert into dream_change (user_id, run_id, seq, op, target, target_id, before, after)
      select $1, $2, n, op, target, target_id, before, after from jsonb_to_recordset($3::jsonb)
        as c(n int, op text, target text, target_id text, before jsonb, after jsonb)`, [user.id, id, JSON.stringify(changes.map(toStored))])
  }

  /** Gives a run back as it was, or leaves it failed for the reason named. Nothing when the worker has lost it. */
  async release(user: User, id: string, worker: string, error: string | undefined): Promise<void> {
    await this.sql.run({ userId: user.id }, `update dream_run set status = case when $4::text is null then 'queued' else 'failed' end, error = $4, worker = null, lease_until = null,
      finished_at = case when $4::text is null then null else $5::timestamptz end where user_id = $1 and id = $2 and worker = $3 and status = 'running'`,
    [user.id, id, worker, error ?? null, this.clock.now()])
  }

  async get(user: User, id: string): Promise<DreamRun | undefined> {
    const row = await this.sql.one<StoredRun>({ userId: user.id }, `select ${RUN}, ${CHANGES} from dream_run r where r.user_id = $1 and r.id = $2`, [user.id, id])
    return row && fromStored(row)
  }

  /** Runs, the newest first. `cursor` is the last id of the page before. */
  async list(user: User, status: RunStatus | undefined, page: { cursor?: string; limit: number }): Promise<{ runs: DreamRun[]; nextCursor: string | null }> {
    const rows = await this.sql.many<StoredRun>({ userId: user.id }, `select ${RUN}, ${CHANGES} from dream_run r
      where r.user_id = $1 and ($2::text is null or r.status = $2) and ($3::uuid is null or r.id < $3) order by r.id desc limit $4`,
    [user.id, status ?? null, page.cursor ?? null, page.limit + 1])
    const runs = rows.slice(0, page.limit).map(fromStored)
    return { runs, nextCursor: rows.length > page.limit ? runs.at(-1)!.id : null }
  }

  /** Runs of anybody that wait, or whose worker died. */
  async open(limit: number): Promise<{ userId: string; id: string }[]> {
    return this.sql.many('maintenance', `select user_id as "userId", id from dream_run where status in ('queued', 'running') and (lease_until is null or lease_until < now())
      order by created_at limit $1`, [limit])
  }
}

function toStored(change: Change, n: number): StoredChange & { n: number } {
  const { op, before, after } = change
  return 'trace' in change
    ? { n, op, target: 'trace', target_id: change.trace, before, after }
    : { n, op, target: 'edge', target_id: nameOf(change.edge), before, after }
}

function fromStored(row: StoredRun): DreamRun {
  return {
    ...row,
    changes: row.changes.map(({ op, target, target_id, before, after }): Change => {
      const what = { op, ...(before ? { before } : {}), ...(after ? { after } : {}) }
      return target === 'trace' ? { ...what, trace: target_id } : { ...what, edge: edgeOf(target_id) }
    }),
  }
}

function nameOf({ src, dst, type }: EdgeName): string {
  return `${src} ${dst} ${type}`
}

function edgeOf(name: string): EdgeName {
  const [src, dst, type] = name.split(' ') as [string, string, string]
  return { src, dst, type }
}
