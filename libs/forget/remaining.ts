import { terms } from '#language'

/** A trace that was derived, and what its sources say with the name of who says it: those that go, and those that stay. */
export interface Derived {
  readonly content: string
  /** The sources of each line, where the dream has kept them. */
  readonly sentences: readonly (readonly string[])[] | null
  /** It says what each of its sources says by itself, in words of its own: a fact. */
  readonly whole?: boolean
  readonly goneIds: readonly string[]
  readonly gone: readonly string[]
  readonly kept: readonly string[]
}

export interface Remaining {
  readonly content: string
  readonly sentences: readonly (readonly string[])[] | null
}

/**
 * What stays of a derived trace when some of its sources are forgotten, line by line. A line whose sources are kept goes with any of them: what it
 * takes from which nobody knows. Another goes when only the forgotten say it, word for word; or, if it is in nobody's words, when it has a word
 * that only they say. A fact stays as it is: each of its sources says it. Nothing stays of what has no source left. Pure.
 */
export function remaining({ content, sentences, whole, goneIds, gone, kept }: Derived): Remaining {
  if (whole && kept.length > 0) return { content, sentences }
  const lines = content.split('\n')
  const cited = sentences?.length === lines.length ? sentences : null
  const ids = new Set(goneIds)
  const [forgotten, known] = [new Set(gone.flatMap(terms)), new Set(kept.flatMap(terms))]
  const stays = (line: string, i: number): boolean => {
    if (kept.length === 0) return false
    if (cited?.[i]?.length) return !cited[i].some((id) => ids.has(id))
    if (kept.some((text) => text.includes(line))) return true
    return !gone.some((text) => text.includes(line)) && !terms(line).some((term) => forgotten.has(term) && !known.has(term))
  }
  const left = [...lines.keys()].filter((i) => stays(lines[i]!, i))
  return { content: left.map((i) => lines[i]!).join('\n'), sentences: cited && left.map((i) => cited[i]!) }
}
