import { ReverieError } from '#kernel'

/** Code of the error (an SQLSTATE of no other meaning) when the embedded session stayed taken for too long. */
export const SESSION_BUSY = 'RV001'
/** Code of the error of callers who waited when the embedded session was lost: Postgres' own for a crash. */
export const SESSION_LOST = '57P02'

/** Codes of the error when the embedded store does not open: its disk is full, or cannot be written. */
export const DISK_HOLDS_NONE = 'RV002'
export const DISK_DENIES = 'RV003'

/** Faults of the store for which nothing can be written for now, though it can be read unless it says so; each with what cures it. */
const WRITES_FAIL: Readonly<Record<string, string>> = {
  '53100': 'the disk of the database is full: free some space on it, or give it more; nothing can be stored until then, what is stored can be recalled',
  '25006': 'the database is read-only: switch default_transaction_read_only off, or name the primary in DATABASE_URL; nothing can be stored until then, what is stored can be recalled',
  [DISK_HOLDS_NONE]: 'the database is down, for its disk is full: free some space on it, or give it more; it goes on by itself then',
  [DISK_DENIES]: 'the database is down, for its files cannot be written: mount their disk for writing, or give this user the right to write there; it goes on by itself then',
}

/** Postgres' code for a statement that was stopped, here always for its time. */
const CANCELED = '57014'

const LOST_CODES = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|57P0.|08...|53300|RV00.)$/
const LOST_MESSAGES = [
  'Connection terminated',
  'Query read timeout',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Client has encountered a connection error',
  'Client was closed',
  'Cannot use a pool after calling end',
]

/** An error with the code by which Postgres or the socket names it. */
export class DatabaseFault extends Error {
  constructor(message: string, readonly code: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DatabaseFault'
  }
}

/** Whether the code says that the disk is what fails. */
export function isDiskFault(code: string | undefined): boolean {
  return code !== undefined && code in WRITES_FAIL
}

/** The SQLSTATE or the socket's code of an error, also inside TypeORM's wrapper. */
export function errorCode(error: unknown): string | undefined {
  const of = (e: unknown) => (typeof e === 'object' && e !== null && 'code' in e && typeof e.code === 'string' ? e.code : undefined)
  const inner = typeof error === 'object' && error !== null && 'driverError' in error ? error.driverError : undefined
  return of(error) ?? of(inner)
}

/** Whether the error means that the store could not be reached, or is too busy, rather than that the statement was wrong. */
export function isLost(error: unknown): boolean {
  const code = errorCode(error)
  if (code !== undefined && LOST_CODES.test(code)) return true
  return error instanceof Error && code === undefined && LOST_MESSAGES.some((m) => error.message.startsWith(m))
}

/** The fault of the disk that an error is, or that ended the session of which it tells. */
function diskCode(error: unknown): string | undefined {
  const code = errorCode(error)
  return isDiskFault(code) || !(error instanceof DatabaseFault) ? code : errorCode(error.cause)
}

/** The error to throw to callers: `unavailable` when the store could not be reached, else the error itself, with its code. */
export function toCaller(error: unknown): unknown {
  if (errorCode(error) === CANCELED) return new ReverieError('unavailable', 'the database took too long', undefined, { cause: error })
  const fault = WRITES_FAIL[diskCode(error) ?? '']
  if (fault) return new ReverieError('unavailable', fault, undefined, { cause: error })
  if (!isLost(error)) return error
  return new ReverieError('unavailable', lossOf(errorCode(error)), undefined, { cause: error })
}

function lossOf(code: string | undefined): string {
  if (code === SESSION_BUSY) return 'the database is busy'
  // What a server says of itself while it stops, starts, or makes good what a crash left.
  if (code?.startsWith('57P')) return 'the database cannot be reached: it is starting, stopping or recovering from a crash, and its own log says why'
  return 'the database cannot be reached'
}
