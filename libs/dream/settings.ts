import type { DreamSchedule } from './schedule'

/** What dreaming needs to know of the configuration. Injection token. */
export class DreamSettings {
  constructor(
    readonly schedule: DreamSchedule,
    /** IANA zone of users who named none. */
    readonly timeZone: string,
  ) {}
}
