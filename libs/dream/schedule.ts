import { CronExpressionParser } from 'cron-parser'
import { DateTime } from 'luxon'

/** When nights are, by a cron expression in each user's time zone; undefined: never. Pure. */
export class DreamSchedule {
  constructor(private readonly cron: string | undefined) {}

  get off(): boolean {
    return this.cron === undefined
  }

  /** The last night at `now` or before, for people in `zone`; undefined when there is none. */
  lastNight(now: Date, zone: string): Date | undefined {
    if (this.cron === undefined) return undefined
    // `prev` is before the date that it is given, and the night begins on the second.
    return CronExpressionParser.parse(this.cron, { tz: zone, currentDate: new Date(now.getTime() + 1) }).prev().toDate()
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
