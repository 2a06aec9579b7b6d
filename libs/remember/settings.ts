/** What remembering needs to know of the configuration. Injection token. */
export class RememberSettings {
  constructor(
    /** Below it nothing is stored. 0..1 */
    readonly salienceThreshold: number,
    /** Days after which a task memory expires. */
    readonly taskDays: number,
    /** IANA zone of users who named none. */
    readonly timeZone: string,
  ) {}
}
