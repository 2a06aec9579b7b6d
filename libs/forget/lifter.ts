import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { type Tombstone, Tombstones, UserStore } from '#episodic-memory'
import type { User } from '#kernel'

/** Lifting tombstones. */
@Injectable()
export class Lifter {
  constructor(private readonly sql: Sql, private readonly users: UserStore, private readonly tombstones: Tombstones) {}

  /** What the tombstone kept away may come back from now on; undefined when the user has no such tombstone. */
  async lift(user: User, id: string): Promise<Tombstone | undefined> {
    return this.sql.transaction({ userId: user.id }, async () => {
      await this.users.lockKnown(user)
      return this.tombstones.lift(user, id)
    })
  }
}
