import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import type { User } from '#kernel'
import { DreamService } from './dream.service'
import { RunStore } from './run.store'
import { localDay } from './schedule'
import { DreamSettings } from './settings'

/** Users planned at once; open runs looked after at once. */
const BATCH = 500
/** The dreams of one night begin within this time, so that not everybody dreams in the same minute. */
const SPREAD_MS = 3_600_000

/** Plans the dreams of everybody whose night has come, also of nights that passed while nobody was there to plan them. */
@Injectable()
export class Night {
  constructor(private readonly sql: Sql, private readonly dreams: DreamService, private readonly runs: RunStore, private readonly settings: DreamSettings) {}

  async plan(now: Date): Promise<void> {
    for (const { userId, id } of await this.runs.open(BATCH)) await this.dreams.enqueue(userId, id)
    if (this.settings.schedule.off) return
    const zones = await this.sql.many<{ zone: string }>('maintenance', 'select distinct coalesce(time_zone, $1) as zone from memory_user', [this.settings.timeZone])
    for (const { zone } of zones) {
      const night = this.settings.schedule.lastNight(now, zone)
      if (night) await this.planZone(zone, night, now)
    }
  }

  private async planZone(zone: string, night: Date, now: Date): Promise<void> {
    for (;;) {
      // Someone whose first memory is younger than the night was not there yet.
      const users = await this.sql.many<User>('maintenance', `select id, external_id as "externalId" from memory_user
        where coalesce(time_zone, $1) = $2 and coalesce(dreamt_at, created_at) < $3 order by id limit $4`, [this.settings.timeZone, zone, night, BATCH])
      for (const user of users) {
        const begin = night.getTime() + offsetOf(user.id)
        await this.dreams.consolidateBefore(user, localDay(night, zone), Math.max(0, begin - now.getTime()))
        // Last: a night whose planning broke off is planned again, and its runs are there only once.
        await this.sql.run('maintenance', 'update memory_user set dreamt_at = greatest(dreamt_at, $2) where id = $1', [user.id, night])
      }
      if (users.length < BATCH) return
    }
  }
}

/** Milliseconds after the night's beginning at which a user's dream begins: the same each night. */
export function offsetOf(userId: string): number {
  return Math.floor((Number.parseInt(userId.slice(0, 8), 16) / 2 ** 32) * SPREAD_MS)
}
