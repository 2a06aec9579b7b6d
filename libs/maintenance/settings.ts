import type { Ages } from '#episodic-memory'

/** What maintenance needs to know of the configuration. Injection token. */
export abstract class MaintenanceSettings {
  /** When it begins, as a cron expression; undefined: only when asked. */
  abstract readonly schedule: string | undefined
  /** IANA zone of the schedule. */
  abstract readonly timeZone: string
  abstract readonly ages: Ages
  /** Signatures of one user above which they are indexed. */
  abstract readonly indexThreshold: number
}
