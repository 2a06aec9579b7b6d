import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { type Tombstone, Tombstones, UserStore } from '#episodic-memory'
import { Clock, type User } from '#kernel'
import { Ledger } from './ledger/ledger'

/** Lifting tombstones. */
@Injectable()
export class Lifter {
  constructor(
    private readonly sql: Sql, private readonly users: UserStore, private readonly tombstones: Tombstones,
    private readonly ledger: Ledger, private readonly clock: Clock,
  ) {}

  /** What the tombstone kept away may come back from now on; undefined when the user has no such tombstone. @throws ReverieError unavailable */
  async lift(user: User, id: string): Promise<Tombstone | undefined> {
    await this.ledger.ready()
    return this.sql.transaction({ userId: user.id }, async () => {
      await this.users.lockKnown(user)
      const lifted = await this.tombstones.lift(user, id)
      if (lifted) await this.ledger.lifted(user, id, this.clock.now())
      return lifted
    })
  }
}
