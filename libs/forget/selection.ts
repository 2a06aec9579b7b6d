import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { type Arrival, filterSql, type Kind, liveSql, Params, type TraceFilter } from '#episodic-memory'
import { Clock, notFound, type User } from '#kernel'
import { containsContentWords, contentWords, terms } from '#language'
import { DerivedReader } from './derived.reader'
import type { ForgetCandidate, ForgetSelector } from './forget.types'
import { remaining } from './remaining'

/** Similar ones that a preview lists beside the matches. */
const SIMILAR = 20
const PAGE = 500

interface Selected {
  /** Matches and what derives from them: exactly what applying forgets. */
  readonly candidates: readonly ForgetCandidate[]
  /** Listed for people, never applied. */
  readonly similar: readonly ForgetCandidate[]
}

/** Finds what a forget means: the matches, and the closure of what was made from them alone. */
@Injectable()
export class Selection {
  constructor(private readonly sql: Sql, private readonly clock: Clock, private readonly derived: DerivedReader) {}

  /** @throws ReverieError not_found for an id that is not the user's */
  async of(user: User, selector: Exclude<ForgetSelector, { previewToken: string }>): Promise<Selected> {
    if ('ids' in selector) {
      const ids = [...new Set(selector.ids)]
      const found = await this.byFilter(user, { ids })
      const missing = ids.find((id) => !found.some((c) => c.id === id))
      if (missing) throw notFound(`memory ${missing}`)
      return { candidates: await this.closure(user, found), similar: [] }
    }
    if ('scope' in selector) {
      const { all: _, ...filter } = selector.scope
      return { candidates: await this.closure(user, await this.byFilter(user, filter)), similar: [] }
    }
    return this.byQuery(user, selector.query)
  }

  /** Of these ids, those that are still there, with what goes with them. */
  async still(user: User, ids: readonly string[]): Promise<readonly ForgetCandidate[]> {
    return ids.length === 0 ? [] : this.closure(user, await this.byFilter(user, { ids }))
  }

  /** A page of what was recorded after an instant, by id. @param after the last id of the page before */
  async recordedSince(user: User, since: Date, after?: string): Promise<(Arrival & { readonly id: string; readonly createdAt: Date })[]> {
    return this.sql.many({ userId: user.id }, `select id, content, source, triple, kind, speaker, meta as metadata, created_at as "createdAt" from memory_trace
      where user_id = $1 and created_at > $2 and ($3::uuid is null or id > $3::uuid) order by id limit ${PAGE}`, [user.id, since, after ?? null])
  }

  private async byFilter(user: User, filter: TraceFilter): Promise<ForgetCandidate[]> {
    const params = new Params()
    params.add(user.id)
    const rows = await this.sql.many<{ id: string; content: string; kind: Kind }>({ userId: user.id },
      `select t.id, t.content, t.kind from memory_trace t where t.user_id = $1 and ${filterSql(filter, user.id, params)} order by t.created_at, t.id`, params.values)
    return rows.map((row) => ({ ...row, because: 'match' }))
  }

  /** A match contains every content word of the query; similar ones contain some, the most first. */
  private async byQuery(user: User, query: string): Promise<Selected> {
    const wanted = contentWords(query)
    if (wanted.length === 0) return { candidates: [], similar: [] }
    const rows = await this.sql.many<{ id: string; content: string; kind: Kind; n: number }>({ userId: user.id }, `select t.id, t.content, t.kind, h.n
      from (select trace_id, count(distinct term)::int as n from memory_term where user_id = $1 and term = any($2::text[]) group by 1) h
      join memory_trace t on t.user_id = $1 and t.id = h.trace_id where ${liveSql('$3::timestamptz')} order by h.n desc, t.created_at, t.id`,
    [user.id, [...new Set(terms(query))], this.clock.now()])
    const matches = rows.filter((row) => containsContentWords(row.content, query))
    const matched = new Set(matches.map((row) => row.id))
    const candidates = await this.closure(user, matches.map(({ n: _, ...row }) => ({ ...row, score: 1, because: 'match' as const })))
    const taken = new Set(candidates.map((c) => c.id))
    const similar = rows.filter((row) => !matched.has(row.id) && !taken.has(row.id)).slice(0, SIMILAR)
      .map(({ n, ...row }) => ({ ...row, score: Math.min(1, n / wanted.length), because: 'similar' as const }))
    return { candidates, similar }
  }

  /** Adds the earlier and later wordings of each match, and what derives from all of them. A fact that a newer one ended is no earlier wording of it. */
  private async closure(user: User, matches: readonly ForgetCandidate[]): Promise<ForgetCandidate[]> {
    if (matches.length === 0) return []
    const ids = matches.map((c) => c.id)
    const rows = await this.sql.many<{ id: string; content: string; kind: Kind }>({ userId: user.id }, `with recursive version as (
        select id, superseded_by, triple is not null as fact, kind from memory_trace where user_id = $1 and id = any($2::uuid[])
        union select w.* from version v cross join lateral (
          select t.id, t.superseded_by, t.triple is not null, t.kind from memory_trace t
            where t.user_id = $1 and t.superseded_by = v.id and not (t.triple is not null and (v.fact or v.kind = 'episode'))
          union all select t.id, t.superseded_by, t.triple is not null, t.kind from memory_trace t
            where t.user_id = $1 and t.id = v.superseded_by and not (v.fact and (t.triple is not null or t.kind = 'episode'))) w)
      select t.id, t.content, t.kind from memory_trace t where t.user_id = $1 and t.id in (select id from version) and t.id <> all($2::uuid[]) order by t.created_at, t.id`,
    [user.id, ids])
    return this.withDerived(user, [...matches, ...rows.map((row): ForgetCandidate => ({ ...row, because: 'derived' }))])
  }

  /** Adds derived traces of which nothing remains without what goes (again and again, for what was derived from derived). */
  async withDerived(user: User, going: readonly ForgetCandidate[]): Promise<ForgetCandidate[]> {
    const all = [...going]
    for (;;) {
      const derived = (await this.derived.from(user, all.map((c) => c.id))).filter((one) => remaining(one).content === '')
      if (derived.length === 0) return all
      all.push(...derived.map(({ id, content, kind }): ForgetCandidate => ({ id, content, kind, because: 'derived' })))
    }
  }
}
