import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { Clock, type User } from '#kernel'

/** Places that a trace without neighbours takes. */
const ALONE = 16

export interface StoredUser {
  readonly externalId: string
  readonly timeZone: string | null
  readonly createdAt: Date
}

/** Users as named by callers. A user exists from their first memory (or PUT) on. */
@Injectable()
export class UserStore {
  constructor(private readonly sql: Sql, private readonly clock: Clock) {}

  /** Makes the user if new, and locks their row until the transaction ends: writes of one user happen one after another. */
  async lock(user: User): Promise<void> {
    // Not by `on conflict (id) do update`: of two that make a user at once one would fail, on the name, which is unique as well.
    while (!(await this.lockKnown(user))) {
      await this.sql.run({ userId: user.id }, 'insert into memory_user (id, external_id, created_at) values ($1, $2, $3) on conflict do nothing',
        [user.id, user.externalId, this.clock.now()])
    }
  }

  /** Locks the row of a user who is there; false when there is none, who then is not made. */
  async lockKnown(user: Pick<User, 'id'>): Promise<boolean> {
    return await this.sql.one({ userId: user.id }, 'select 1 as one from memory_user where id = $1 for update', [user.id]) !== undefined
  }

  /** Takes `count` adjacent places. Call under lock(). */
  async takePlaces(user: User, count: number): Promise<number> {
    const row = await this.sql.one<{ first: string }>({ userId: user.id },
      'update memory_user set next_place = next_place + $2 where id = $1 returning next_place - $2 as first', [user.id, count])
    return Number(row!.first)
  }

  /** Takes places for traces that stand alone, so far apart that none is another's neighbour. Call under lock(). */
  async takeLonePlaces(user: User, count: number): Promise<number[]> {
    const first = await this.takePlaces(user, count * ALONE)
    return Array.from({ length: count }, (_, i) => first + i * ALONE)
  }

  /** Keeps the number of traces with words, which word statistics need at each recall. */
  async countTraces(user: User, change: number): Promise<void> {
    await this.sql.run({ userId: user.id }, 'update memory_user set traces = greatest(0, traces + $2) where id = $1', [user.id, change])
  }

  async get(user: User): Promise<StoredUser | undefined> {
    return this.sql.one<StoredUser>({ userId: user.id },
      'select external_id as "externalId", time_zone as "timeZone", created_at as "createdAt" from memory_user where id = $1', [user.id])
  }

  /** The user of an id, as stored. */
  async byId(id: string): Promise<User | undefined> {
    return this.sql.one<User>({ userId: id }, 'select id, external_id as "externalId" from memory_user where id = $1', [id])
  }

  /** The user with most traces; undefined when there is none. */
  async busiest(): Promise<User | undefined> {
    return this.sql.one<User>('maintenance', 'select id, external_id as "externalId" from memory_user order by traces desc, id limit 1')
  }

  async setTimeZone(user: User, timeZone: string): Promise<void> {
    await this.sql.transaction({ userId: user.id }, async () => {
      await this.lock(user)
      await this.sql.run({ userId: user.id }, 'update memory_user set time_zone = $2 where id = $1', [user.id, timeZone])
    })
  }

  /** Sets the zone of a user who is there and has named none. */
  async adoptTimeZone(user: User, timeZone: string): Promise<void> {
    await this.sql.run({ userId: user.id }, 'update memory_user set time_zone = $2 where id = $1 and time_zone is null', [user.id, timeZone])
  }

  /** Users by name. `cursor` is the last name of the page before. */
  async list(page: { cursor?: string; limit: number }): Promise<{ users: StoredUser[]; nextCursor: string | null }> {
    const users = await this.sql.many<StoredUser>('maintenance', `select external_id as "externalId", time_zone as "timeZone", created_at as "createdAt"
      from memory_user where $1::text is null or external_id > $1 order by external_id limit $2`, [page.cursor ?? null, page.limit + 1])
    const more = users.length > page.limit
    const shown = users.slice(0, page.limit)
    return { users: shown, nextCursor: more ? shown.at(-1)!.externalId : null }
  }
}
