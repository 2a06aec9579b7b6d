import type { Ages } from '#episodic-memory'

/** What recalling needs to know of the configuration. Injection token. */
export class RecallSettings {
  constructor(
    /** How old months become. */
    readonly ages: Ages,
    /** IANA zone of users who named none. */
    readonly timeZone: string,
  ) {}
}
