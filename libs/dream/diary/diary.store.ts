import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import type { User } from '#kernel'
import type { DiaryEntry } from '../dream.types'
import { type Entry, fromStored, type StoredEntry, toStored } from './entries'

/** Rows of one statement. */
const BATCH = 500

/** What runs have changed. */
@Injectable()
export class DiaryStore {
  constructor(private readonly sql: Sql) {}

  /** Writes down what was done, after what was written down before. Call in the transaction that does it. */
  async add(user: User, run: string, entries: readonly Entry[]): Promise<void> {
    const scope = { userId: user.id }
    const last = await this.sql.one<{ n: number }>(scope, 'select coalesce(max(seq), -1)::int as n from dream_change where user_id = $1 and run_id = $2', [user.id, run])
    for (let at = 0; at < entries.length; at += BATCH) {
      const rows = entries.slice(at, at + BATCH).map((entry, i) => toStored(entry, last!.n + 1 + at + i))
      await this.sql.run(scope, `insert into dream_change (user_id, run_id, seq, op, target, target_id, before, after)
        select $1, $2, seq, op, target, target_id, before, after from jsonb_to_recordset($3::jsonb)
          as c(seq int, op text, target text, target_id text, before jsonb, after jsonb)`, [user.id, run, JSON.stringify(rows)])
    }
  }

  /** Whether the run has changed anything, as far as the diary still knows. */
  async any(user: User, run: string): Promise<boolean> {
    return await this.sql.one({ userId: user.id }, 'select 1 as one from dream_change where user_id = $1 and run_id = $2 limit 1', [user.id, run]) !== undefined
  }

  async count(user: User, run: string): Promise<number> {
    return (await this.sql.one<{ n: number }>({ userId: user.id }, 'select count(*)::int as n from dream_change where user_id = $1 and run_id = $2', [user.id, run]))!.n
  }

  /** All entries of a run, the last one first. */
  async backwards(user: User, run: string): Promise<Entry[]> {
    const rows = await this.sql.many<StoredEntry>({ userId: user.id }, `select seq, op, target, target_id, before, after from dream_change
      where user_id = $1 and run_id = $2 order by seq desc`, [user.id, run])
    return rows.map(fromStored)
  }

  /** The entries of runs as they are shown: with what made traces say now, and sessions by their names. */
  async shown(user: User, runs: readonly string[]): Promise<Map<string, DiaryEntry[]>> {
    const rows = await this.sql.many<StoredEntry & { run: string }>({ userId: user.id }, `select c.run_id as run, c.seq, c.op, c.target,
        coalesce(s.external_id, c.target_id) as target_id, c.before,
        c.after - 'state' || case when c.op = 'create' and t.content is not null then jsonb_build_object('content', t.content) else '{}' end as after
      from dream_change c left join memory_trace t on t.user_id = $1 and c.target = 'trace' and t.id::text = c.target_id
        left join memory_session s on s.user_id = $1 and c.target = 'session' and s.id::text = c.target_id
      where c.user_id = $1 and c.run_id = any($2::uuid[]) order by c.run_id, c.seq`, [user.id, runs])
    const byRun = new Map<string, DiaryEntry[]>(runs.map((run) => [run, []]))
    for (const { run, ...row } of rows) {
      const { seq: _, ...entry } = fromStored(row)
      byRun.get(run)!.push(entry as DiaryEntry)
    }
    return byRun
  }

  async clear(user: User, run: string): Promise<void> {
    await this.sql.run({ userId: user.id }, 'delete from dream_change where user_id = $1 and run_id = $2', [user.id, run])
  }
}
