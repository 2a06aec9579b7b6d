import pg from 'pg'

export type Query = (sql: string) => Promise<Record<string, unknown>[]>

/** Has something done over a connection of its own. */
export async function administer<T>(server: string, work: (query: Query) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    return await work(async (sql) => (await client.query(sql)).rows)
  } finally {
    await client.end()
  }
}

/** The address of another database of a server. */
export function at(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.toString()
}
