/** pg's own query, which pg exports without types. */
declare module 'pg/lib/query' {
  import type { QueryResult } from 'pg'

  export default class Query {
    constructor(config: object, values: undefined, callback: (error: Error | null, result: QueryResult) => void)
    prepare(connection: unknown): void
    handleDataRow(message: unknown): void
    handleCommandComplete(message: unknown, connection: unknown): void
    handleRowDescription(message: unknown): void
  }
}
