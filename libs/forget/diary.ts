import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { CitedFacts, TraceStates } from '#episodic-memory'
import type { User } from '#kernel'

/** What dreams have written down, or plan, of what is forgotten. */
@Injectable()
export class Diary {
  constructor(private readonly sql: Sql, private readonly facts: CitedFacts, private readonly states: TraceStates) {}

  /**
   * Lets facts that derive from these traces and from others follow from the others alone. Undoing the dreams that made them knows them as
   * they are now, and has nothing to restore of what the forgotten had changed. Call before the traces are erased.
   */
  async restate(user: User, ids: readonly string[]): Promise<void> {
    const scope = { userId: user.id }
    const rows = await this.sql.many<{ id: string }>(scope,
      `select distinct src as id from memory_edge where user_id = $1 and dst = any($2::uuid[]) and src <> all($2::uuid[]) and type = 'derived_from'`, [user.id, ids])
    const derived = rows.map((row) => row.id)
    const before = await this.states.digests(user.id, derived)
    const changed = await this.facts.follow(user.id, derived, ids)
    const after = await this.states.digests(user.id, changed)
    await this.sql.run(scope, `update dream_change c set after = jsonb_set(c.after, '{state}', to_jsonb(n.state))
      from unnest($2::text[], $3::text[], $4::text[]) as n(id, was, state)
      where c.user_id = $1 and c.op = 'create' and c.target_id = n.id and c.after->>'state' = n.was`,
    [user.id, changed, changed.map((id) => before.get(id)), changed.map((id) => after.get(id))])
    await this.remove(user, `op = 'update' and target_id = any($2::text[]) and after ?| array['confidence', 'validFrom']`, [changed])
  }

  /**
   * The diary forgets what it says of the traces and of their sessions; what a dry run would have made of them is content of theirs. Dreams
   * that are under way may have read them: they begin anew, and take back what they have applied already.
   */
  async forget(user: User, ids: readonly string[], sessions: readonly string[]): Promise<void> {
    const scope = { userId: user.id }
    await this.sql.run(scope, `update dream_run set status = 'queued', phases = '[]', worker = null, lease_until = null
      where user_id = $1 and status in ('queued', 'running')`, [user.id])
    await this.sql.run(scope, 'delete from dream_plan where user_id = $1', [user.id])
    // A fact that a forgotten one ended holds again: that it was ended is nothing to take back any more.
    await this.remove(user, `(string_to_array(target_id, ' ') && $2::text[] or (after ? 'content' and after->'sources' ?| $2::text[])
      or target = 'session' and target_id = any($3::text[])
      or op = 'supersede' and after->>'superseded_by' = any($2::text[]) and exists (
        select from memory_trace t where t.user_id = $1 and t.id::text = target_id and t.triple is not null))`, [ids, sessions])
    await this.sql.run(scope, `update dream_change set after = jsonb_set(after, '{sources}', (after->'sources') - $2::text[])
      where user_id = $1 and after->'sources' ?| $2::text[]`, [user.id, ids])
  }

  /** Takes entries out, and counts them on their runs. */
  private async remove(user: User, where: string, values: readonly unknown[]): Promise<void> {
    await this.sql.run({ userId: user.id }, `with gone as (delete from dream_change where user_id = $1 and ${where} returning run_id),
        counted as (select run_id, count(*)::int as n from gone group by 1)
      update dream_run r set forgotten = r.forgotten + c.n from counted c where r.user_id = $1 and r.id = c.run_id`, [user.id, ...values])
  }
}
