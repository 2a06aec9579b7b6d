import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { type NewTrace, pathValue, TraceWriter } from '#episodic-memory'
import { entityUuid, Secrets, type User } from '#kernel'
import type { Node, Plan, Surface } from './plan'
import { firstWord } from './canonical'

/** How a mention says what it mentions: by the key of each name, the name and its type. Kept as `as` in the edge's metadata. */
const SAID = `coalesce(e.meta->'as', jsonb_build_object(t.meta->>'key', jsonb_build_object('name', t.content, 'type', t.meta->>'type')))`

/** Rows of entities: their traces, and the mentions that lead to them. Call inside a transaction, under the user's lock. */
@Injectable()
export class EntityStore {
  constructor(private readonly sql: Sql, private readonly writer: TraceWriter, private readonly secrets: Secrets) {}

  /** Nodes whose keys begin with one of these words; what callers wrote as an entity is none, whatever its metadata say. */
  async byFirstWords(user: User, words: readonly string[]): Promise<Node[]> {
    if (words.length === 0) return []
    const rows = await this.sql.many<Omit<Node, 'aliases'> & { aliases: string[] | null }>({ userId: user.id }, `select t.id, t.meta->>'key' as key, t.content as name,
        coalesce(t.meta->>'type', 'other') as type, t.meta->'aliases' as aliases, t.occurred_at as "occurredAt", t.created_at as "createdAt"
      from (select distinct trace_id from memory_path where user_id = $1 and path = 'first' and value = any($2::text[]) offset 0) p
        cross join lateral (select * from memory_trace where user_id = $1 and id = p.trace_id and kind = 'entity' offset 0) t order by t.created_at, t.id`,
    [user.id, words.map(pathValue)])
    return rows.filter(({ id, key }) => key !== null && id === entityUuid(user.id, key)).map((row) => ({ ...row, aliases: row.aliases ?? [] }))
  }

  /** First words of the nodes among these traces. */
  async firstWordsOf(user: User, ids: readonly string[]): Promise<string[]> {
    const rows = await this.sql.many<{ key: string }>({ userId: user.id },
      `select meta->>'key' as key from memory_trace where user_id = $1 and id = any($2::uuid[]) and kind = 'entity' and meta->>'key' is not null`, [user.id, ids])
    return [...new Set(rows.map((row) => firstWord(row.key)))]
  }

  /** The names by which living memories mention the nodes, each with its first spelling and the first type that says something. */
  async surfaces(user: User, nodes: readonly Node[]): Promise<Surface[]> {
    return this.sql.many<Surface>({ userId: user.id }, `select said.key, said.at, (array_agg(said.name order by said.ts, said.src))[1] as name,
        coalesce((array_agg(said.type order by said.ts, said.src) filter (where said.type <> 'other'))[1], 'other') as type
      from (select a.key, t.meta->>'key' as at, a.value->>'name' as name, a.value->>'type' as type, e.ts, e.src
        from memory_trace t join memory_edge e on e.user_id = $1 and e.dst = t.id and e.type = 'mentions' cross join lateral jsonb_each(${SAID}) a
        where t.user_id = $1 and t.id = any($2::uuid[])) said
      group by 1, 2 order by min(said.ts), 1, 2`, [user.id, nodes.map((node) => node.id)])
  }

  /** Carries a plan out. @param now for nodes that are new, with the time of what mentions them first */
  async apply(user: User, nodes: readonly Node[], plan: Plan, now: { readonly occurredAt: Date; readonly createdAt: Date }): Promise<void> {
    const there = new Map(nodes.map((node) => [node.key, node]))
    const traces = plan.save.map((node) => {
      const was = there.get(node.key)
      const heirs = plan.moves.filter((move) => move.to === node.key).map((move) => there.get(move.from)!)
      const since = [...heirs, ...(was ? [was] : [])].reduce((a, b) => (b.createdAt < a.createdAt ? b : a), was ?? heirs[0] ?? now)
      return { trace: this.trace(user, node, since), isNew: was === undefined }
    })
    await this.writer.insert(user.id, traces.filter(({ isNew }) => isNew).map(({ trace }) => trace))
    await this.change(user, traces.filter(({ isNew }) => !isNew).map(({ trace }) => trace))
    for (const move of plan.moves) await this.move(user, move)
    for (const { key, to } of plan.gone) await this.remove(user, there.get(key)!.id, to === undefined || to === key ? undefined : entityUuid(user.id, to))
  }

  /** Has nodes say what these traces say. */
  private async change(user: User, traces: readonly NewTrace[]): Promise<void> {
    if (traces.length === 0) return
    const ids = traces.map(({ id }) => id)
    await this.sql.run({ userId: user.id }, `update memory_trace t set content = n.content, occurred_at = n.occurred_at, created_at = n.created_at, valid_from = n.occurred_at, meta = n.meta
      from unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::jsonb[]) as n(id, content, occurred_at, created_at, meta)
      where t.user_id = $1 and t.id = n.id and t.kind = 'entity'`,
    [user.id, ids, traces.map((t) => t.content), traces.map((t) => t.occurredAt), traces.map((t) => t.createdAt), traces.map((t) => JSON.stringify(t.metadata))])
    await this.sql.run({ userId: user.id }, 'delete from memory_path where user_id = $1 and trace_id = any($2::uuid[])', [user.id, ids])
    await this.writer.insertPaths(user.id, traces)
  }

  /** Mentions by a name lead to another node from now on. */
  private async move(user: User, { name, from, to }: Plan['moves'][number]): Promise<void> {
    const scope = { userId: user.id }
    const params = [user.id, name, entityUuid(user.id, from)]
    const by = `e.user_id = $1 and e.dst = $3 and e.type = 'mentions' and ${SAID} ? $2`
    await this.sql.run(scope, `insert into memory_edge (user_id, src, dst, type, weight, ts, meta)
      select $1, e.src, $4, e.type, e.weight, e.ts, jsonb_build_object('as', jsonb_build_object($2::text, ${SAID}->$2))
      from memory_edge e join memory_trace t on t.user_id = $1 and t.id = e.dst where ${by}
      on conflict (user_id, src, dst, type) do update set meta = jsonb_set(coalesce(memory_edge.meta, '{"as": {}}'), array['as', $2], excluded.meta->'as'->$2)`,
    [...params, entityUuid(user.id, to)])
    await this.sql.run(scope, `delete from memory_edge e using memory_trace t where t.user_id = $1 and t.id = e.dst and ${by} and ${SAID} - $2 = '{}'`, params)
    await this.sql.run(scope, `update memory_edge e set meta = e.meta #- array['as', $2] where e.user_id = $1 and e.dst = $3 and e.type = 'mentions' and e.meta->'as' ? $2`, params)
  }

  /** Removes a node; connections that somebody made with it go over to its heir. */
  private async remove(user: User, id: string, heir: string | undefined): Promise<void> {
    const scope = { userId: user.id }
    if (heir !== undefined) {
      await this.sql.run(scope, `insert into memory_edge (user_id, src, dst, type, weight, ts, meta)
        select $1, least(far, $3), greatest(far, $3), type, weight, ts, meta
        from (select case when src = $2 then dst else src end as far, type, weight, ts, meta from memory_edge
          where user_id = $1 and (src = $2 or dst = $2) and type in ('related', 'similar')) e
        where far <> $3 on conflict do nothing`, [user.id, id, heir])
    }
    for (const table of ['memory_path', 'memory_activation']) await this.sql.run(scope, `delete from ${table} where user_id = $1 and trace_id = $2`, [user.id, id])
    await this.sql.run(scope, 'delete from memory_edge where user_id = $1 and (src = $2 or dst = $2)', [user.id, id])
    await this.sql.run(scope, 'delete from memory_trace where user_id = $1 and id = $2', [user.id, id])
  }

  private trace(user: User, node: Plan['save'][number], at: { readonly occurredAt: Date; readonly createdAt: Date }): NewTrace {
    const id = entityUuid(user.id, node.key)
    return {
      id, occurredAt: at.occurredAt, createdAt: at.createdAt, kind: 'entity', role: 'system', speaker: null, place: null, content: node.name, retention: 'personal',
      sessionId: null, project: null, agentId: null, salience: 0.5, confidence: 1, category: null, tags: [], source: null, metadata: metadataOf(node), dated: false,
      expiresAt: null, contentKey: this.secrets.hash('content', `entity:${id}`), terms: new Map(), words: 0, tells: 0,
    }
  }
}

function metadataOf({ key, type, aliases }: Plan['save'][number]): { [key: string]: string | string[] } {
  return { type, key, first: firstWord(key), ...(aliases.length > 0 ? { aliases: [...aliases] } : {}) }
}
