import type { GuardedPool } from './guarded-pool'
import type { Row } from './sql'

/** One statement, outside any transaction. */
export type Query = <R extends object = Row>(text: string, params?: readonly unknown[]) => Promise<R[]>

/** Key of the advisory lock of whoever maintains: 'maintain' in a bigint. */
const MAINTENANCE_LOCK = '7881696745994938734'

/**
 * A connection of its own, outside any transaction and without a time limit: for what may not run inside one, such as `create index
 * concurrently`. One at a time in a database, whatever the number of processes.
 * @param role whose rights it has: `maintenance` has those of the role that owns the tables, `own` all that the session's user has
 * @returns what `work` answers; undefined when somebody else is at it
 */
export async function maintenanceSession<T>(pool: GuardedPool, role: 'maintenance' | 'own', work: (query: Query) => Promise<T>): Promise<T | undefined> {
  const client = await pool.connect()
  try {
    const query: Query = async (text, params = []) => (await client.query(text, [...params])).rows
    // Tried, not waited for: one who waits holds a snapshot, and an index that is built concurrently waits for its end.
    const [lock] = await query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [MAINTENANCE_LOCK])
    if (!lock!.taken) return undefined
    try {
      if (role === 'maintenance') await query('set role reverie_maintenance')
      await query('set statement_timeout = 0')
      return await work(query)
    } finally {
      // The server notices the end of a connection some time later: whoever comes next would find the lock taken still.
      await query('select pg_advisory_unlock($1)', [MAINTENANCE_LOCK]).catch(() => {})
    }
  } finally {
    // The connection ends here, and with it the role and the setting; the lock too, should it be there still.
    client.release(true)
  }
}
