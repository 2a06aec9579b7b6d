import { type Entity, nameKey } from '#language'
import { canonicalKeys } from './canonical'

/** The trace of an entity. */
export interface Node {
  readonly id: string
  readonly key: string
  /** As it was first written. */
  readonly name: string
  readonly type: Entity['type']
  /** Other names that memories use of it. */
  readonly aliases: readonly string[]
  readonly occurredAt: Date
  readonly createdAt: Date
}

/** A name that living memories use, and the key of the node that these mention by it; undefined for one that is new. */
export interface Surface extends Entity {
  readonly at: string | undefined
}

/** What must change so that every name leads to the trace that it stands for. */
export interface Plan {
  /** The key of the node that each name stands for, by the name's own key. */
  readonly canonical: ReadonlyMap<string, string>
  /** Nodes to be made or changed. */
  readonly save: readonly Omit<Node, 'id' | 'occurredAt' | 'createdAt'>[]
  /** Mentions by a name that lead elsewhere now. Keys. */
  readonly moves: readonly { readonly name: string; readonly from: string; readonly to: string }[]
  /** Nodes that no name leads to any more, with the one that took their names, if one did. Keys. */
  readonly gone: readonly { readonly key: string; readonly to: string | undefined }[]
}

/** The names that a node is known to have, without asking its mentions; of an alias the type is not known. */
export function surfacesOf(node: Node): Surface[] {
  return [
    { key: node.key, name: node.name, type: node.type, at: node.key },
    ...node.aliases.map((name): Surface => ({ key: nameKey(name), name, type: 'other', at: node.key })),
  ]
}

/** Adds names that are said now: of one name the first spelling stays, and the first type that says something. */
export function withSaid(known: readonly Surface[], said: readonly Entity[]): Surface[] {
  const all = [...known]
  const places = new Map(all.map((one, i) => [one.key, i]))
  for (const entity of said) {
    const at = places.get(entity.key)
    if (at === undefined) places.set(entity.key, all.push({ ...entity, at: undefined }) - 1)
    else if (all[at]!.type === 'other') all[at] = { ...all[at]!, type: entity.type }
  }
  return all
}

/** @param surfaces of all names that share their first words with one another */
export function planOf(nodes: readonly Node[], surfaces: readonly Surface[]): Plan {
  const names = new Map<string, Surface>()
  for (const one of surfaces) if (!names.has(one.key)) names.set(one.key, one)
  const canonical = canonicalKeys([...names.values()])
  const there = new Map(nodes.map((node) => [node.key, node]))
  const wanted = new Set(canonical.values())
  const save = [...wanted].map((key) => {
    const { name, type } = names.get(key)!
    return { key, name, type, aliases: [...names.values()].filter((one) => one.key !== key && canonical.get(one.key) === key).map((one) => one.name).sort() }
  }).filter((node) => !isSame(node, there.get(node.key)))
  return {
    canonical,
    save,
    moves: surfaces.flatMap(({ key, at }) => (at === undefined || at === canonical.get(key) ? [] : [{ name: key, from: at, to: canonical.get(key)! }])),
    gone: nodes.filter((node) => !wanted.has(node.key)).map(({ key }) => ({ key, to: canonical.get(key) })),
  }
}

function isSame(node: Plan['save'][number], there: Node | undefined): boolean {
  return there !== undefined && node.name === there.name && node.type === there.type && node.aliases.join('\n') === [...there.aliases].sort().join('\n')
}
