import { DateTime } from 'luxon'
import { lastTime } from '#jobs'

/** When nights are, by a cron expression in each user's time zone; undefined: never. Pure. */
export class DreamSchedule {
  constructor(private readonly cron: string | undefined) {}

  get off(): boolean {
    return this.cron === undefined
  }

  /** The last night at `now` or before, for people in `zone`; undefined when there is none. */
  lastNight(now: Date, zone: string): Date | undefined {
    return this.cron === undefined ? undefined : lastTime(this.cron, now, zone)
  }

  /** What is said of it at start: when, and how to change that. */
  describe(): string {
    if (this.cron === undefined) return 'dreams only when asked (DREAM_SCHEDULE=off)'
    const daily = /^(\d{1,2}) (\d{1,2}) \* \* \*$/.exec(this.cron)
    const when = daily ? `every night at ${daily[2]!.padStart(2, '0')}:${daily[1]!.padStart(2, '0')}` : `by the schedule ${this.cron}`
    return `dreams ${when} in each user's time zone; DREAM_SCHEDULE=off turns that off`
  }
}

/** The local day of an instant, like 2025-05-08. */
export function localDay(at: Date, zone: string): string {
  return DateTime.fromJSDate(at, { zone }).toISODate()!
}
