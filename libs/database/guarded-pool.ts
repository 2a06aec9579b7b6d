import { Pool, type PoolClient, type PoolConfig } from 'pg'
import { type AmbientTransaction, SECOND_CLIENT } from './ambient-transaction'

type Connected = (error: Error | undefined, client: PoolClient | undefined, done: (release?: unknown) => void) => void

/** A pg pool that knows the transaction of the call chain, and gives nobody inside it a second client. */
export abstract class GuardedPool extends Pool {
  abstract readonly ambient: AmbientTransaction
}

/**
 * The Pool class of one database, to be handed to TypeORM and BullMQ: they take clients from it directly.
 * @param fixed options that win over those of the caller
 */
export function guardedPool(ambient: AmbientTransaction, fixed: PoolConfig = {}): new (options?: PoolConfig | string) => GuardedPool {
  return class extends GuardedPool {
    readonly ambient = ambient

    constructor(options: PoolConfig | string = {}) {
      super({ ...(typeof options === 'string' ? { connectionString: options } : options), ...fixed })
      // A client that loses its connection while somebody holds it raises an event; unheard, it would end the process.
      // Its holder learns of it by its query.
      this.on('connect', (client) => client.on('error', () => {}))
      this.on('error', () => {})
    }

    override connect(): Promise<PoolClient>
    override connect(callback: Connected): void
    override connect(callback?: Connected): Promise<PoolClient> | void {
      if (ambient.current) {
        const error = new Error(SECOND_CLIENT)
        return callback ? callback(error, undefined, () => {}) : Promise.reject(error)
      }
      return callback ? super.connect(callback) : super.connect()
    }
  }
}
