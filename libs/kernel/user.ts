import { userUuid } from './ids'

/** A user as a caller names them, with the id under which everything of theirs is kept. */
export interface User {
  readonly id: string
  readonly externalId: string
}

export function userOf(externalId: string): User {
  return { id: userUuid(externalId), externalId }
}
