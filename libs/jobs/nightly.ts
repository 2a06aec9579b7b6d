import { CronExpressionParser } from 'cron-parser'

/** The last instant of a schedule at `now` or before, in a time zone. `cron` has five fields. Pure. */
export function lastTime(cron: string, now: Date, zone: string): Date {
  // `prev` is before the date that it is given, and a night begins on the second.
  return CronExpressionParser.parse(cron, { tz: zone, currentDate: new Date(now.getTime() + 1) }).prev().toDate()
}
