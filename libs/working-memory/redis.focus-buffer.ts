import type { Redis, Result } from 'ioredis'
import { type Clock, ReverieError, type User } from '#kernel'
import { byStrength, FocusBuffer, type FocusItem, type FocusLimits } from './focus-buffer'
import { constantStrength, decodeItem, encodeItem, focusKeys, itemsPattern, userInKey } from './focus-keys'
import { rewriteFiles } from './redis-files'
import { ADD, REMOVE } from './redis-scripts'

declare module 'ioredis' {
  interface RedisCommander<Context> {
    focusAdd(...args: (string | number)[]): Result<number, Context>
    focusRemove(...args: string[]): Result<number, Context>
  }
}

/** Keys looked at in one step of a count. */
const SCAN_COUNT = 1_000

/** Working memory in Redis, one for all processes. It holds what its users said: keys carry the prefix and end with their life. */
export class RedisFocusBuffer extends FocusBuffer {
  readonly backend = 'redis'

  /** @param prefix of every key */
  constructor(private readonly redis: Redis, private readonly clock: Clock, private readonly limits: FocusLimits, private readonly prefix: string) {
    super()
    redis.defineCommand('focusAdd', { numberOfKeys: 3, lua: ADD })
    redis.defineCommand('focusRemove', { numberOfKeys: 3, lua: REMOVE })
  }

  async add(user: User, items: readonly FocusItem[]): Promise<void> {
    if (items.length === 0) return
    const now = this.clock.now()
    const latest = new Map(items.map((item) => [item.id, item]))
    // Of a long batch, what would not stay is not sent.
    const kept = byStrength(latest.values(), now).slice(0, this.limits.maxItems).map(({ id }) => latest.get(id)!)
    const life = this.limits.ttlSeconds * 1000
    await this.attempt(0, () => this.redis.focusAdd(
      ...focusKeys(this.prefix, user.id), now.getTime() - life, life, this.limits.maxItems,
      ...kept.flatMap((item) => [item.id, score(constantStrength(item)), item.at.getTime(), encodeItem(item)]),
    ))
  }

  async list(user: User, sessionId?: string): Promise<FocusItem[]> {
    const now = this.clock.now()
    const oldest = now.getTime() - this.limits.ttlSeconds * 1000
    const values = await this.attempt([], () => this.redis.hvals(focusKeys(this.prefix, user.id)[0]))
    const live = values.map(decodeItem).filter((item) => item.at.getTime() >= oldest && (sessionId === undefined || item.sessionId === sessionId))
    return byStrength(live, now).slice(0, this.limits.maxItems)
  }

  async remove(user: User, ids?: readonly string[]): Promise<number> {
    if (ids?.length === 0) return 0
    return this.attempt(0, () => this.redis.focusRemove(...focusKeys(this.prefix, user.id), ...(ids ?? [])))
  }

  /** Counts in steps: no state of its own that could drift when Redis evicts, and no step that blocks it. */
  async size(): Promise<number> {
    return this.attempt(0, async () => {
      let size = 0
      for await (const keys of this.pages()) {
        const lengths = await Promise.all(keys.map((key) => this.redis.hlen(key)))
        size = lengths.reduce((sum, length) => sum + length, size)
      }
      return size
    })
  }

  async* users(): AsyncGenerator<string> {
    const pages = this.pages()
    for (let page = await this.attempt(undefined, () => pages.next()); page && !page.done; page = await this.attempt(undefined, () => pages.next())) {
      yield* page.value.map(userInKey)
    }
  }

  async rewrite(signal: AbortSignal): Promise<string[]> {
    return this.attempt([], () => rewriteFiles(this.redis, signal))
  }

  /** Ends the connection; safe to call again. */
  close(): void {
    this.redis.disconnect()
  }

  /** Keys of items, found in steps. */
  private async* pages(): AsyncGenerator<string[]> {
    let cursor = '0'
    do {
      const [next, keys] = await this.redis.scan(cursor, 'MATCH', itemsPattern(this.prefix), 'COUNT', SCAN_COUNT)
      yield keys
      cursor = next
    } while (cursor !== '0')
  }

  private async attempt<T>(empty: T, operation: () => Promise<T>): Promise<T> {
    try {
      return await operation()
    } catch (cause) {
      if (cause instanceof ReverieError) throw cause
      // A server that hangs would let every caller wait for the limit: the next ones are refused at once until it answers a new
      // connection. Broken off, for a polite end would wait for the other side.
      if (isTimeout(cause)) this.redis.stream.destroy()
      return this.outOfReach(empty, cause)
    }
  }
}

/** Redis' own words for infinities. */
function score(strength: number): string {
  return strength === -Infinity ? '-inf' : String(strength)
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === 'Command timed out'
}
