import { StartupError } from '#kernel'

const CASES: readonly { code: RegExp; cause: string; cure: string }[] = [
  { code: /^ECONNREFUSED$/, cause: 'Postgres refuses the connection', cure: 'start it, or correct host and port of DATABASE_URL' },
  { code: /^(ENOTFOUND|EAI_AGAIN)$/, cause: "Postgres' host is not known", cure: 'correct the host of DATABASE_URL' },
  { code: /^(28P01|28000)$/, cause: 'Postgres refuses the user or password', cure: 'correct user and password of DATABASE_URL' },
  { code: /^3D000$/, cause: 'the database does not exist', cure: 'create it, or correct the name in DATABASE_URL' },
  { code: /^(0A000|58P01)$/, cause: 'the extension vector (pgvector) is not installed on the server', cure: 'install pgvector there (Debian: postgresql-<version>-pgvector)' },
  { code: /^42501$/, cause: 'the database user lacks a permission', cure: 'let an administrator run: create extension vector; and give the user CREATEROLE and CREATE on the database' },
]

/** A failure to open the store, with what to do about it. Never shows the URL: it holds the password. */
export function startError(error: unknown): unknown {
  if (error instanceof StartupError) return error
  const cause = (error as { driverError?: unknown }).driverError ?? error
  const code = String((cause as { code?: unknown }).code ?? '')
  const found = CASES.find((c) => c.code.test(code))
  return found ? new StartupError(`${found.cause} (${code})`, found.cure, { cause: error }) : error
}
