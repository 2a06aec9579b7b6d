import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { sessionUuid, type User } from '#kernel'
import { UserStore } from './user.store'

/** Places that a session takes at once; a session that outgrows them takes another block. */
const BLOCK = 1 << 20
/** Free places at the end of a block, so that the last turn of one session is no neighbour of the first of another. */
const GAP = 16

/** Places of a block that its turns may take. */
export const SESSION_SPAN = BLOCK - GAP

/** A pause after which turns are no neighbours any more, in milliseconds. */
const PAUSE = 24 * 60 * 60 * 1000

/** Whether a turn goes on from the one before: what was said before a pause is no context of what is said after it. */
export function goesOn(previous: Date, next: Date): boolean {
  return Math.abs(next.getTime() - previous.getTime()) <= PAUSE
}

/** Offsets of turns on the line of places: one further for the next turn, GAP further after a pause in either direction. */
export function placesOf(instants: readonly Date[], lastAt?: Date): number[] {
  let at = 0
  let previous = lastAt
  return instants.map((instant, i) => {
    const paused = previous !== undefined && !goesOn(previous, instant)
    at += paused ? GAP : i === 0 ? 0 : 1
    previous = instant
    return at
  })
}

export interface Session {
  readonly sessionId: string
  readonly project: string | null
  readonly startedAt: Date
  readonly endedAt: Date
  readonly messageCount: number
  readonly topics: readonly string[]
  readonly importance: number | null
  readonly summary: string | null
  readonly durationSeconds: number
}

/** What dreams say of a session; what is undefined stays. */
export interface SessionState {
  readonly topics?: readonly string[]
  readonly importance?: number | null
  readonly summary?: string | null
}

export interface SessionChange {
  /** The session's uuid. */
  readonly id: string
  readonly before: SessionState
  readonly after: SessionState
}

/** A session as it was in another store. */
export interface KeptSession extends Omit<Session, 'durationSeconds'> {
  /** When its last turn happened. */
  readonly lastAt: Date
  /** Where its next turn will stand, counted from the beginning of its block. */
  readonly nextPlace: number
}

export interface ProjectSummary {
  readonly project: string
  readonly memoryCount: number
  readonly sessionIds: readonly string[]
  readonly firstAt: Date
  readonly lastAt: Date
}

const SESSION_FIELDS = `s.external_id as "sessionId", s.project, s.started_at as "startedAt", s.ended_at as "endedAt",
  s.message_count as "messageCount", s.topics, s.importance, s.summary,
  extract(epoch from s.ended_at - s.started_at)::float8 as "durationSeconds"`

/** Sessions: how turns of a conversation stand beside each other. */
@Injectable()
export class SessionStore {
  constructor(private readonly sql: Sql, private readonly users: UserStore) {}

  /**
   * Adds turns that happened at `instants` to a session and answers their places. Turns that follow each other within a day
   * take adjacent places; after a longer pause a gap is left, for what was said then is no context of what is said now.
   * Call under UserStore.lock().
   */
  async append(user: User, name: string, instants: readonly Date[], project: string | null): Promise<number[]> {
    const scope = { userId: user.id }
    const id = sessionUuid(user.id, name)
    const known = await this.sql.one<{ next: string; end: string; lastAt: Date }>(scope,
      'select next_place as next, block_end as end, last_at as "lastAt" from memory_session where user_id = $1 and id = $2', [user.id, id])
    const offsets = placesOf(instants, known?.lastAt)
    const length = offsets.at(-1)! + 1
    const fits = known !== undefined && Number(known.next) + length <= Number(known.end)
    const start = fits ? Number(known.next) : await this.takeBlock(user)
    const end = fits ? Number(known.end) : start + SESSION_SPAN
    const times = instants.map((at) => at.getTime())
    await this.sql.run(scope, `insert into memory_session (user_id, id, external_id, project, started_at, ended_at, last_at, message_count, next_place, block_end)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
      on conflict (user_id, id) do update set message_count = memory_session.message_count + excluded.message_count,
        started_at = least(memory_session.started_at, excluded.started_at), ended_at = greatest(memory_session.ended_at, excluded.ended_at),
        last_at = excluded.last_at, project = coalesce(memory_session.project, excluded.project),
        next_place = excluded.next_place, block_end = excluded.block_end`,
    [user.id, id, name, project, new Date(Math.min(...times)), new Date(Math.max(...times)), instants.at(-1)!, instants.length, start + length, end])
    return offsets.map((offset) => start + offset)
  }

  /** Says of sessions what `after` does, where `before` holds; answers which. Call inside a transaction. */
  async describe(userId: string, changes: readonly SessionChange[]): Promise<Set<string>> {
    if (changes.length === 0) return new Set()
    const rows = changes.map(({ id, before, after }) => ({
      id, was_topics: before.topics, topics: after.topics, was_importance: before.importance, importance: after.importance, weighs: after.importance !== undefined,
      was_summary: before.summary, summary: after.summary, sums: after.summary !== undefined,
    }))
    const changed = await this.sql.many<{ id: string }>({ userId }, `update memory_session s set topics = coalesce(c.topics, s.topics),
        importance = case when c.weighs then c.importance else s.importance end, summary = case when c.sums then c.summary else s.summary end
      from jsonb_to_recordset($2::jsonb) as c(id uuid, was_topics text[], topics text[], was_importance float8, importance float8, weighs boolean,
        was_summary text, summary text, sums boolean)
      where s.user_id = $1 and s.id = c.id and (c.topics is null or s.topics = c.was_topics) and (not c.weighs or s.importance is not distinct from c.was_importance)
        and (not c.sums or s.summary is not distinct from c.was_summary)
      returning s.id`, [userId, JSON.stringify(rows)])
    return new Set(changed.map((row) => row.id))
  }

  /** Makes a session that is not there yet, as it was. Call under UserStore.lock(). */
  async restore(user: User, s: KeptSession): Promise<void> {
    const start = await this.takeBlock(user)
    await this.sql.run({ userId: user.id }, `insert into memory_session
        (user_id, id, external_id, project, started_at, ended_at, last_at, message_count, next_place, block_end, topics, importance, summary)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [user.id, sessionUuid(user.id, s.sessionId), s.sessionId, s.project, s.startedAt, s.endedAt, s.lastAt, s.messageCount, start + s.nextPlace, start + SESSION_SPAN,
      s.topics, s.importance, s.summary])
  }

  /** Takes a block of places for turns of a session that has one of its own; answers the first. Call under UserStore.lock(). */
  async takeBlock(user: User): Promise<number> {
    return this.users.takePlaces(user, BLOCK)
  }

  /** Takes away what was said about sessions as a whole: it may say what was erased of them, and of nothing else is known where it is from. */
  async undescribe(user: User, ids: readonly string[]): Promise<void> {
    await this.sql.run({ userId: user.id }, `update memory_session set topics = '{}', summary = null
      where user_id = $1 and id = any($2::uuid[]) and (summary is not null or topics <> '{}')`, [user.id, ids])
  }

  /** Recounts the sessions of erased traces; one without memories goes. */
  async recount(user: User, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    await this.sql.run({ userId: user.id }, `with left_over as (
        select s.id, count(t.id) as n, min(t.occurred_at) as started, max(t.occurred_at) as ended
        from memory_session s left join memory_trace t on t.user_id = s.user_id and t.session_id = s.id
        where s.user_id = $1 and s.id = any($2::uuid[]) group by s.id),
      gone as (delete from memory_session s using left_over l where s.user_id = $1 and s.id = l.id and l.n = 0)
      update memory_session s set message_count = l.n, started_at = l.started, ended_at = l.ended
      from left_over l where s.user_id = $1 and s.id = l.id and l.n > 0`, [user.id, ids])
  }
}

/** Sessions and projects as callers see them. */
@Injectable()
export class SessionReader {
  constructor(private readonly sql: Sql) {}

  /** Newest first. `cursor` is the last session's name of the page before. */
  async list(user: User, page: { cursor?: string; limit: number }): Promise<{ sessions: Session[]; nextCursor: string | null }> {
    const after = page.cursor === undefined ? null : sessionUuid(user.id, page.cursor)
    const sessions = await this.sql.many<Session>({ userId: user.id }, `select ${SESSION_FIELDS} from memory_session s
      where s.user_id = $1 and ($2::uuid is null or (s.started_at, s.id) < (select c.started_at, c.id from memory_session c where c.user_id = $1 and c.id = $2))
      order by s.started_at desc, s.id desc limit $3`, [user.id, after, page.limit + 1])
    const shown = sessions.slice(0, page.limit)
    return { sessions: shown, nextCursor: sessions.length > page.limit ? shown.at(-1)!.sessionId : null }
  }

  async get(user: User, name: string): Promise<Session | undefined> {
    return this.sql.one<Session>({ userId: user.id }, `select ${SESSION_FIELDS} from memory_session s where s.user_id = $1 and s.id = $2`,
      [user.id, sessionUuid(user.id, name)])
  }

  async project(user: User, project: string): Promise<ProjectSummary | undefined> {
    const row = await this.sql.one<Omit<ProjectSummary, 'project'>>({ userId: user.id }, `select count(*)::int as "memoryCount",
        array_remove(array_agg(distinct s.external_id), null) as "sessionIds", min(t.occurred_at) as "firstAt", max(t.occurred_at) as "lastAt"
      from memory_trace t left join memory_session s on s.user_id = t.user_id and s.id = t.session_id
      where t.user_id = $1 and t.project = $2 and t.kind <> 'entity' having count(*) > 0`, [user.id, project])
    return row && { project, ...row }
  }
}
