import { UndirectedGraph } from 'graphology'
import louvain from 'graphology-communities-louvain'

/** How strongly two traces belong together. */
export interface Tie {
  readonly a: string
  readonly b: string
  /** More than 0; several ties of a pair add up. */
  readonly weight: number
}

/** A larger group is divided again by its own ties: a conversation of 400 turns falls into twenty groups about everything, and these into some that one can name. */
const LARGEST = 32
/** Below 1, a small group stays whole though some of it is tied more closely; a large one is divided at 1. */
const COARSE = 0.5

/**
 * Groups of nodes that are tied among themselves more than to the rest (Blondel et al., "Fast unfolding of communities in large networks",
 * 2008), large ones divided again, the largest first, lone nodes left out. The same graph gives the same groups, whatever the order of its
 * parts. Pure.
 */
export function communities(ties: readonly Tie[]): string[][] {
  return divided(ties, COARSE).filter((group) => group.length > 1).map((group) => group.sort()).sort((a, b) => b.length - a.length || (a[0]! < b[0]! ? -1 : 1))
}

function divided(ties: readonly Tie[], resolution: number): string[][] {
  const groups = partition(ties, resolution)
  if (groups.length < 2 && resolution === 1) return groups
  return groups.flatMap((group) => {
    if (group.length <= LARGEST) return [group]
    const ids = new Set(group)
    return divided(ties.filter(({ a, b }) => ids.has(a) && ids.has(b)), 1)
  })
}

function partition(ties: readonly Tie[], resolution: number): string[][] {
  const sums = new Map<string, Tie>()
  for (const { a, b, weight } of ties) {
    if (a === b) continue
    const [from, to] = a < b ? [a, b] : [b, a]
    const key = `${from} ${to}`
    sums.set(key, { a: from, b: to, weight: (sums.get(key)?.weight ?? 0) + weight })
  }
  const graph = new UndirectedGraph<object, { weight: number }>()
  for (const node of [...new Set([...sums.values()].flatMap(({ a, b }) => [a, b]))].sort()) graph.addNode(node)
  for (const [, { a, b, weight }] of [...sums].sort(([a], [b]) => (a < b ? -1 : 1))) graph.addEdge(a, b, { weight })
  if (graph.size === 0) return []
  const groups = new Map<number, string[]>()
  const found = louvain(graph, { getEdgeWeight: 'weight', resolution, rng: random() })
  for (const [node, community] of Object.entries(found)) groups.set(community, [...(groups.get(community) ?? []), node])
  return [...groups.values()]
}

/** Numbers of 0..1 that are the same each time (mulberry32): the method walks the nodes in an order drawn by lot. */
function random(): () => number {
  let state = 0x9e3779b9
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
