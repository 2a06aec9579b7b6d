import { AsyncLocalStorage } from 'node:async_hooks'
import type { KeyRole } from '#access'

/** Who asks. */
export interface Caller {
  readonly role: KeyRole
  /** The only user whose memory they may touch. */
  readonly userId?: string
  /** Their key, when it is one that was created here. */
  readonly keyId?: string
  /** The name that their requests are counted under; without one they are not counted. */
  readonly countedAs?: string
}

/** Whoever needs no key: on this machine, and for the open paths. */
export const ADMIN: Caller = { role: 'admin' }
/** Whoever shows the administrator's key. */
export const ADMINISTRATOR: Caller = { role: 'admin', countedAs: 'admin' }

/** The caller of the request that is being answered. */
export const callers = new AsyncLocalStorage<Caller>()
