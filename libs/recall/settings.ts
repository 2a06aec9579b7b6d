/** What recalling needs to know of the configuration. Injection token. */
export class RecallSettings {
  constructor(
    /** Days within which a month counts as hot. */
    readonly hotDays: number,
    /** IANA zone of users who named none. */
    readonly timeZone: string,
  ) {}
}
