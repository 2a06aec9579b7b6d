import { AsyncLocalStorage } from 'node:async_hooks'
import { ReverieError, type User } from '#kernel'

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

/** The bounds of one user's working memory. */
export interface FocusLimits {
  readonly maxItems: number
  readonly ttlSeconds: number
}

/** Working memory cannot be reached. */
export class FocusUnavailable extends ReverieError {
  constructor(options?: ErrorOptions) {
    super('unavailable', 'working memory cannot be reached', undefined, options)
    this.name = 'FocusUnavailable'
  }
}

/**
 * Working memory: a user's few most recent and most active memories. Bounded by count and age. Port and injection token.
 * When it is out of reach every operation throws FocusUnavailable, unless the caller goes on without it by `tolerating`.
 */
export abstract class FocusBuffer {
  private readonly tolerance = new AsyncLocalStorage<{ failed: boolean }>()

  abstract readonly backend: 'redis' | 'in-process'
  /** Puts items in mind; one that is already there is renewed. The weakest leave when there are too many. */
  abstract add(user: User, items: readonly FocusItem[]): Promise<void>
  /** What is in mind, strongest first (of equals the greater id), each with its weight of now; only those of a session when one is given. */
  abstract list(user: User, sessionId?: string): Promise<FocusItem[]>
  /** Removes items (all of the user without ids) and answers how many were there. */
  abstract remove(user: User, ids?: readonly string[]): Promise<number>
  /** Users, by their inner ids, who may have something in mind; one may come twice. */
  abstract users(): AsyncIterable<string>
  /** Items in mind over all users. */
  abstract size(): Promise<number>
  /**
   * Has what lies on disk of it written anew, without what left the mind since; answers what was done, a line each.
   * @throws ReverieError forbidden when that is not allowed, unavailable when it does not come to an end
   */
  abstract rewrite(signal: AbortSignal): Promise<string[]>

  /** Does `work` with an empty mind, which keeps nothing, where the buffer is out of reach; `failed` tells whether it was. */
  async tolerating<T>(work: () => Promise<T>): Promise<{ result: T; failed: boolean }> {
    const attempt = { failed: false }
    const result = await this.tolerance.run(attempt, work)
    return { result, failed: attempt.failed }
  }

  /**
   * Takes out of mind what the store has let go, and answers the rest of the items. Whoever puts a memory in mind does it beside the store, so that it may be
   * forgotten at that very moment; and who looks after that may die before.
   * @param existing which of some ids the store has
   */
  async living(user: User, items: readonly FocusItem[], existing: (ids: readonly string[]) => Promise<ReadonlySet<string>>): Promise<FocusItem[]> {
    const durable = items.filter((item) => item.durable).map(({ id }) => id)
    const there = durable.length === 0 ? new Set<string>() : await existing(durable)
    const gone = new Set(durable.filter((id) => !there.has(id)))
    if (gone.size > 0) await this.remove(user, [...gone])
    return items.filter(({ id }) => !gone.has(id))
  }

  /** For adapters that can be out of reach: what an operation answers then. */
  protected outOfReach<T>(empty: T, cause: unknown): T {
    const attempt = this.tolerance.getStore()
    if (!attempt) throw new FocusUnavailable({ cause })
    attempt.failed = true
    return empty
  }
}

/** Weight halves in ten minutes: about the length of one topic in a conversation. */
export const FOCUS_HALF_LIFE_MS = 10 * 60 * 1000

/** The weight of an item at an instant: w · 2^(−Δt / half-life). */
export function focusWeight(item: Pick<FocusItem, 'weight' | 'at'>, now: Date): number {
  const age = Math.max(0, now.getTime() - item.at.getTime())
  return item.weight * 2 ** (-age / FOCUS_HALF_LIFE_MS)
}

/** Items with their weights of now, strongest first; of equals the greater id, which with ids of version 7 is the later one. */
export function byStrength(items: Iterable<FocusItem>, now: Date): FocusItem[] {
  return [...items].map((item) => ({ ...item, weight: focusWeight(item, now) }))
    .sort((a, b) => b.weight - a.weight || (a.id < b.id ? 1 : -1))
}
