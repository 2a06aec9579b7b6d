import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { Clock, keyedHash, newId, Secrets, type User } from '#kernel'
import { type Arrival, type Hashes, hashesOf, type Hold, HOLDS, holdsOf, RECIPES } from './tombstone-recipes'

/** The purpose of their keys. */
export const TOMBSTONE = 'tombstone'

/** What may be known of a forgotten memory: that it was there, and by what it is recognised. */
export interface Tombstone {
  readonly id: string
  readonly traceId: string
  readonly at: Date
  readonly reason: string | null
  /** The recipe of its hashes. */
  readonly recipe: number
  /** Which key they were made with; null for one of APP_SECRET, before keys were told apart. */
  readonly keyId: string | null
  /** What it keeps away; null where that was not written down. */
  readonly holds: readonly Hold[] | null
}

/** A tombstone with its hashes. */
export interface WholeTombstone extends Tombstone {
  readonly contentKey: Buffer
  readonly sourceKey: Buffer | null
  readonly knowledgeKey: Buffer | null
}

const SHOWN = 'id, trace_id as "traceId", at, reason, key_version as recipe, key_id as "keyId", holds'

/** What was forgotten and is kept away, by keyed hashes; never what it was. Nothing ends them but lifting them, or forgetting the user. */
@Injectable()
export class Tombstones {
  constructor(private readonly sql: Sql, private readonly secrets: Secrets, private readonly clock: Clock) {}

  /** For each memory whether a tombstone keeps it away, whichever key and recipe it was made with. */
  async block(user: User, arrivals: readonly Arrival[]): Promise<boolean[]> {
    return (await this.heldSince(user, arrivals)).map((since) => since !== null)
  }

  /** For each memory when the last tombstone was put up that keeps it away; null where none does. */
  async heldSince(user: User, arrivals: readonly Arrival[]): Promise<(Date | null)[]> {
    const ring = this.secrets.ring(TOMBSTONE)
    const asked = arrivals.map((arrival) => RECIPES.map((recipe) => recipe.imprints(arrival)).flatMap((imprints) => ring.map(({ key }) => hashesOf(key, imprints)))
      // A fact is known by what it says, not by its sentence, which other sources may bear out.
      .map((hashes) => (arrival.triple && hashes.knowledge ? { ...hashes, text: null, source: null } : hashes)))
    const wanted = (hold: Hold): Buffer[] => asked.flat().flatMap((hashes) => hashes[hold] ?? [])
    const [texts, sources, knowledge] = [wanted('text'), wanted('source'), wanted('knowledge')]
    if (texts.length + sources.length + knowledge.length === 0) return arrivals.map(() => null)
    const rows = await this.sql.many<{ key: string; at: Date }>({ userId: user.id }, `select encode(content_key, 'hex') as key, at from memory_tombstone
        where user_id = $1 and content_key = any($2::bytea[])
      union all select encode(source_key, 'hex'), at from memory_tombstone where user_id = $1 and source_key = any($3::bytea[])
      union all select encode(knowledge_key, 'hex'), at from memory_tombstone where user_id = $1 and knowledge_key = any($4::bytea[]) order by at`, [user.id, texts, sources, knowledge])
    const held = new Map(rows.map((row) => [row.key, row.at]))
    return asked.map((own) => own.flatMap((hashes) => HOLDS.flatMap((hold) => held.get(hashes[hold]?.toString('hex') ?? '') ?? []))
      .reduce<Date | null>((last, at) => (last === null || at > last ? at : last), null))
  }

  /** Makes a tombstone for each of these traces, and of what is in mind alone. Call before they are erased. */
  async bury(user: User, ids: readonly string[], reason: string | undefined, inMind: readonly (Arrival & { readonly id: string })[] = []): Promise<WholeTombstone[]> {
    const stored = await this.sql.many<Arrival & { id: string }>({ userId: user.id },
      'select id, content, source, triple, kind, speaker, meta as metadata from memory_trace where user_id = $1 and id = any($2::uuid[]) order by id', [user.id, ids])
    const [recipe] = RECIPES
    const { id: keyId, key } = this.secrets.ring(TOMBSTONE)[0]!
    const at = this.clock.now()
    const stones = [...stored, ...inMind].map((trace): WholeTombstone => {
      const holds = holdsOf(trace)
      const hashes = only(holds, hashesOf(key, recipe.imprints(trace)))
      return {
        id: newId(at), traceId: trace.id, at, reason: reason ?? null, recipe: recipe.number, keyId, holds,
        // What nothing is recognised by still says that something was forgotten, under a hash that no text meets.
        contentKey: hashes.text ?? keyedHash(key, `nothing\u0000${trace.id}`), sourceKey: hashes.source, knowledgeKey: hashes.knowledge,
      }
    })
    await this.insert(user.id, stones)
    return stones
  }

  /** Puts up tombstones as they are; those that are there stay. */
  async insert(userId: string, stones: readonly WholeTombstone[]): Promise<void> {
    if (stones.length === 0) return
    const column = <T>(of: (stone: WholeTombstone) => T): T[] => stones.map(of)
    await this.sql.run({ userId }, `insert into memory_tombstone (user_id, id, content_key, key_version, trace_id, source_key, reason, at, key_id, knowledge_key, holds)
      select $1, id, content_key, key_version, trace_id, source_key, reason, at, key_id, knowledge_key, string_to_array(holds, ' ')
      from unnest($2::uuid[], $3::bytea[], $4::integer[], $5::uuid[], $6::bytea[], $7::text[], $8::timestamptz[], $9::text[], $10::bytea[], $11::text[])
        as r(id, content_key, key_version, trace_id, source_key, reason, at, key_id, knowledge_key, holds) on conflict do nothing`, [
      userId, column((s) => s.id), column((s) => s.contentKey), column((s) => s.recipe), column((s) => s.traceId), column((s) => s.sourceKey), column((s) => s.reason),
      column((s) => s.at), column((s) => s.keyId), column((s) => s.knowledgeKey), column((s) => s.holds?.join(' ') ?? null),
    ])
  }

  /** The newest first. @param page.cursor the last id of the page before */
  async list(user: User, page: { cursor?: string; limit: number }): Promise<{ tombstones: Tombstone[]; nextCursor: string | null }> {
    const rows = await this.sql.many<Tombstone>({ userId: user.id },
      `select ${SHOWN} from memory_tombstone where user_id = $1 and ($2::uuid is null or id < $2::uuid) order by id desc limit $3`, [user.id, page.cursor ?? null, page.limit + 1])
    const tombstones = rows.slice(0, page.limit)
    return { tombstones, nextCursor: rows.length > page.limit ? tombstones.at(-1)!.id : null }
  }

  /** Takes a tombstone away: what it kept away may come back. Answers it; undefined when there is none. */
  async lift(user: User, id: string): Promise<Tombstone | undefined> {
    return this.sql.one<Tombstone>({ userId: user.id }, `delete from memory_tombstone where user_id = $1 and id = $2 returning ${SHOWN}`, [user.id, id])
  }
}

function only(holds: readonly Hold[], hashes: Hashes): Hashes {
  return Object.fromEntries(HOLDS.map((hold) => [hold, holds.includes(hold) ? hashes[hold] : null])) as Hashes
}
