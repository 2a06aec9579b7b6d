import { createHash } from 'node:crypto'
import { Logger } from '@nestjs/common'
import type { PoolClient, QueryResult } from 'pg'
import pg from 'pg'
import type { DataSource } from 'typeorm'
import { SECOND_CLIENT, type Transaction } from './ambient-transaction'
import { DatabaseFault, errorCode, isDiskFault, isLost, SESSION_BUSY, toCaller } from './database-errors'
import type { GuardedPool } from './guarded-pool'
import { identity, OneFlight, patience } from './one-flight'
import { type Row, type Scope, Sql } from './sql'

export interface PgSqlOptions {
  /** Hears how many rows each statement changed. */
  readonly wrote?: (rows: number) => void
  /** Whether a snapshot is one transaction; else its reads are each their own. */
  readonly snapshots?: boolean
  /** How long one statement may take, in ms; embedded, a watchdog has that task, for that store ignores the limit. */
  readonly limitMs?: number
  /** How a transaction that erases begins; like any other without it. */
  readonly erasing?: 'read write'
}

/** How many texts of `manyKept` each session keeps with their plans (some MB a session); the others are planned each time. */
const KEPT_STATEMENTS = 16
/** What a kept statement is answered by a session that does not have it, or has one of another client: a pooler lends sessions by the transaction. */
const NOT_KEPT = ['26000', '42P05']
/** Its tables have changed since: what it answers has other columns. The session ends with the error, and the next one plans anew. */
const OUTDATED = '0A000'

/**
 * Sql over a pool of pg. Errors of statements carry the SQLSTATE as `code`; when the store cannot be reached, or is too
 * busy, the error is ReverieError('unavailable').
 */
export class PgSql extends Sql {
  private readonly logger = new Logger('Database')
  private readonly kept = new Map<string, string>()
  private keeps = true

  constructor(private readonly pool: GuardedPool, private readonly options: PgSqlOptions = {}) {
    super()
  }

  /** Over the pool of an initialised data source, which must have been made by `openDatabase`. */
  static over(dataSource: DataSource): PgSql {
    return new PgSql((dataSource.driver as unknown as { master: GuardedPool }).master)
  }

  get inTransaction(): boolean {
    return this.pool.ambient.current !== undefined
  }

  async many<R extends object = Row>(scope: Scope, text: string, params: readonly unknown[] = []): Promise<R[]> {
    return (await this.query(scope, text, params)).rows as R[]
  }

  async manyKept<R extends object = Row>(scope: Scope, text: string, params: readonly unknown[] = []): Promise<R[]> {
    const name = this.inTransaction ? undefined : this.nameOf(text)
    if (name === undefined) return this.many(scope, text, params)
    try {
      return (await this.query(scope, text, params, name)).rows as R[]
    } catch (error) {
      const code = errorCode(error) ?? ''
      if (![...NOT_KEPT, OUTDATED].includes(code)) throw error
      if (code !== OUTDATED) this.keepNoMore()
      return this.many(scope, text, params)
    }
  }

  async one<R extends object = Row>(scope: Scope, text: string, params: readonly unknown[] = []): Promise<R | undefined> {
    return (await this.query(scope, text, params)).rows[0] as R | undefined
  }

  async run(scope: Scope, text: string, params: readonly unknown[] = []): Promise<number> {
    const rows = (await this.query(scope, text, params)).rowCount ?? 0
    this.options.wrote?.(rows)
    return rows
  }

  async transaction<T>(scope: Scope, work: () => Promise<T>, purpose?: 'erase'): Promise<T> {
    return this.within((purpose && this.options.erasing) ?? '', scope, work)
  }

  async snapshot<T>(scope: Scope, reads: () => Promise<T>): Promise<T> {
    return this.options.snapshots ? this.within('isolation level repeatable read, read only', scope, reads) : reads()
  }

  private async within<T>(mode: string, scope: Scope, work: () => Promise<T>): Promise<T> {
    const current = this.current(scope)
    if (current) return work()
    return this.withClient(async (client) => {
      const transaction: Transaction = { client, scope, state: 'open', tail: Promise.resolve() }
      try {
        const [role, userId] = identity(scope).map((value) => pg.escapeLiteral(value))
        const limit = this.options.limitMs === undefined ? '' : `, set_config('statement_timeout', '${this.options.limitMs}', true)`
        await client.query(this.timed({ text: `begin ${mode}; select set_config('role', ${role}, true), set_config('app.user_id', ${userId}, true)${limit}` }))
        const result = await this.pool.ambient.run(transaction, work)
        transaction.state = 'committed'
        await transaction.tail // statements that `work` did not wait for
        const { command } = await client.query(this.timed({ text: 'commit' }))
        // What Postgres answers to the commit of a transaction in which a statement failed and the error was swallowed.
        if (command !== 'COMMIT') throw new Error('the transaction was rolled back: one of its statements had failed')
        return result
      } catch (error) {
        transaction.state = 'rolled back'
        await transaction.tail
        if (isLost(error)) throw error
        try {
          await client.query(this.timed({ text: 'rollback' }))
        } catch (cause) {
          // A client in an unknown state must not go back to the pool. What ended a session says more than that it is gone.
          const full = isDiskFault(errorCode(error))
          throw isLost(cause) && !full ? cause : new DatabaseFault('the transaction could not be rolled back', '08006', { cause: full ? error : cause })
        }
        throw error
      }
    })
  }

  /** The same for a text in every process: what a pooler's session has by this name is this text. Undefined when no more are kept. */
  private nameOf(text: string): string | undefined {
    if (!this.keeps) return undefined
    if (!this.kept.has(text) && this.kept.size < KEPT_STATEMENTS) this.kept.set(text, `kept_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`)
    return this.kept.get(text)
  }

  private keepNoMore(): void {
    if (!this.keeps) return
    this.keeps = false
    this.logger.warn('a pooler between here and Postgres does not know prepared statements: recalls are planned each time, which takes some ms. '
      + 'PgBouncer 1.21 and newer know them with max_prepared_statements above 0')
  }

  private async query(scope: Scope, text: string, params: readonly unknown[], keptAs?: string): Promise<QueryResult> {
    const current = this.current(scope)
    if (!current) {
      return this.withClient((client) => new Promise((resolve, reject) => {
        client.query(new OneFlight(scope, text, params, (error, result) => (error ? reject(error) : resolve(result)), { keptAs, limitMs: this.options.limitMs }))
      }), keptAs !== undefined)
    }
    // One after the other: a client takes one statement at a time.
    const result = current.tail.then(() => current.client.query(this.timed({ text, values: [...params], queryMode: 'extended' })))
    current.tail = result.catch(() => {})
    return traced(result)
  }

  /** With the time after which pg gives the connection up. */
  private timed(query: pg.QueryConfig & { queryMode?: 'extended' }): pg.QueryConfig {
    return { ...query, query_timeout: patience(this.options.limitMs) } as pg.QueryConfig
  }

  /** The transaction to join, if any. */
  private current(scope: Scope): Transaction | undefined {
    const { current, failed } = this.pool.ambient
    if (failed) throw new Error('the transaction that this belongs to was rolled back')
    if (!current) return undefined
    const [role, userId] = identity(scope)
    const [openRole, openUserId] = identity(current.scope)
    if (role !== openRole || userId !== openUserId) throw new Error(`another scope inside a transaction: ${SECOND_CLIENT}`)
    return current
  }

  /**
   * Gives the client back, or has it thrown away when its connection is lost, or may be: a full disk can end the whole server.
   * @param once thrown away after any error: pg takes a kept statement for known to the session once it was sent, even if it failed
   */
  private async withClient<T>(use: (client: PoolClient) => Promise<T>, once = false): Promise<T> {
    let client: PoolClient | undefined
    let lost: Error | undefined
    try {
      client = await this.pool.connect()
      return await use(client)
    } catch (error) {
      if (once || isDiskFault(errorCode(error)) || (isLost(error) && errorCode(error) !== SESSION_BUSY)) lost = error as Error
      throw trace(toCaller(error))
    } finally {
      client?.release(lost)
    }
  }
}

function traced<T>(result: Promise<T>): Promise<T> {
  return result.catch((error: unknown) => {
    throw trace(toCaller(error))
  })
}

/** Errors of pg are made where the socket is read; the caller's stack says more. */
function trace(error: unknown): unknown {
  if (error instanceof pg.DatabaseError) Error.captureStackTrace(error, trace)
  return error
}
