import { cosine, type Vector } from '#kernel'
import { direction } from '../direction'
import { mapInTurns } from '../turns'

/** A turn as the segmentation sees it. */
export interface Turn {
  readonly at: Date
  /** Unit vector of what it says; undefined when there is none (yet). */
  readonly vector: Vector | undefined
}

/** A pause after which something else begins, whatever is said, in ms: about what sessions of conversations are told apart by (30 to 60 min). */
const PAUSE = 60 * 60_000
/** Turns on either side of a gap whose meaning is compared: TextTiling's block, in turns rather than in sentences. */
const BLOCK = 4
/**
 * No valley that is less deep is a border: mean and deviation alone find one in any talk. On LoCoMo's development split half of the joins of two
 * sessions are deeper, and one gap in eight within a session (block of 4; with 3 or 6 turns the two are told apart less well).
 */
const LEAST_DEPTH = 0.25
/** A topic lasts at least so many turns: single turns wander. */
const SHORTEST = 4
/** Turns within which a topic can be told from the next at all. */
const FEWEST = 2 * SHORTEST

/**
 * Where a conversation falls apart into episodes: indices at which a new one begins, without 0. A pause begins one; within what is left, a
 * change of topic does, found as TextTiling finds it (Hearst, "TextTiling: Segmenting Text into Multi-paragraph Subtopic Passages",
 * 1997): the likeness of the blocks before and after each gap, how deep each valley of it is beneath the peaks on both sides, and a border
 * where that depth exceeds mean + σ/2 (Hearst's stricter cutoff); likeness is the cosine of mean vectors instead of shared words. Pure.
 * @param turns in their order
 */
export async function borders(turns: readonly Turn[]): Promise<number[]> {
  const starts = [0, ...turns.flatMap((turn, i) => (i > 0 && turn.at.getTime() - turns[i - 1]!.at.getTime() > PAUSE ? [i] : []))]
  const found: number[] = []
  for (const [i, from] of starts.entries()) {
    if (i > 0) found.push(from)
    const vectors = turns.slice(from, starts[i + 1] ?? turns.length).map((turn) => turn.vector)
    found.push(...(await topicBorders(vectors)).map((at) => from + at))
  }
  return found
}

async function topicBorders(vectors: readonly (Vector | undefined)[]): Promise<number[]> {
  if (vectors.length < FEWEST) return []
  const likeness = await mapInTurns(vectors.slice(1), (_, gap) => likenessAt(vectors, gap + 1))
  if (likeness.some((x) => x === undefined)) return []
  const depth = depths(likeness as number[])
  const mean = depth.reduce((a, b) => a + b, 0) / depth.length
  const cutoff = mean + Math.sqrt(depth.reduce((sum, d) => sum + (d - mean) ** 2, 0) / depth.length) / 2
  const deepest = [...depth.keys()].filter((gap) => depth[gap]! > cutoff && depth[gap]! > LEAST_DEPTH).sort((a, b) => depth[b]! - depth[a]! || a - b)
  const chosen: number[] = []
  for (const gap of deepest) {
    const at = gap + 1
    if ([0, vectors.length, ...chosen].every((other) => Math.abs(other - at) >= SHORTEST)) chosen.push(at)
  }
  return chosen.sort((a, b) => a - b)
}

/** Cosine of what is said before and after; undefined when one side has no vector. */
function likenessAt(vectors: readonly (Vector | undefined)[], at: number): number | undefined {
  const [before, after] = [vectors.slice(Math.max(0, at - BLOCK), at), vectors.slice(at, at + BLOCK)].map(direction)
  return before && after && cosine(before, after)
}

/** How far each value lies beneath the nearest peak on its left and on its right, together. */
function depths(values: readonly number[]): number[] {
  const peak = (from: number, step: 1 | -1): number => {
    let best = values[from]!
    for (let i = from + step; i >= 0 && i < values.length && values[i]! >= best; i += step) best = values[i]!
    return best
  }
  return values.map((value, i) => peak(i, -1) + peak(i, 1) - 2 * value)
}
