import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { UserStore } from '#episodic-memory'
import { Clock, newId, type User } from '#kernel'
import type { Day } from './day.store'
import type { DreamRun, Phase, RunStatus } from './dream.types'
import type { PlannedRow } from './plan.store'

/** A worker that says nothing for so long is taken for dead; it speaks three times as often. */
const LEASE_SECONDS = 30
export const HEARTBEAT_MS = (LEASE_SECONDS * 1000) / 3

const RUN = `r.id, r.day::text, r.input, r.dry_run as "dryRun", r.status, r.phases, r.forgotten, r.error, r.created_at as "createdAt", r.started_at as "startedAt",
  r.finished_at as "finishedAt"`
/** What is dreamt anew, from the beginning. */
const ANEW = `status = 'queued', phases = '[]', error = null, started_at = null, finished_at = null, turn = null, forgotten = 0`

const LOST = 'the run was taken over, or something was forgotten that it had read'

/** A worker that has lost its run: to another one, because it was taken for dead; or because something was forgotten that it had read. */
export class LostRun extends Error {}

/** Runs. At any time one worker has a run, and one run changes the user's memory: dreams follow each other, the earliest day first. */
@Injectable()
export class RunStore {
  constructor(private readonly sql: Sql, private readonly clock: Clock, private readonly users: UserStore) {}

  /**
   * A run for each day's input: the one that is there, else a new one that is queued. One that failed is queued again, and so is a dry run,
   * which shows what would change now; one that was undone only by force.
   */
  async queue(user: User, days: readonly Day[], dryRun: boolean, force: boolean): Promise<Pick<DreamRun, 'id' | 'status' | 'dryRun'>[]> {
    if (days.length === 0) return []
    const now = this.clock.now()
    const scope = { userId: user.id }
    return this.sql.transaction(scope, async () => {
      // As forgetting does, which may begin open runs anew: who locks in one order never waits in a circle.
      await this.users.lockKnown(user)
      const runs = await this.sql.many<{ id: string; status: RunStatus }>(scope, `with run as (
          insert into dream_run as r (user_id, id, day, input, dry_run, status, created_at)
          select $1, id, day, input, $2, 'queued', $3 from unnest($4::uuid[], $5::date[], $6::text[]) as d(id, day, input)
          on conflict (user_id, day, input, dry_run) do update set day = excluded.day
          returning id, status, day)
        select id, status from run order by day`,
      [user.id, dryRun, now, days.map(() => newId(now)), days.map((d) => d.day), days.map((d) => d.input)])
      const ended = ['failed', ...(dryRun ? ['completed'] : []), ...(force ? ['undone'] : [])]
      const again = await this.sql.many<{ id: string }>(scope, `update dream_run set ${ANEW} where user_id = $1 and id = any($2::uuid[]) and status = any($3::text[]) returning id`,
        [user.id, runs.map((run) => run.id), ended])
      // What it changed was taken back, or never made.
      await this.sql.run(scope, 'delete from dream_change where user_id = $1 and run_id = any($2::uuid[])', [user.id, again.map((run) => run.id)])
      const queued = new Set(again.map((run) => run.id))
      return runs.map(({ id, status }) => ({ id, dryRun, status: queued.has(id) ? 'queued' : status }))
    })
  }

  /**
   * Takes a run on the way to the end of `id`: that one, or one of the same user that comes before it (under way and abandoned, or of an
   * earlier day). Undefined when there is none, or another worker is at it.
   */
  async claim(user: User, id: string, worker: string): Promise<DreamRun | undefined> {
    const scope = { userId: user.id }
    return this.sql.transaction(scope, async () => {
      // Claims of one user wait for each other, or two of them could begin two dreams.
      await this.users.lockKnown(user)
      return this.sql.one<DreamRun>(scope, `with target as (select * from dream_run where user_id = $1 and id = $2 and status in ('queued', 'failed', 'running')),
          next as (
            select r.id from dream_run r, target t where r.user_id = $1 and (r.id = t.id or not t.dry_run and not r.dry_run
              and (r.status = 'running' or r.status = 'queued' and (r.day, r.id) < (t.day, t.id)))
            order by r.status = 'running' desc, r.day, r.id limit 1)
        update dream_run r set status = 'running', error = null, worker = $3, lease_until = now() + make_interval(secs => $4), started_at = coalesce(r.started_at, $5)
        from next where r.user_id = $1 and r.id = next.id and (r.status <> 'running' or r.lease_until < now()) returning ${RUN}`,
      [user.id, id, worker, LEASE_SECONDS, this.clock.now()])
    })
  }

  /**
   * Says that the worker lives. Joins the transaction, and then holds others off until its end.
   * @throws LostRun
   */
  async hold(user: User, id: string, worker: string): Promise<void> {
    const held = await this.sql.run({ userId: user.id }, `update dream_run set lease_until = now() + make_interval(secs => $4)
      where user_id = $1 and id = $2 and worker = $3 and status = 'running'`, [user.id, id, worker, LEASE_SECONDS])
    if (held === 0) throw new LostRun(LOST)
  }

  /** Gives the run the input that the day has by now. False when another run has that input. */
  async rekey(user: User, id: string, input: string): Promise<boolean> {
    return await this.sql.run({ userId: user.id }, `update dream_run r set input = $3 where r.user_id = $1 and r.id = $2 and not exists (
      select from dream_run o where o.user_id = $1 and o.id <> $2 and o.day = r.day and o.dry_run = r.dry_run and o.input = $3)`, [user.id, id, input]) > 0
  }

  /**
   * Keeps aside what a phase planned, and says which phases are done, if so: in one statement, and only while the worker has the run.
   * @throws LostRun
   */
  async keep(user: User, id: string, worker: string, phase: string, rows: readonly PlannedRow[], done?: readonly Phase[]): Promise<void> {
    const held = await this.sql.one({ userId: user.id }, `with held as (
        update dream_run set lease_until = now() + make_interval(secs => $4), phases = coalesce($5::jsonb, phases)
        where user_id = $1 and id = $2 and worker = $3 and status = 'running' returning id),
      kept as (
        insert into dream_plan (user_id, run_id, seq, phase, change)
        select $1, held.id, r.seq, $6, r.change from held cross join jsonb_to_recordset($7::jsonb) as r(seq int, change jsonb))
      select id from held`, [user.id, id, worker, LEASE_SECONDS, done ? JSON.stringify(done) : null, phase, JSON.stringify(rows)])
    if (!held) throw new LostRun(LOST)
  }

  /** Ends a run. Call in the transaction of the last that it did. */
  async complete(user: User, id: string, phases: readonly Phase[]): Promise<void> {
    await this.sql.run({ userId: user.id }, `update dream_run r set status = 'completed', phases = $3::jsonb, forgotten = 0, worker = null, lease_until = null, finished_at = $4,
        turn = case when r.dry_run then null else 1 + coalesce((select max(o.turn) from dream_run o where o.user_id = $1), 0) end
      where r.user_id = $1 and r.id = $2`, [user.id, id, JSON.stringify(phases), this.clock.now()])
  }

  /** Says that a run was taken back. */
  async undone(user: User, id: string): Promise<void> {
    await this.sql.run({ userId: user.id }, `update dream_run set status = 'undone', turn = null where user_id = $1 and id = $2`, [user.id, id])
  }

  /** Leaves a run failed, for the reason named. Call in the transaction that takes back what it did. */
  async fail(user: User, id: string, error: string): Promise<void> {
    await this.sql.run({ userId: user.id }, `update dream_run set status = 'failed', phases = '[]', error = $3, worker = null, lease_until = null, started_at = null, finished_at = $4
      where user_id = $1 and id = $2`, [user.id, id, error, this.clock.now()])
  }

  /** Gives a run back with what it has planned, for whoever goes on. Nothing when the worker has lost it. */
  async release(user: User, id: string, worker: string): Promise<void> {
    await this.sql.run({ userId: user.id }, `update dream_run set status = 'queued', worker = null, lease_until = null
      where user_id = $1 and id = $2 and worker = $3 and status = 'running'`, [user.id, id, worker])
  }

  async get(user: User, id: string): Promise<(DreamRun & { readonly turn: number | null }) | undefined> {
    return this.sql.one({ userId: user.id }, `select ${RUN}, r.turn from dream_run r where r.user_id = $1 and r.id = $2`, [user.id, id])
  }

  /** What stands in the way of undoing the run of this turn: one that is under way, and the newest that changed something after it. */
  async after(user: User, turn: number): Promise<{ open: string | null; later: string | null }> {
    return (await this.sql.one({ userId: user.id }, `select
      (select r.id from dream_run r where r.user_id = $1 and not r.dry_run and (r.status = 'running'
        or r.status = 'queued' and exists (select from dream_plan p where p.user_id = $1 and p.run_id = r.id)) limit 1) as open,
      (select r.id from dream_run r where r.user_id = $1 and r.turn > $2 and exists (select from dream_change c where c.user_id = $1 and c.run_id = r.id)
        order by r.turn desc limit 1) as later`, [user.id, turn]))!
  }

  /** Runs, the newest first. `cursor` is the last id of the page before. */
  async list(user: User, status: RunStatus | undefined, page: { cursor?: string; limit: number }): Promise<{ runs: DreamRun[]; nextCursor: string | null }> {
    const rows = await this.sql.many<DreamRun>({ userId: user.id }, `select ${RUN} from dream_run r
      where r.user_id = $1 and ($2::text is null or r.status = $2) and ($3::uuid is null or r.id < $3) order by r.id desc limit $4`,
    [user.id, status ?? null, page.cursor ?? null, page.limit + 1])
    const runs = rows.slice(0, page.limit)
    return { runs, nextCursor: rows.length > page.limit ? runs.at(-1)!.id : null }
  }

  /** Of everybody who has runs that wait, or whose worker died: the last one of each, which those before it come with. */
  async open(limit: number): Promise<{ userId: string; id: string }[]> {
    return this.sql.many('maintenance', `select distinct on (user_id, dry_run, case when dry_run then id end) user_id as "userId", id from dream_run
      where status in ('queued', 'running') and (lease_until is null or lease_until < now()) order by user_id, dry_run, case when dry_run then id end, day desc, id desc limit $1`, [limit])
  }
}
