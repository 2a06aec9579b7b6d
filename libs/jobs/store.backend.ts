import { type ConnectionOptions, createPostgresBackend, runMigrations } from 'bullmq'
import type { Database } from '#database'
import type { JobBackend } from './job-backend'

const SCHEMA = 'bullmq'
/** Queue, worker, and the worker's client that listens; embedded they share one session anyway. */
const POOL = 6
const WAIT_MS = 10_000
/** BullMQ names its tables without their schema. Ours come first; embedded, the path is that of everybody, and is set once. */
const SET_PATH = `select set_config('search_path', current_setting('search_path') || ', ${SCHEMA}', false) where current_setting('search_path') !~ '\\m${SCHEMA}\\M'`

/**
 * Jobs in the memory's own store, in the schema `bullmq`: nothing else needs to run. Embedded, a job's statements wait for their turn at the
 * one session like any other; NOTIFY wakes the worker, so it seldom has to look.
 */
export class StoreBackend implements JobBackend {
  readonly name: Database['backend']
  readonly factory = createPostgresBackend as unknown as JobBackend['factory']
  readonly idleSeconds = 60
  private readonly pool: Database['pool']

  constructor(private readonly database: Pick<Database, 'backend' | 'driver' | 'sql'>) {
    this.name = database.backend
    // The pool waits for the promise, though its type does not say so.
    const onConnect = ((client: { query(sql: string): Promise<unknown> }) => client.query(SET_PATH)) as (client: object) => void
    this.pool = new database.driver.Pool({ max: POOL, connectionTimeoutMillis: WAIT_MS, onConnect })
  }

  connection(): ConnectionOptions {
    return this.pool
  }

  async open(): Promise<void> {
    const client = await this.pool.connect()
    try {
      await runMigrations(client, SCHEMA)
    } finally {
      client.release()
    }
  }

  inTransaction(): boolean {
    return this.database.sql.inTransaction
  }

  async warnings(): Promise<string[]> {
    return []
  }

  async close(): Promise<void> {
    await this.pool.end()
  }
}
