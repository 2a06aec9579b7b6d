import type { DreamSchedule } from './schedule'

/** What dreaming needs to know of the configuration. Injection token. */
export class DreamSettings {
  constructor(
    readonly schedule: DreamSchedule,
    /** IANA zone of users who named none. */
    readonly timeZone: string,
    /** Days within which a dream can be taken back. */
    readonly undoDays: number,
  ) {}
}
