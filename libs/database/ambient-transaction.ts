import { AsyncLocalStorage } from 'node:async_hooks'
import type { PoolClient } from 'pg'
import type { Scope } from './sql'

/** A transaction of one call chain. `tail` ends when the last statement sent so far has. */
export interface Transaction {
  readonly client: PoolClient
  readonly scope: Scope
  state: 'open' | 'committed' | 'rolled back'
  tail: Promise<unknown>
}

/**
 * The transaction that this call chain is in, of one database. Work that was started inside and outlives it (a timer, say)
 * is outside again once it has ended.
 */
export class AmbientTransaction {
  private readonly storage = new AsyncLocalStorage<Transaction>()

  get current(): Transaction | undefined {
    const transaction = this.storage.getStore()
    return transaction?.state === 'open' ? transaction : undefined
  }

  /**
   * Whether this call chain belongs to a transaction that failed: one branch of a Promise.all, say, that goes on after another
   * has thrown. What it would write now must not stay either.
   */
  get failed(): boolean {
    return this.storage.getStore()?.state === 'rolled back'
  }

  run<T>(transaction: Transaction, work: () => T): T {
    return this.storage.run(transaction, work)
  }
}

/** Says why a second client is refused: on a store with one session it would wait for its own transaction for ever. */
export const SECOND_CLIENT =
  'a second database client was asked for inside a transaction: use Sql in the same scope, or do this after the transaction'
