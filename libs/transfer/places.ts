import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { SESSION_SPAN, UserStore } from '#episodic-memory'
import { sessionUuid } from '#kernel'
import type { Place } from './format'
import type { Restoring } from './restoring'

interface Seat {
  readonly place: Place
  readonly sessionId: string | null
}

/** Finds places on the user's line for what an import brings. Call under UserStore.lock(). */
@Injectable()
export class Places {
  constructor(private readonly sql: Sql, private readonly users: UserStore) {}

  /** Beside its neighbours, or, where another stands already, alone; none for what had none. */
  async find({ user, blocks }: Pick<Restoring, 'user' | 'blocks'>, seats: readonly Seat[]): Promise<(number | null)[]> {
    const sessions = [...new Set(seats.flatMap(({ sessionId }) => (sessionId === null ? [] : [sessionUuid(user.id, sessionId)])))]
    const starts = new Map([...await this.starts(user.id, sessions), ...blocks])
    const wanted = seats.map(({ place, sessionId }) => {
      const start = typeof place === 'number' ? starts.get(sessionUuid(user.id, sessionId!)) : undefined
      // A session that was forgotten since the import began has no block any more.
      return typeof place !== 'number' ? place : start === undefined ? 'alone' : start + place
    })
    const taken = await this.taken(user.id, wanted.filter((place) => typeof place === 'number'))
    const settled = wanted.map((place) => {
      if (typeof place !== 'number') return place
      if (taken.has(place)) return 'alone'
      taken.add(place)
      return place
    })
    const lone = await this.users.takeLonePlaces(user, settled.filter((place) => place === 'alone').length)
    return settled.map((place) => (place === 'alone' ? lone.shift()! : place))
  }

  /** Where the blocks of these sessions begin. */
  private async starts(userId: string, ids: readonly string[]): Promise<[string, number][]> {
    const rows = await this.sql.many<{ id: string; start: string }>({ userId },
      `select id, block_end - ${SESSION_SPAN} as start from memory_session where user_id = $1 and id = any($2::uuid[])`, [userId, ids])
    return rows.map(({ id, start }) => [id, Number(start)])
  }

  private async taken(userId: string, places: readonly number[]): Promise<Set<number>> {
    const rows = await this.sql.many<{ place: string }>({ userId }, 'select place from memory_trace where user_id = $1 and place = any($2::bigint[])', [userId, places])
    return new Set(rows.map((row) => Number(row.place)))
  }
}
