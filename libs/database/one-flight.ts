import pg from 'pg'
import type { Scope } from './sql'

/** What is used of pg's Connection. */
interface Wire {
  parse(statement: { text: string; name: string; types: undefined }): void
  bind(portal: { portal: string; statement: string; values: readonly (string | null)[] }): void
  execute(portal: { portal: string; rows: undefined }): void
}

/** pg's Query with the methods that its types leave out; they are what pg calls on any query it was given. */
interface Internals {
  prepare(wire: Wire): void
  handleDataRow(message: unknown): void
  handleCommandComplete(message: unknown, wire: Wire): void
}
type Callback = (error: Error | null, result: pg.QueryResult) => void
type Config = { text: string; name?: string; values: readonly unknown[]; queryMode: 'extended'; callback: Callback }
const Query = pg.Query as unknown as new (config: Config) => Internals & pg.Submittable

const SET_SCOPE = `select set_config('role', $1, true), set_config('app.user_id', $2, true)`
/** A named statement is planned once and for all; the session's own mode would plan it again each time. */
const SET_SCOPE_AND_PLAN = `${SET_SCOPE}, set_config('plan_cache_mode', 'force_generic_plan', true)`

/** Role and user id of a scope, as the row-level security policies read them. */
export function identity(scope: Scope): readonly [role: string, userId: string] {
  return scope === 'maintenance' ? ['reverie_maintenance', ''] : ['reverie_app', scope.userId]
}

/**
 * A statement with its scope before it, in one round trip and, as there is one Sync at the end, one transaction: the local
 * settings end with it. The caller sees the result of the statement alone; an error of either is its error.
 */
export class OneFlight extends Query {
  private scopeSet = false

  /** @param name of the statement in the session, which keeps it with its plan; not kept when undefined */
  constructor(private readonly scope: Scope, text: string, values: readonly unknown[], callback: Callback, private readonly keptAs?: string) {
    super({ text, name: keptAs, values, queryMode: 'extended', callback })
  }

  override prepare(wire: Wire): void {
    wire.parse({ text: this.keptAs === undefined ? SET_SCOPE : SET_SCOPE_AND_PLAN, name: '', types: undefined })
    wire.bind({ portal: '', statement: '', values: identity(this.scope) })
    wire.execute({ portal: '', rows: undefined })
    super.prepare(wire)
  }

  override handleDataRow(message: unknown): void {
    if (this.scopeSet) super.handleDataRow(message)
  }

  override handleCommandComplete(message: unknown, wire: Wire): void {
    if (this.scopeSet) super.handleCommandComplete(message, wire)
    this.scopeSet = true
  }
}
