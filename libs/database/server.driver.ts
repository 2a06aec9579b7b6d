import type { Duplex } from 'node:stream'
import pg from 'pg'
import { StartupError } from '#kernel'
import type { AmbientTransaction } from './ambient-transaction'
import { certificateAuthority } from './certificate-authority'
import { guardedPool } from './guarded-pool'
import type { PgDriver } from './pglite.driver'
import { SESSION_OPTIONS } from './session-settings'

/** Connections stay open this long unused: making one costs more than a query. */
const IDLE_MS = 60_000

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

/**
 * pg itself, for the server at `url`, with the same guard and session settings.
 * @param caFile certificate authority (PEM) to trust, unless the address names one
 */
export function serverDriver(ambient: AmbientTransaction, url: string, caFile?: string): PgDriver {
  const { types, defaults, DatabaseError } = pg
  const fixed = { Client: ServerClient, connectionString: completed(url, caFile), options: SESSION_OPTIONS, application_name: 'reverie', keepAlive: true }
  return { Pool: guardedPool(ambient, { idleTimeoutMillis: IDLE_MS, ...fixed }), Client: ServerClient, types, defaults, DatabaseError }
}

/** Options in the address would replace ours: they are joined. `sslmode` means what libpq means by it. */
function completed(url: string, caFile?: string): string {
  const parsed = new URL(url)
  const { searchParams: given } = parsed
  if (given.has('options')) given.set('options', `${SESSION_OPTIONS} ${given.get('options')}`)
  if (caFile && given.has('sslmode') && !given.has('sslrootcert')) given.set('sslrootcert', caFile)
  if (given.has('sslmode')) given.set('uselibpqcompat', 'true')
  const ca = given.get('sslrootcert')
  if (ca) certificateAuthority(ca, 'Postgres', 'Correct PGSSLROOTCERT, or sslrootcert in DATABASE_URL')
  if (given.get('sslmode') === 'verify-ca' && !ca) {
    throw new StartupError('sslmode=verify-ca in DATABASE_URL needs a certificate authority', 'Name its file in PGSSLROOTCERT, or use sslmode=verify-full.')
  }
  return parsed.toString()
}
