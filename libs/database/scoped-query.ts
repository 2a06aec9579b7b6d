import type { FieldDef, QueryResult } from 'pg'
import Query from 'pg/lib/query'
import type { Scope } from './sql'

export const ROLES = { app: 'reverie_app', maintenance: 'reverie_maintenance' } as const

/** Parameters of SET_SCOPE. */
export function scopeParams(scope: Scope): [string, string] {
  return scope === 'maintenance' ? [ROLES.maintenance, ''] : [ROLES.app, scope.userId]
}

/** Takes a role and names a user until the transaction ends. */
export const SET_SCOPE = `select set_config('role', $1, true), set_config('app.user_id', $2, true)`

interface Connection {
  parse(query: { text: string }): void
  bind(config: { values: readonly unknown[] }): void
  execute(config: object): void
}

/**
 * A statement with its scope before it, sent in one go: Parse, Bind and Execute of SET_SCOPE, then the statement's own, then one
 * Sync. Without BEGIN all messages up to a Sync are one transaction, so the role lasts exactly as long as the statement.
 */
export class ScopedQuery extends Query {
  private scoped = false

  constructor(private readonly scope: Scope, text: string, values: readonly unknown[], callback: (error: Error | null, result: QueryResult) => void) {
    super({ text, values: [...values], queryMode: 'extended' }, undefined, callback)
  }

  override prepare(connection: Connection): void {
    connection.parse({ text: SET_SCOPE })
    connection.bind({ values: scopeParams(this.scope) })
    connection.execute({})
    super.prepare(connection)
  }

  // The first statement's row and completion are not the caller's.
  override handleDataRow(message: unknown): void {
    if (this.scoped) super.handleDataRow(message)
  }

  override handleCommandComplete(message: unknown, connection: unknown): void {
    if (this.scoped) super.handleCommandComplete(message, connection)
    this.scoped = true
  }

  override handleRowDescription(message: { fields: FieldDef[] }): void {
    super.handleRowDescription(message)
  }
}
