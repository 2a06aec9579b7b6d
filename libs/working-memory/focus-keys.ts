import { FOCUS_HALF_LIFE_MS, type FocusItem } from './focus-buffer'

/**
 * Everything decays alike, so the order of strength never changes with time: log2 of the weight plus the half-lives until it entered is
 * a constant score, and a sorted set needs no sweep. Weight 0 is minus infinity, which Redis knows.
 */
export function constantStrength({ weight, at }: Pick<FocusItem, 'weight' | 'at'>): number {
  return Math.log2(weight) + at.getTime() / FOCUS_HALF_LIFE_MS
}

/** The keys of one user; the braces keep them on one node of a cluster, as a script needs. */
export function focusKeys(prefix: string, userId: string): [items: string, strengths: string, times: string] {
  const root = `${prefix}:focus:{${userId}}`
  return [`${root}:items`, `${root}:strengths`, `${root}:times`]
}

/** Of every user's keys, those that hold the items. */
export function itemsPattern(prefix: string): string {
  return `${prefix.replace(/[*?[\]\\^-]/g, '\\$&')}:focus:{*}:items`
}

/** Whose items a key holds: the id in its braces. */
export function userInKey(key: string): string {
  return /\{([^{}]*)\}:items$/.exec(key)![1]!
}

/** An item as it is kept. */
export function encodeItem(item: FocusItem): string {
  return JSON.stringify({ ...item, at: item.at.getTime() })
}

export function decodeItem(text: string): FocusItem {
  const item = JSON.parse(text) as Omit<FocusItem, 'at'> & { at: number }
  return { ...item, at: new Date(item.at) }
}
