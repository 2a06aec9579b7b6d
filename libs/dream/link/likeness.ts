import { cosine, type Vector } from '#kernel'
import type { DerivedEdge } from '../change'
import { nextTurn } from '../turns'

/** What may be like something else. */
export interface Candidate {
  readonly id: string
  readonly vector: Vector
  /** Of the day itself: only its likenesses are looked for. */
  readonly fresh: boolean
  /** Where it stands in its session; neighbours are told by `next`. */
  readonly place?: { readonly session: string | null; readonly at: number }
}

/** Likenesses of one trace that are kept. */
const NEAREST = 3
/** How far above the likeness of any two a pair must stand, in standard deviations: models differ in what a cosine means. */
const ABOVE = 1.5
/** However little else is alike, as on a day of few words: what means much the same has more with every model that was looked at. */
const LEAST = 0.5
/** What matched. The weight is the cosine. */
const ALIKE = { matched: 'vectors' }
/** Turns so near to each other are about the same anyway. */
const NEAR = 2

/**
 * Pairs of traces that mean much the same: each is among the nearest of the other, and they are clearly more alike than two of them mostly
 * are. Of n traces of the day and m before it n · (n + m) are compared. Pure; the event loop turns meanwhile.
 */
export async function likenesses(candidates: readonly Candidate[]): Promise<DerivedEdge[]> {
  const nearest = candidates.map((): { to: number; weight: number }[] => [])
  let [n, sum, squares] = [0, 0, 0]
  for (const [i, a] of candidates.entries()) {
    if (!a.fresh) continue
    if (i % 16 === 15) await nextTurn()
    for (const [j, b] of candidates.entries()) {
      if (b.fresh && j <= i) continue
      const weight = cosine(a.vector, b.vector)
      n++
      sum += weight
      squares += weight * weight
      if (a.place && b.place && a.place.session === b.place.session && Math.abs(a.place.at - b.place.at) <= NEAR) continue
      keep(nearest[i]!, { to: j, weight })
      keep(nearest[j]!, { to: i, weight })
    }
  }
  const mean = sum / Math.max(1, n)
  const least = Math.max(LEAST, mean + ABOVE * Math.sqrt(Math.max(0, squares / Math.max(1, n) - mean * mean)))
  return candidates.flatMap((a, i) => nearest[i]!.flatMap(({ to, weight }): DerivedEdge[] => {
    const mutual = to > i && weight >= least && nearest[to]!.some((other) => other.to === i)
    return mutual ? [{ src: a.id, dst: candidates[to]!.id, type: 'similar', weight: Math.round(Math.min(1, Math.max(0, weight)) * 1e4) / 1e4, meta: ALIKE }] : []
  }))
}

function keep(list: { to: number; weight: number }[], one: { to: number; weight: number }): void {
  list.push(one)
  list.sort((a, b) => b.weight - a.weight || a.to - b.to)
  list.length = Math.min(list.length, NEAREST)
}
