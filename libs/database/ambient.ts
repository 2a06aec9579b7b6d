import { AsyncLocalStorage } from 'node:async_hooks'
import type { Pool, PoolClient } from 'pg'
import type { Scope } from './sql'

export interface Ambient {
  readonly client: PoolClient
  readonly scope: Scope
  /** False once it ended: what still runs in its context may use the pool again. */
  open: boolean
}

const ambient = new AsyncLocalStorage<Ambient>()

/** The transaction in whose call chain this runs. */
export function currentTransaction(): Ambient | undefined {
  const current = ambient.getStore()
  return current?.open ? current : undefined
}

export function runInTransaction<T>(transaction: Ambient, work: () => Promise<T>): Promise<T> {
  return ambient.run(transaction, work)
}

/**
 * Makes a pool refuse a second client inside a transaction, whoever asks (a queue, an ORM). On a store with one session that client
 * would wait for the transaction that waits for it; on Postgres it would silently work outside of the transaction.
 */
export function guardPool(pool: Pool): void {
  const connect = pool.connect.bind(pool) as (...args: unknown[]) => unknown
  const guarded = (...args: unknown[]): unknown => {
    if (!currentTransaction()) return connect(...args)
    const error = new Error('a second database client was asked for inside a transaction; use the transaction, or do it after the commit')
    const callback = args[0]
    if (typeof callback !== 'function') return Promise.reject(error)
    return (callback as (error: Error) => void)(error)
  }
  pool.connect = guarded as Pool['connect']
}
