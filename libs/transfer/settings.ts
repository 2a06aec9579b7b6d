/** What moving memories needs to know of the configuration. Injection token. */
export class TransferSettings {
  constructor(
    /** IANA zone of users who named none. */
    readonly timeZone: string,
  ) {}
}
