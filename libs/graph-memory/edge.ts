/** Directed, except the symmetric ones of SYMMETRIC, which are kept once with src < dst. Weight is 0..1. */
export interface Edge {
  readonly src: string
  readonly dst: string
  readonly type: string
  readonly weight: number
}

export type EdgeName = Pick<Edge, 'src' | 'dst' | 'type'>

/** What may change of an edge. */
export interface EdgeState {
  readonly weight: number
  readonly meta?: Readonly<Record<string, unknown>>
}

export type WholeEdge = EdgeName & EdgeState

/** Connections that a caller may make and take back. The others follow from what was said, and forgetting relies on them. */
export const CONNECTION_TYPES = ['related', 'similar'] as const
export type ConnectionType = (typeof CONNECTION_TYPES)[number]

const SYMMETRIC: ReadonlySet<string> = new Set([...CONNECTION_TYPES, 'same_topic', 'contradicts'])

/** The edge as it is stored: a symmetric one from the smaller id to the greater. */
export function placed<E extends EdgeName>(edge: E): E {
  return SYMMETRIC.has(edge.type) && edge.src > edge.dst ? { ...edge, src: edge.dst, dst: edge.src } : edge
}
