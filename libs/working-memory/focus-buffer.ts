import type { User } from '#kernel'

/** One thing in mind. `durable` is false for what was below the salience threshold and lives here alone. */
export interface FocusItem {
  readonly id: string
  readonly content: string
  readonly role: string
  readonly speaker: string | null
  readonly sessionId: string | null
  /** 0..1, how strongly it is in mind; halves within FOCUS_HALF_LIFE_MS. */
  readonly weight: number
  /** When it entered. */
  readonly at: Date
  readonly durable: boolean
}

/** Working memory: a user's few most recent and most active memories. Bounded by count and age. Port and injection token. */
export abstract class FocusBuffer {
  /** Puts items in mind; one that is already there is renewed. The weakest leave when there are too many. */
  abstract add(user: User, items: readonly FocusItem[]): Promise<void>
  /** What is in mind, strongest first, each with its weight of now; only those of a session when one is given. */
  abstract list(user: User, sessionId?: string): Promise<FocusItem[]>
  /** Removes items (all of the user without ids) and answers how many were there. */
  abstract remove(user: User, ids?: readonly string[]): Promise<number>
  /** Items in mind over all users. */
  abstract size(): Promise<number>
}

/** Weight halves in ten minutes: about the length of one topic in a conversation. */
export const FOCUS_HALF_LIFE_MS = 10 * 60 * 1000

/** The weight of an item at an instant: w · 2^(−Δt / half-life). */
export function focusWeight(item: Pick<FocusItem, 'weight' | 'at'>, now: Date): number {
  const age = Math.max(0, now.getTime() - item.at.getTime())
  return item.weight * 2 ** (-age / FOCUS_HALF_LIFE_MS)
}
