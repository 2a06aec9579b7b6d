import { v5, v7, validate } from 'uuid'

/** Root of every name-based id of this product; changing it would orphan all stored data. */
const NAMESPACE = '5f0c1f0e-6d1b-5a54-9a3e-7d4c0a6a2b11'

let sequence = 0

/** A time-ordered id (uuid v7) that sorts by `at`, then by order of creation in this process. */
export function newId(at: Date): string {
  sequence = (sequence + 1) >>> 0
  return v7({ msecs: at.getTime(), seq: sequence })
}

/**
 * An id that is the same for the same name and instant, in the form of a v7: among ids of the store it stands where others of its time do.
 * Times outside of what a v7 can say are brought to its ends.
 */
export function timedId(at: Date, name: string): string {
  const random = v5(name, NAMESPACE).slice(15)
  const ms = Math.min(Math.max(at.getTime(), 0), 2 ** 48 - 1).toString(16).padStart(12, '0')
  return `${ms.slice(0, 8)}-${ms.slice(8)}-7${random}`
}

/** The uuid of a caller's user name; the same name always gives the same uuid, so no look-up is needed. */
export function userUuid(externalId: string): string {
  return v5(`user:${externalId}`, NAMESPACE)
}

/** The uuid of a caller's session name within one user. */
export function sessionUuid(userId: string, externalId: string): string {
  return v5(`session:${userId}:${externalId}`, NAMESPACE)
}

/** The uuid of an entity's canonical name within one user. */
export function entityUuid(userId: string, name: string): string {
  return v5(`entity:${userId}:${name}`, NAMESPACE)
}

/** The uuid of what one user's memories come to under a name of ours: found again by it, without the name being kept. */
export function derivedUuid(userId: string, name: string): string {
  return v5(`derived:${userId}:${name}`, NAMESPACE)
}

export function isUuid(value: string): boolean {
  return validate(value)
}
