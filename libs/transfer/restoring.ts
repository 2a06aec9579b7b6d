import type { User } from '#kernel'
import type { Checked } from './import.check'
import type { Tally } from './tally'

/** A checked import on its way into the store. */
export interface Restoring extends Checked {
  readonly user: User
  /** IANA zone in which the user's days begin. */
  readonly zone: string
  /** false: only counts what would be done. */
  readonly write: boolean
  readonly tally: Tally
  /** By id, sessions that were there and have gone their own way: first place of a block for the turns that come. */
  readonly blocks: Map<string, number>
  /** Ids of sessions that are not, or not only, what the import says of them. */
  readonly changed: Set<string>
}
