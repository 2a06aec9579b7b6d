import pg from 'pg'
import type { Duplex } from 'node:stream'
import { type AmbientTransaction } from './ambient-transaction'
import { type GuardedPool, guardedPool } from './guarded-pool'
import type { DiskGuard } from './disk-guard'
import type { PgliteProcess } from './pglite-process'
import { PgliteSession } from './pglite-session'
import { PgliteSocket } from './pglite-socket'

/** What TypeORM (option `driver`) and BullMQ use of the package pg. */
export interface PgDriver {
  readonly Pool: new (options?: pg.PoolConfig | string) => GuardedPool
  readonly Client: new (options?: pg.ClientConfig | string) => pg.Client
  readonly types: typeof pg.types
  readonly defaults: typeof pg.defaults
  readonly DatabaseError: typeof pg.DatabaseError
}

export interface EmbeddedDriverOptions {
  /** How long a client waits for the session while another has it, in ms. Default 30,000. */
  readonly waitMs?: number
  /** Of the disk that the database lies on. */
  readonly guard?: DiskGuard
}

/**
 * pg over the embedded database: many clients, pools and transactions at once, which take turns at its one session. Where a
 * server is and who the user is are ignored. What belongs to a session is shared by all clients (SET, temporary tables,
 * session-level advisory locks): use SET LOCAL and the like.
 */
export function embeddedDriver(process: PgliteProcess, ambient: AmbientTransaction, options: EmbeddedDriverOptions = {}): PgDriver {
  const session = new PgliteSession(process, ambient, options.waitMs, options.guard)
  class Client extends pg.Client {
    constructor(given: pg.ClientConfig | string = {}) {
      const { types } = typeof given === 'string' ? {} : given
      super({
        user: 'postgres',
        database: 'postgres',
        host: 'embedded',
        ssl: false,
        types,
        stream: () => new PgliteSocket(session) as unknown as Duplex,
      })
    }
  }
  return {
    Pool: guardedPool(ambient, { Client, connectionString: undefined }),
    Client,
    types: pg.types,
    defaults: pg.defaults,
    DatabaseError: pg.DatabaseError,
  }
}
