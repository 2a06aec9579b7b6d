import { Injectable } from '@nestjs/common'
import type { JsonObject } from '#episodic-memory'
import { EdgeStore, type WholeEdge } from '#graph-memory'
import { entityUuid, type User } from '#kernel'
import type { Entity } from '#language'
import { firstWord } from './canonical'
import { EntityStore } from './entity.store'
import { planOf, surfacesOf, withSaid } from './plan'

/** Who and what a memory names. */
export interface Mention {
  readonly trace: string
  readonly entities: readonly Entity[]
}

/**
 * One trace for everybody and everything that a user's memories name, whatever name they use of it. Which names are one follows from
 * the names that living memories use, and from nothing else; each mention keeps the name that it used, so that a merge can be undone when
 * a second Marta turns up. Call inside a transaction, under the user's lock.
 */
@Injectable()
export class Entities {
  constructor(private readonly store: EntityStore, private readonly edges: EdgeStore) {}

  /** Connects new memories with what they name. */
  async mention(user: User, mentions: readonly Mention[], at: { readonly occurredAt: Date; readonly createdAt: Date }): Promise<void> {
    const said = mentions.flatMap((m) => m.entities)
    if (said.length === 0) return
    const nodes = await this.store.byFirstWords(user, [...new Set(said.map((entity) => firstWord(entity.key)))])
    let plan = planOf(nodes, withSaid(nodes.flatMap(surfacesOf), said))
    // A merge, or its end: what the nodes leave out decides, too. Seldom, for it reads every mention of them.
    if (plan.moves.length > 0) plan = planOf(nodes, withSaid(await this.store.surfaces(user, nodes), said))
    await this.store.apply(user, nodes, plan, at)
    await this.edges.insert(user.id, mentions.flatMap((mention) => edgesOf(user, mention, plan.canonical)), at.createdAt)
  }

  /**
   * Settles anew what names stand for when mentions of these traces are gone: what nothing mentions goes, an alias that nobody uses goes, and
   * names fall together or apart as if the forgotten had never been said. Answers the ids of the entities that went or changed.
   */
  async settle(user: User, ids: readonly string[], now: Date): Promise<string[]> {
    const nodes = await this.store.byFirstWords(user, await this.store.firstWordsOf(user, ids))
    const plan = planOf(nodes, await this.store.surfaces(user, nodes))
    await this.store.apply(user, nodes, plan, { occurredAt: now, createdAt: now })
    return [...plan.save, ...plan.gone].map(({ key }) => entityUuid(user.id, key))
  }
}

/** One edge to each node, with the names that were used of it. */
function edgesOf(user: User, { trace, entities }: Mention, canonical: ReadonlyMap<string, string>): WholeEdge[] {
  const said = new Map<string, JsonObject>()
  for (const { key, name, type } of entities) said.set(canonical.get(key)!, { ...said.get(canonical.get(key)!), [key]: { name, type } })
  return [...said].map(([key, as]) => ({ src: trace, dst: entityUuid(user.id, key), type: 'mentions', weight: 1, meta: { as } }))
}
