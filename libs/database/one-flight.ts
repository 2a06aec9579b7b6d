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
/**
 * A named statement is planned once and for all; the session's own mode would plan it again each time. The plan must not believe that tables
 * stay as small as they are now: reading them whole would be chosen for a table that is still empty. By bitmap is little better, and 5 %
 * slower where an index alone answers.
 */
const PLANNING = { plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off', enable_bitmapscan: 'off' }
const AND_PLAN = Object.entries(PLANNING).map(([name, value]) => `, set_config('${name}', '${value}', true)`).join('')
const AND_LIMIT = `, set_config('statement_timeout', $3, true)`

/** A server that does not even stop the statement by itself is given this much longer. Milliseconds. */
const GRACE_MS = 2_000

/** How long the client waits for an answer to a statement with that limit. */
export function patience(limitMs: number | undefined): number | undefined {
  return limitMs === undefined ? undefined : limitMs + GRACE_MS
}

export interface OneFlightOptions {
  /** Name of the statement in the session, which keeps it with its plan; not kept without. */
  readonly keptAs?: string
  /** How long the statement may take, in ms; no limit without it. */
  readonly limitMs?: number
}

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
  /** Read by pg, which gives up then; the connection is of no more use. */
  readonly query_timeout: number | undefined

  constructor(private readonly scope: Scope, text: string, values: readonly unknown[], callback: Callback, private readonly options: OneFlightOptions = {}) {
    super({ text, name: options.keptAs, values, queryMode: 'extended', callback })
    this.query_timeout = patience(options.limitMs)
  }

  override prepare(wire: Wire): void {
    const { keptAs, limitMs } = this.options
    const text = `${SET_SCOPE}${limitMs === undefined ? '' : AND_LIMIT}${keptAs === undefined ? '' : AND_PLAN}`
    wire.parse({ text, name: '', types: undefined })
    wire.bind({ portal: '', statement: '', values: [...identity(this.scope), ...(limitMs === undefined ? [] : [String(limitMs)])] })
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
