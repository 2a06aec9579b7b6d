import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { EmbeddingStore, type HeadVector, liveSql, RECALLED_KINDS } from '#episodic-memory'
import { bitSignature, type User } from '#kernel'
import { terms } from '#language'
import type { Suggestion } from './remember.types'

/** Most connections that are offered. */
const MOST = 3
/** Signatures whose real distances are read. */
const NEAR = 24

/**
 * Least cosine of two contents that is offered, chosen on USE-lite. Of ten pairs of plain notes about one matter seven are above it
 * (nine above .55), and of ninety about different matters none (the nearest: .50). In LoCoMo's chats a third of the pairs of turns that
 * answer one question together are above it, and 4 % of any two turns; at .55 these are 45 and 8 %, at .7 they are 17 and 1 %.
 */
const LEAST_COSINE = 0.6

/**
 * Least share of a note's words, weighed by how rare they are, that another one has too; for when there are no vectors. Words tell less:
 * in LoCoMo 8 % of the pairs that answer one question are above it, and 1 % of any two turns.
 */
const LEAST_SHARE = 0.3
const LEAST_WORDS = 2
const MOST_TERMS = 64
/** A user of a few traces has no rare words yet: they count as rare as among so many. */
const TRACES_AT_LEAST = 100

/** What may be offered, by parameters 2 to 5. */
const OFFERED = `${liveSql('$2::timestamptz')} and t.kind = any($3::text[]) and t.id <> all($4::uuid[]) and t.content_key <> $5`

/** A new note, for which connections are looked up. */
export interface Note {
  readonly id: string
  readonly content: string
  /** Equal for equal texts, which are no connection worth offering. */
  readonly contentKey: Buffer
  /** Ids that it is connected to already. */
  readonly related: readonly string[]
  readonly now: Date
}

type Found = Omit<Suggestion, 'type'>

/**
 * Finds connections to offer to a new note: live traces of the same user that are near. Call before the note is written, so that it does
 * not find itself, in the transaction that writes it, so that nothing is offered that is being forgotten.
 */
@Injectable()
export class Suggestions {
  constructor(private readonly sql: Sql, private readonly store: EmbeddingStore) {}

  /**
   * The nearest first; none when nothing is near enough. A long note is compared by its beginning.
   * @param vectors those of the note; without its content's, words decide
   */
  async of(user: User, note: Note, vectors: readonly HeadVector[] | undefined, model: string): Promise<Suggestion[]> {
    const own = vectors?.find((v) => v.traceId === note.id && v.head === 'semantic' && v.chunk === 0)
    const found = await (own ? this.byVector(user, note, own, model) : this.byWords(user, note))
    return found.map(({ id, content, score }) => ({ id, content, score: Math.min(1, score), type: own ? 'similar' : 'related' }))
  }

  /** Which of equally near signatures are read is left to the store: an index gives them in no order of ids, and would not be used for one. */
  private byVector(user: User, note: Note, { vec }: HeadVector, model: string): Promise<Found[]> {
    return this.sql.many<Found>({ userId: user.id }, `with near as (
        select s.trace_id from memory_signature s where s.user_id = $1 and s.model = $6
        order by s.semantic <~> $7::bit(${vec.length}) limit ${NEAR} offset 0)
      select id, content, score from (
        select distinct on (t.content_key) t.id, t.content, (select max(-(e.vec <#> $8::${this.store.type})) from memory_embedding e
          where e.user_id = $1 and e.trace_id = t.id and e.head = 'semantic' and e.occurred_at = t.occurred_at and e.model = $6) as score
        from (select distinct trace_id from near) n join memory_trace t on t.user_id = $1 and t.id = n.trace_id
        where ${OFFERED} order by t.content_key, t.id) s
      where score >= ${LEAST_COSINE} order by score desc, id limit ${MOST}`,
    [user.id, note.now, RECALLED_KINDS, note.related, note.contentKey, model, bitSignature(vec), this.store.encode(vec)])
  }

  private byWords(user: User, note: Note): Promise<Found[]> {
    const own = [...new Set(terms(note.content))].slice(0, MOST_TERMS)
    return this.sql.many<Found>({ userId: user.id }, `with posting as materialized (
        select m.term, m.trace_id from memory_term m where m.user_id = $1 and m.term = any($6::text[])),
      rarity as materialized (
        select q.term, ln(1 + (greatest(u.traces, ${TRACES_AT_LEAST}, c.df) - c.df + 0.5::float8) / (c.df + 0.5::float8)) as idf
        from unnest($6::text[]) as q(term) cross join lateral (select count(*) as df from posting p where p.term = q.term) c
          cross join (select traces from memory_user where id = $1) u),
      shared as (
        select p.trace_id, sum(r.idf) / (select sum(idf) from rarity) as score from posting p join rarity r on r.term = p.term
        group by 1 having count(*) >= ${LEAST_WORDS})
      select id, content, score from (
        select distinct on (t.content_key) t.id, t.content, s.score from shared s join memory_trace t on t.user_id = $1 and t.id = s.trace_id
        where s.score >= ${LEAST_SHARE} and ${OFFERED} order by t.content_key, t.id) s
      order by score desc, id limit ${MOST}`, [user.id, note.now, RECALLED_KINDS, note.related, note.contentKey, own])
  }
}
