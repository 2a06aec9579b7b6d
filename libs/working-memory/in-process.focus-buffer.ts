import { type Clock, type User } from '#kernel'
import { byStrength, FocusBuffer, type FocusItem, type FocusLimits } from './focus-buffer'

/** Users kept at once; the one untouched for longest leaves first, so that memory stays bounded. */
const MAX_USERS = 10_000

/** Working memory in this process: what it holds is gone with it, and everything durable is in the store anyway. */
export class InProcessFocusBuffer extends FocusBuffer {
  readonly backend = 'in-process'
  private readonly minds = new Map<string, Map<string, FocusItem>>()

  constructor(private readonly clock: Clock, private readonly limits: FocusLimits) {
    super()
  }

  async add(user: User, items: readonly FocusItem[]): Promise<void> {
    const mind = this.minds.get(user.id) ?? new Map<string, FocusItem>()
    for (const item of items) mind.set(item.id, item)
    this.minds.delete(user.id)
    this.minds.set(user.id, mind)
    const now = this.clock.now()
    this.expire(mind, now)
    for (const item of byStrength(mind.values(), now).slice(this.limits.maxItems)) mind.delete(item.id)
    if (this.minds.size > MAX_USERS) this.minds.delete(this.minds.keys().next().value!)
  }

  async list(user: User, sessionId?: string): Promise<FocusItem[]> {
    const mind = this.minds.get(user.id)
    if (!mind) return []
    const now = this.clock.now()
    this.expire(mind, now)
    return byStrength(mind.values(), now).filter((item) => sessionId === undefined || item.sessionId === sessionId)
  }

  async remove(user: User, ids?: readonly string[]): Promise<number> {
    const mind = this.minds.get(user.id)
    if (!mind) return 0
    if (!ids) {
      this.minds.delete(user.id)
      return mind.size
    }
    return ids.filter((id) => mind.delete(id)).length
  }

  async* users(): AsyncGenerator<string> {
    yield* [...this.minds.keys()]
  }

  async size(): Promise<number> {
    let size = 0
    for (const mind of this.minds.values()) size += mind.size
    return size
  }

  /** It never lies on a disk. */
  async rewrite(): Promise<string[]> {
    return []
  }

  private expire(mind: Map<string, FocusItem>, now: Date): void {
    const oldest = now.getTime() - this.limits.ttlSeconds * 1000
    for (const item of mind.values()) if (item.at.getTime() < oldest) mind.delete(item.id)
  }
}
