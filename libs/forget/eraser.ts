import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { Entities } from '#entities'
import { EmbeddingStore, FOLLOWERS, SCENE_TURNS, SessionStore, TraceWriter, UserStore } from '#episodic-memory'
import { EdgeStore } from '#graph-memory'
import { Clock, type User } from '#kernel'
import { Diary } from './diary'
import { Erasures } from './erasures'
import type { ForgetCounts } from './forget-counts'

/** Every table that belongs to one user, in no order of dependence: there are no foreign keys, the keys begin with the user. */
const USER_TABLES = [
  'memory_embedding', 'memory_signature', 'memory_embedding_pending', 'memory_term', 'memory_tag', 'memory_path', 'memory_edge', 'memory_activation', 'memory_trace',
  'memory_session', 'memory_tombstone', 'receipt', 'idempotency', 'recall_log', 'dream_change', 'dream_plan', 'dream_run',
] as const

export interface Erased {
  readonly counts: ForgetCounts
  /** Ids of entities that went, or changed their names: nothing mentions them as before. */
  readonly settled: readonly string[]
  /** Partitions of vectors that still hold bytes of it. */
  readonly partitions: readonly string[]
}

/** What goes beside the traces that were meant. */
export interface Beside extends Pick<ForgetCounts, 'derived' | 'focus'> {
  /** Ids of others that were rewritten before. */
  readonly rewritten: readonly string[]
}

/** Erases traces from every table of long-term memory. Call inside a transaction. */
@Injectable()
export class Eraser {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly users: UserStore,
    private readonly sessions: SessionStore,
    private readonly embeddings: EmbeddingStore,
    private readonly writer: TraceWriter,
    private readonly edges: EdgeStore,
    private readonly entities: Entities,
    private readonly diary: Diary,
    private readonly erasures: Erasures,
  ) {}

  /** Makes the user's writes wait until the transaction ends. Call before anything is changed. */
  async lock(user: User): Promise<void> {
    await this.users.lock(user)
  }

  /** Erases the traces and every row that names them. `derived` of the ids were not matched themselves. */
  async erase(user: User, ids: readonly string[], { derived, rewritten, focus }: Beside): Promise<Erased> {
    const scope = { userId: user.id }
    const inSessions = await this.sql.one<{ sessions: string[] }>(scope, `select coalesce(array_remove(array_agg(distinct session_id), null), '{}') as sessions
      from memory_trace where user_id = $1 and id = any($2::uuid[])`, [user.id, ids])
    const followers = await this.redoScenes(user, ids)
    const mentioned = await this.sql.many<{ id: string }>(scope,
      `select distinct dst as id from memory_edge where user_id = $1 and src = any($2::uuid[]) and type = 'mentions'`, [user.id, ids])
    const partitions = await this.erasures.partitionsOf(user, [...ids, ...followers, ...rewritten, ...mentioned.map((row) => row.id)])
    const edges = await this.edges.removeOf(user.id, ids)
    await this.diary.forget(user, ids, inSessions!.sessions)
    await this.eraseAnswers(user, ids)
    // A question may have named what goes; which ones did nobody can tell.
    await this.sql.run(scope, 'update recall_log set query = null where user_id = $1 and query is not null', [user.id])
    // A fact that a forgotten one ended holds again; a text that was corrected stays so.
    await this.sql.run(scope, `update memory_trace set superseded_by = null, valid_until = case when triple is null then valid_until end
      where user_id = $1 and superseded_by = any($2::uuid[]) and id <> all($2::uuid[])`, [user.id, ids])
    const removed = await this.writer.remove(user, ids)
    await this.sessions.recount(user, inSessions!.sessions)
    await this.sessions.undescribe(user, inSessions!.sessions)
    const settled = await this.entities.settle(user, mentioned.map((row) => row.id), this.clock.now())
    return { counts: { ...removed, edges, focus, derived, rewritten: rewritten.length }, settled, partitions }
  }

  /** Everything of the user, wholly. Call in a transaction of the user's scope; answers what was there. */
  async eraseUser(user: User, focus: number): Promise<ForgetCounts> {
    const scope = { userId: user.id }
    await this.erasures.note(user, await this.erasures.partitionsOf(user, 'all'))
    const counts = new Map<string, number>()
    for (const table of USER_TABLES) counts.set(table, await this.sql.run(scope, `delete from ${table} where user_id = $1`, [user.id]))
    await this.sql.run(scope, 'delete from memory_user where id = $1', [user.id])
    const of = (table: (typeof USER_TABLES)[number]): number => counts.get(table)!
    return {
      traces: of('memory_trace'), embeddings: of('memory_embedding'), terms: of('memory_term'), edges: of('memory_edge'), focus, derived: 0, rewritten: 0,
    }
  }

  /** Answers kept for repeated requests: those about the traces go; those that only suggest them are kept, without them. */
  private async eraseAnswers(user: User, ids: readonly string[]): Promise<void> {
    const scope = { userId: user.id }
    await this.sql.run(scope, `delete from idempotency where user_id = $1 and exists (
      select from jsonb_array_elements(answer->'results') r where r->>'id' = any($2::text[]) or r->>'duplicateOf' = any($2::text[]))`, [user.id, ids])
    await this.sql.run(scope, `update idempotency set answer = jsonb_set(answer, '{results}', (
        select jsonb_agg(case when r ? 'suggested' then jsonb_set(r, '{suggested}', (
          select coalesce(jsonb_agg(s order by place), '[]') from jsonb_array_elements(r->'suggested') with ordinality as x(s, place)
          where s->>'id' <> all($2::text[]))) else r end order by n)
        from jsonb_array_elements(answer->'results') with ordinality as y(r, n)))
      where user_id = $1 and jsonb_path_query_array(answer, '$.results[*].suggested[*].id') ?| $2::text[]`, [user.id, ids])
  }

  /** The scenes of the next turns hold words of the forgotten: their vectors go and are made again without them. */
  private async redoScenes(user: User, ids: readonly string[]): Promise<string[]> {
    const followers = await this.sql.many<{ id: string }>({ userId: user.id }, FOLLOWERS, [user.id, ids, SCENE_TURNS])
    const following = followers.map((row) => row.id)
    await this.embeddings.redoScenes(user.id, this.clock.now(), following)
    return following
  }
}
