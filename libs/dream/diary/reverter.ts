import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { CitedFacts, SessionStore, TraceStates, TraceWriter } from '#episodic-memory'
import { EdgeStore } from '#graph-memory'
import { Clock, ReverieError, type User } from '#kernel'
import type { Entry, EntryOf } from './entries'

/** Takes back what a run has done. */
@Injectable()
export class Reverter {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly writer: TraceWriter,
    private readonly states: TraceStates,
    private readonly sessions: SessionStore,
    private readonly edges: EdgeStore,
    private readonly facts: CitedFacts,
  ) {}

  /**
   * Restores what was before, from the last entry to the first; answers the ids of the traces that it removed. An entity that later memories
   * mention stays. Call inside a transaction, under the user's lock.
   * @param backwards the run's entries, the last one first
   * @param how.strict whether what somebody has changed, corrected or connected since is refused; else it goes with the rest
   * @param how.forgotten whether something in it was forgotten since
   * @throws ReverieError conflict
   */
  async revert(user: User, backwards: readonly Entry[], { strict, forgotten }: { strict: boolean; forgotten: boolean }): Promise<string[]> {
    const removed: string[] = []
    for (const group of groupsOf(backwards)) removed.push(...await this.revertAlike(user, group, strict))
    return forgotten ? [...removed, ...await this.settleFacts(user, backwards)] : removed
  }

  /** Facts of other dreams that lost a source follow from those that they have left; those whose other sources were forgotten go. */
  private async settleFacts(user: User, backwards: readonly Entry[]): Promise<string[]> {
    const unsourced = [...new Set(backwards.flatMap((e) => ('edge' in e && e.op === 'create' && e.edge.type === 'derived_from' ? [e.edge.src] : [])))]
    const rows = await this.sql.many<{ id: string }>({ userId: user.id }, `select t.id from memory_trace t where t.user_id = $1 and t.id = any($2::uuid[])
      and not exists (select from memory_edge e where e.user_id = $1 and e.src = t.id and e.type = 'derived_from')`, [user.id, unsourced])
    const gone = rows.map((row) => row.id)
    await this.edges.removeOf(user.id, gone)
    await this.writer.remove(user, gone)
    await this.facts.follow(user.id, unsourced)
    return gone
  }

  /** Entries of one sort. */
  private async revertAlike(user: User, group: readonly Entry[], strict: boolean): Promise<string[]> {
    const [first] = group
    if (!first) return []
    if ('edge' in first) {
      await this.revertEdges(user, group as EntryOf<'edge'>[])
    } else if ('session' in first) {
      await this.sessions.describe(user.id, (group as EntryOf<'session'>[]).map(({ session, before, after }) => ({ id: session, before: after, after: before })))
    } else if (first.op === 'create') {
      return this.removeTraces(user, group as EntryOf<'trace', 'create'>[], strict)
    } else if (first.op === 'update') {
      const entries = group as EntryOf<'trace', 'update'>[]
      const done = await this.states.change(user.id, entries.map(({ trace, before, after }) => ({ id: trace, before: after, after: before })))
      if (strict) refuse(entries.find((e) => !done.has(e.trace))?.trace, 'was changed since')
    } else {
      const entries = group as EntryOf<'trace', 'supersede'>[]
      const done = await this.states.reopen(user.id, entries.map(({ trace, before, after }) => ({
        id: trace, by: after.superseded_by, at: new Date(after.valid_until), until: before.valid_until === null ? null : new Date(before.valid_until),
      })))
      if (strict) refuse(entries.find((e) => !done.has(e.trace))?.trace, 'was changed since')
    }
    return []
  }

  /** An edge that somebody made heavier, or took back, is left as it is. */
  private async revertEdges(user: User, group: readonly EntryOf<'edge'>[]): Promise<void> {
    const made = group.flatMap((e) => (e.op === 'create' ? [{ ...e.edge, ...e.after }] : []))
    await this.edges.removeExact(user.id, made)
    const changed = group.flatMap((e) => (e.op === 'update' ? [{ ...e.edge, before: e.after, after: e.before }] : []))
    await this.edges.change(user.id, changed)
    const gone = group.flatMap((e) => (e.op === 'remove' ? [{ ...e.edge, ...e.before, ts: new Date(e.before.ts) }] : []))
    await this.edges.insertNew(user.id, gone, this.clock.now())
  }

  private async removeTraces(user: User, group: readonly EntryOf<'trace', 'create'>[], strict: boolean): Promise<string[]> {
    const scope = { userId: user.id }
    const ids = group.map((e) => e.trace)
    if (strict) {
      const states = await this.states.digests(user.id, ids)
      refuse(group.find((e) => states.has(e.trace) && states.get(e.trace) !== e.after.state)?.trace, 'was changed since')
      const corrected = await this.sql.one<{ id: string }>(scope,
        'select id from memory_trace where user_id = $1 and id = any($2::uuid[]) and superseded_by is not null order by id limit 1', [user.id, ids])
      refuse(corrected?.id, 'was corrected since')
    }
    const mentioned = await this.sql.many<{ id: string }>(scope, `select distinct t.id from memory_edge e join memory_trace t on t.user_id = $1 and t.id = e.dst
      where e.user_id = $1 and e.dst = any($2::uuid[]) and e.type = 'mentions' and t.kind = 'entity' and e.src <> all($2::uuid[])`, [user.id, ids])
    const stay = new Set(mentioned.map((row) => row.id))
    const go = ids.filter((id) => !stay.has(id))
    if (strict) {
      const connected = await this.sql.one<{ id: string }>(scope, `select id from unnest($2::uuid[]) as g(id) where exists (
        select from memory_edge e where e.user_id = $1 and e.src = g.id or e.user_id = $1 and e.dst = g.id) order by id limit 1`, [user.id, go])
      refuse(connected?.id, 'was connected since')
    }
    await this.edges.removeOf(user.id, go)
    await this.writer.remove(user, go)
    return go
  }
}

function refuse(trace: string | undefined, what: string): void {
  if (trace !== undefined) throw new ReverieError('conflict', `the memory ${trace} ${what}: undoing would lose that`, { memory: trace })
}

/** Runs of entries of one sort, so that each is taken back by one statement. */
function groupsOf(entries: readonly Entry[]): Entry[][] {
  const sortOf = (e: Entry): string => ('edge' in e ? `edge ${e.op}` : 'session' in e ? 'session' : `trace ${e.op}`)
  const groups: Entry[][] = []
  let last: string | undefined
  for (const entry of entries) {
    if (sortOf(entry) === last) groups.at(-1)!.push(entry)
    else groups.push([entry])
    last = sortOf(entry)
  }
  return groups
}
