import { StartupError } from '#kernel'
import { DISK_DENIES, DISK_HOLDS_NONE, errorCode, SESSION_LOST } from './database-errors'
import type { DiskState } from './disk'

const MIB = 1 << 20

/** Where a server is, without the password. */
function place(url: string): string {
  try {
    const { hostname, port, pathname, username } = new URL(url)
    const user = username ? `${decodeURIComponent(username)}@` : ''
    return `${user}${hostname || 'local socket'}${port ? `:${port}` : ''}${pathname}`
  } catch {
    return 'the server'
  }
}

/**
 * What stopped the start on the embedded store, with its cure. Other errors come back as they are.
 * @param dataDir where it lies; in memory when undefined
 */
export function embeddedStartupError(error: unknown, dataDir: string | undefined, disk: DiskState | undefined): unknown {
  if (error instanceof StartupError) return error
  const code = errorCode(error)
  const store = `embedded store in ${dataDir ?? 'memory'}`
  if (code === DISK_HOLDS_NONE || code === '53100' || code === 'ENOSPC') {
    const free = disk ? `: ${Math.floor(disk.freeBytes / MIB)} MiB are free, and ${Math.floor(disk.reserveBytes / MIB)} MiB have to stay so` : ''
    const cure = 'Free some space on it, give it more, or set DATA_DIR to a directory on another disk. What is stored is left as it is.'
    return new StartupError(`The disk of the ${store} is full${free}`, cure, { cause: error })
  }
  if (code === DISK_DENIES || code === 'EROFS' || code === 'EACCES') {
    return new StartupError(`The files of the ${store} cannot be written`, 'Mount their disk for writing, or give this user the right to write there.', { cause: error })
  }
  if (code !== SESSION_LOST) return error
  return new StartupError(`The ${store} does not open: ${(error as Error).message}`, 'If its files are damaged, restore a back-up or name an empty DATA_DIR.', { cause: error })
}

/**
 * What stopped the start on a Postgres server, with its cure. Other errors (a migration that is wrong, say) come back as
 * they are. Neither text holds the password.
 */
export function serverStartupError(error: unknown, url: string): unknown {
  if (error instanceof StartupError) return error
  const code = errorCode(error)
  const message = error instanceof Error ? error.message : String(error)
  const make = (text: string, cure: string) => new StartupError(`${text} (${code ?? message})`, cure, { cause: error })
  const at = place(url)
  if (/^(ERR_TLS_CERT|CERT_|.*SELF_SIGNED|UNABLE_TO_)/.test(code ?? '')) {
    return make(`The certificate of Postgres at ${at} is not trusted`,
      'Name the authority that signed it in PGSSLROOTCERT, and the host in DATABASE_URL as the certificate does; sslmode=require encrypts without looking.')
  }
  if (/does not support SSL/i.test(message)) {
    return make(`Postgres at ${at} does not speak TLS`, 'Switch it on there (ssl = on), or take sslmode out of DATABASE_URL.')
  }
  if (/unsupported startup parameter/.test(message)) {
    return make(`What stands before Postgres at ${at} refuses session settings`, 'PgBouncer: ignore_startup_parameters = options, extra_float_digits.')
  }
  if (/^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ENOENT)$/.test(code ?? '') || /timeout/i.test(message)) {
    return make(`Postgres cannot be reached at ${at}`, 'Start the server, or correct the host and port in DATABASE_URL.')
  }
  if (code === '57P03') return make(`Postgres at ${at} is still starting or is shutting down`, 'Wait for the server and start again.')
  if (code === '53300') return make(`Postgres at ${at} has no connection left`, 'Raise max_connections there, or lower the pool size here.')
  if (/^28/.test(code ?? '') || /password/i.test(message)) {
    return make(`Postgres refuses to log in ${at}`, 'Correct the user and password in DATABASE_URL.')
  }
  if (code === '53100') return make(`The disk of Postgres at ${at} is full`, 'Free some space on it, or give it more.')
  if (code === '25006') return make(`Postgres at ${at} is read-only`, 'Name the primary in DATABASE_URL, or switch default_transaction_read_only off.')
  if (code === '3D000') return make(`The database of ${at} does not exist`, 'Create it (createdb), or correct its name in DATABASE_URL.')
  if (code === '42501') {
    return make(
      `The user of ${at} lacks a right: ${message}`,
      'Let an administrator run, in this database: create extension vector; grant create on schema public to this user; '
      + 'and create roles reverie_app and reverie_maintenance granted to this user, or give it createrole.',
    )
  }
  return error
}

export function vectorMissing(url: string): StartupError {
  return new StartupError(
    `The Postgres server of ${place(url)} does not have the extension "vector"`,
    'Install pgvector 0.8 or newer on the server (Debian: postgresql-17-pgvector), or use the image pgvector/pgvector.',
  )
}
