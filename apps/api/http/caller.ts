import { AsyncLocalStorage } from 'node:async_hooks'
import type { KeyRole } from '#access'

/** Who asks. */
export interface Caller {
  readonly role: KeyRole
  /** The only user whose memory they may touch. */
  readonly userId?: string
  /** Their key, when it is one that was created here. */
  readonly keyId?: string
}

/** Whoever needs no key, on this machine, and whoever shows the administrator's. */
export const ADMIN: Caller = { role: 'admin' }

/** The caller of the request that is being answered. */
export const callers = new AsyncLocalStorage<Caller>()
