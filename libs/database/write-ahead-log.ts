import { ReverieError } from '#kernel'
import { errorCode } from './database-errors'
import type { Query } from './maintenance-session'

const FORBIDDEN = '42501'
/** Names of its files: timeline and position, in hexadecimal, so that they sort as they follow each other. */
const FILES = `select name from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$' order by 1`
const CURRENT = 'select pg_walfile_name(pg_current_wal_lsn()) as name'

/**
 * Has the write-ahead log go on past everything that was in it. A checkpoint after a switch leaves none of the older files under its name, but
 * Postgres keeps some for later under new names, with what was in them; a switch fills the rest of a file with zeros, so one switch for each
 * of them writes all of them over.
 * @returns how many were written over
 * @throws ReverieError forbidden when the session may not do so, with the cure; unavailable when files are kept back
 */
export async function cycleLog(query: Query, signal: AbortSignal): Promise<number> {
  try {
    const current = async (): Promise<string> => (await query<{ name: string }>(CURRENT))[0]!.name
    const before = await current()
    await switchFile(query)
    await query('checkpoint')
    const files = (await query<{ name: string }>(FILES)).map(({ name }) => name)
    const kept = files.filter((name) => name <= before).length
    if (kept > 0) throw new ReverieError('unavailable', `${kept} older files of the write-ahead log are kept back: by wal_keep_size, a replication slot, or an archive that lags behind`)
    const last = files.at(-1)!
    let written = 0
    for (; await current() < last; written++) {
      signal.throwIfAborted()
      await switchFile(query)
    }
    // The last of them is begun, and the rest of it still old.
    await switchFile(query)
    return written
  } catch (error) {
    if (errorCode(error) !== FORBIDDEN) throw error
    const [who] = await query<{ name: string }>('select quote_ident(session_user) as name')
    throw new ReverieError('forbidden', `the write-ahead log needs rights: let a superuser run grant pg_checkpoint to ${who!.name} (Postgres 15 and newer); `
      + `grant execute on function pg_switch_wal(), pg_ls_waldir() to ${who!.name}`, undefined, { cause: error })
  }
}

/** A file to which nothing was written yet would not be left: a record goes first. */
async function switchFile(query: Query): Promise<void> {
  await query(`select pg_logical_emit_message(false, 'reverie', '')`)
  await query('select pg_switch_wal()')
}
