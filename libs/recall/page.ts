import type { Trace } from '#episodic-memory'
import type { Scored } from './fusion'
import { repeats } from './repetition'
import { SIGNALS, type Shares, type Signal } from './recall.types'
import { REPEATED } from './weights'

export interface PageLimits {
  readonly k: number
  readonly threshold: number
  readonly maxTokens?: number
}

/** Something recalled, with its score. */
export type Recalled = Scored & { readonly trace: Trace }

export interface Page<R extends Recalled> {
  readonly results: readonly R[]
  /** What would have been among the first k, and is not; best first. */
  readonly heldBack: readonly { readonly id: string; readonly reason: string }[]
}

/** About four characters a token, as with most tokenizers on English. */
const CHARACTERS_PER_TOKEN = 4

/** Tokens of a text of so many characters, about. */
export function tokensOf(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN)
}

/** Best first; ties by id. */
export function byScore(a: Recalled, b: Recalled): number {
  return b.score - a.score || (a.trace.id < b.trace.id ? -1 : 1)
}

/**
 * The page of the k best. What repeats a better one (see `repeats`) keeps a tenth of its score, whatever k is: it comes after what says
 * something else, and still fills a page that would be short. With a budget of tokens, the best that fit.
 * @param ranked best first
 */
export function pageOf<R extends Recalled>(ranked: readonly R[], { k, threshold, maxTokens }: PageLimits): Page<R> {
  const firsts: Trace[] = []
  const marked = ranked.map((one) => {
    // What was corrected is there because it was asked for.
    const first = one.trace.supersededBy === null ? firsts.find((other) => repeats(one.trace, other)) : undefined
    if (first === undefined) firsts.push(one.trace)
    return first === undefined ? { one, of: undefined } : { one: lessened(one), of: first.id }
  })
  const held = new Map<string, string>()
  for (const { one, of } of marked.slice(0, k)) if (of !== undefined) held.set(one.trace.id, `duplicate of ${of}`)
  const results: R[] = []
  let left = maxTokens ?? Infinity
  const order = marked.map(({ one }) => one).filter((one) => one.score >= threshold).sort(byScore)
  for (const [place, one] of order.entries()) {
    if (results.length === k) break
    const cost = tokensOf(one.trace.content.length)
    if (cost <= left) {
      left -= cost
      results.push(one)
      held.delete(one.trace.id)
    } else if (place < k && !held.has(one.trace.id)) held.set(one.trace.id, 'max_tokens')
  }
  const place = new Map(ranked.map((one, i) => [one.trace.id, i]))
  return { results, heldBack: [...held].sort(([a], [b]) => place.get(a)! - place.get(b)!).map(([id, reason]) => ({ id, reason })) }
}

function lessened<R extends Recalled>(one: R): R {
  const shares = Object.fromEntries(SIGNALS.map((signal) => [signal, one.shares[signal] * REPEATED])) as Record<Signal, number> satisfies Shares
  return { ...one, score: one.score * REPEATED, shares }
}
