import pg from 'pg'
import type { Duplex } from 'node:stream'
import { type AmbientTransaction } from './ambient-transaction'
import { type GuardedPool, guardedPool } from './guarded-pool'
import type { PgliteProcess } from './pglite-process'
import { PgliteSession } from './pglite-session'
import { PgliteSocket } from './pglite-socket'
import { SESSION_OPTIONS } from './session-settings'

/** Connections stay open this long unused: making one costs more than a query. */
const IDLE_MS = 60_000

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
}

/**
 * pg over the embedded database: many clients, pools and transactions at once, which take turns at its one session. Where a
 * server is and who the user is are ignored. What belongs to a session is shared by all clients (SET, temporary tables,
 * session-level advisory locks): use SET LOCAL and the like.
 */
export function embeddedDriver(process: PgliteProcess, ambient: AmbientTransaction, options: EmbeddedDriverOptions = {}): PgDriver {
  const session = new PgliteSession(process, ambient, options.waitMs)
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

type Connected = (error: Error | null, client: pg.Client) => void

/** pg leaves the socket open when it gives up itself, for want of a password: the process would stay until the server gives up. */
class ServerClient extends pg.Client {
  override connect(): Promise<pg.Client>
  override connect(callback: Connected): void
  override connect(callback?: Connected): Promise<pg.Client> | void {
    const hangUp = () => void (this.connection as unknown as { stream: Duplex }).stream.destroy()
    if (!callback) {
      return super.connect().catch((error: unknown) => {
        hangUp()
        throw error
      })
    }
    super.connect((error: Error | null, client: pg.Client) => {
      if (error) hangUp()
      callback(error, client)
    })
  }
}

/** pg itself, for the server at `url`, with the same guard and session settings. */
export function serverDriver(ambient: AmbientTransaction, url: string): PgDriver {
  const { types, defaults, DatabaseError } = pg
  const fixed = { Client: ServerClient, connectionString: withOptions(url), options: SESSION_OPTIONS, application_name: 'reverie', keepAlive: true }
  return { Pool: guardedPool(ambient, { idleTimeoutMillis: IDLE_MS, ...fixed }), Client: ServerClient, types, defaults, DatabaseError }
}

/** Options in the address would replace ours: join them. */
function withOptions(url: string): string {
  if (!/[?&]options=/.test(url)) return url
  const parsed = new URL(url)
  parsed.searchParams.set('options', `${SESSION_OPTIONS} ${parsed.searchParams.get('options')}`)
  return parsed.toString()
}
