import { communities, type Tie } from './communities'
import { type Matters, type Topic, topicsOf } from './topics'

/** A trace of the neighbourhood: what happened on the day, and what is near to that. */
export interface Node {
  readonly id: string
  readonly matters: Matters
  readonly salience: number
  readonly at: Date
  /** Ids of clusters that it is a member of. */
  readonly clusters: readonly string[]
}

export interface Neighbourhood {
  readonly nodes: readonly Node[]
  /** Ties that are known beside common matters: similar, of one episode. */
  readonly ties: readonly Tie[]
  /** How rare a term is in the user's memory, above 0. */
  readonly rarity: (this: void, term: string) => number
}

/** A group about something, old or new. */
export interface Cluster {
  /** The cluster that it is, with what has joined; undefined for a new one. */
  readonly is: string | undefined
  /** Members that are in the neighbourhood. */
  readonly members: readonly Node[]
  readonly topics: readonly Topic[]
  /** 0..1: the share of its ties that stay inside, and of its members that say the first topic. */
  readonly confidence: number
}

/** A matter that more of the neighbourhood share ties nobody. */
const HUB_SHARE = 0.1
const HUB_LEAST = 12
/** Weakest likeness by common matters that counts, and the strongest ties kept of one trace. */
const LEAST_LIKENESS = 0.2
const STRONGEST = 6
/** A cluster needs so many members, topics, and this share of members that say its first topic. */
export const LEAST_MEMBERS = 4
const LEAST_TOPICS = 2
const LEAST_COVER = 0.35
/** It is the cluster of which it has this share of its own members that have one, or of that one's that are near. */
const SAME = 0.5

/** Groups of the neighbourhood that one can name, each the cluster that it was before or a new one. Pure. */
export function clustersIn({ nodes, ties, rarity }: Neighbourhood): Cluster[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const all = [...ties.filter((tie) => byId.has(tie.a) && byId.has(tie.b)), ...likeness(nodes, rarity)]
  const taken = new Set<string>()
  return communities(all).flatMap((ids) => {
    const group = ids.map((id) => byId.get(id)!)
    const topics = topicsOf(group.map((node) => node.matters), rarity)
    // Who says none of it belongs to the talk around it.
    const members = group.filter((node) => topics.some(({ term }) => node.matters.has(term)))
    const cover = (topics[0]?.texts ?? 0) / Math.max(1, members.length)
    const is = before(members, nodes, taken)
    if (members.length < LEAST_MEMBERS || (!is && (topics.length < LEAST_TOPICS || cover < LEAST_COVER))) return []
    if (is) taken.add(is)
    return [{ is, members, topics, confidence: Math.round(Math.sqrt(inside(new Set(ids), all) * Math.min(1, cover)) * 100) / 100 }]
  })
}

/** Ties of traces that are about the same: the cosine of their matters by rarity, to each one's nearest. */
function likeness(nodes: readonly Node[], rarity: (term: string) => number): Tie[] {
  const places = new Map<string, number[]>()
  nodes.forEach(({ matters }, i) => {
    for (const term of matters.keys()) places.set(term, [...(places.get(term) ?? []), i])
  })
  const hub = Math.max(HUB_LEAST, HUB_SHARE * nodes.length)
  const norms = nodes.map(({ matters }) => Math.hypot(...[...matters.keys()].map(rarity)) || 1)
  const near = nodes.map(() => new Map<number, number>())
  for (const [term, where] of places) {
    if (where.length < 2 || where.length > hub) continue
    const weight = rarity(term) ** 2
    for (const i of where) for (const j of where) if (i !== j) near[i]!.set(j, (near[i]!.get(j) ?? 0) + weight / (norms[i]! * norms[j]!))
  }
  return near.flatMap((others, i) => [...others].filter(([, like]) => like >= LEAST_LIKENESS).sort(([a, x], [b, y]) => y - x || a - b).slice(0, STRONGEST)
    .map(([j, like]) => ({ a: nodes[i]!.id, b: nodes[j]!.id, weight: like })))
}

/** The cluster that most of a group's members belong to, if it is that one again and no larger group was. */
function before(members: readonly Node[], nodes: readonly Node[], taken: ReadonlySet<string>): string | undefined {
  const shared = new Map<string, number>()
  for (const { clusters } of members) for (const id of clusters) if (!taken.has(id)) shared.set(id, (shared.get(id) ?? 0) + 1)
  const [best] = [...shared].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  if (!best) return undefined
  const [id, n] = best
  const settled = members.filter((member) => member.clusters.length > 0).length
  const near = nodes.filter((node) => node.clusters.includes(id)).length
  return n >= SAME * settled || n >= SAME * near ? id : undefined
}

/** The share of the weight of ties at a group that stays inside. */
function inside(group: ReadonlySet<string>, ties: readonly Tie[]): number {
  let within = 0
  let out = 0
  for (const { a, b, weight } of ties) {
    if (group.has(a) && group.has(b)) within += weight
    else if (group.has(a) || group.has(b)) out += weight
  }
  return within + out === 0 ? 0 : within / (within + out)
}
