import type { Pool, PoolClient, QueryResult } from 'pg'
import { ReverieError } from '#kernel'
import { currentTransaction, runInTransaction } from './ambient'
import { scopeParams, ScopedQuery, SET_SCOPE } from './scoped-query'
import { type Row, type Scope, Sql } from './sql'

/** Sql over a pool of pg clients (or of clients that look like them). */
export class PgSql extends Sql {
  constructor(private readonly pool: Pool) {
    super()
  }

  get inTransaction(): boolean {
    return currentTransaction() !== undefined
  }

  async many<R extends object = Row>(scope: Scope, text: string, params: readonly unknown[] = []): Promise<R[]> {
    return (await this.query(scope, text, params)).rows as R[]
  }

  async one<R extends object = Row>(scope: Scope, text: string, params: readonly unknown[] = []): Promise<R | undefined> {
    return (await this.many<R>(scope, text, params))[0]
  }

  async run(scope: Scope, text: string, params: readonly unknown[] = []): Promise<number> {
    return (await this.query(scope, text, params)).rowCount ?? 0
  }

  async transaction<T>(scope: Scope, work: () => Promise<T>): Promise<T> {
    if (currentTransaction()) {
      joined(scope)
      return work()
    }
    const client = await this.connect()
    const ambient = { client, scope, open: true }
    let broken: Error | undefined
    try {
      await client.query('begin')
      await client.query(SET_SCOPE, scopeParams(scope))
      const result = await runInTransaction(ambient, work)
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch((rollbackError: Error) => {
        broken = rollbackError
      })
      throw translated(error)
    } finally {
      ambient.open = false
      client.release(broken)
    }
  }

  private async query(scope: Scope, text: string, params: readonly unknown[]): Promise<QueryResult> {
    if (currentTransaction()) {
      try {
        return await joined(scope).query(text, [...params])
      } catch (error) {
        throw translated(error)
      }
    }
    const client = await this.connect()
    let broken: Error | undefined
    try {
      return await new Promise((resolve, reject) => {
        client.query(new ScopedQuery(scope, text, params, (error, result) => (error ? reject(error) : resolve(result))) as never)
      })
    } catch (error) {
      if (isLost(error)) broken = error as Error
      throw translated(error)
    } finally {
      client.release(broken)
    }
  }

  private async connect(): Promise<PoolClient> {
    try {
      return await this.pool.connect()
    } catch (error) {
      throw translated(error)
    }
  }
}

/** The ambient transaction's client, if the scope is the same. */
function joined(scope: Scope): PoolClient {
  const transaction = currentTransaction()!
  const same = scope === transaction.scope || (scope !== 'maintenance' && transaction.scope !== 'maintenance' && scope.userId === transaction.scope.userId)
  if (!same) throw new Error('a statement of another scope was run inside a transaction')
  return transaction.client
}

/** Codes of a server that is gone, going or full; 55P03 is our own "busy". */
const LOST = /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT|08...|57P0.|53300|55P03)$/

function isLost(error: unknown): boolean {
  const code = (error as { code?: unknown }).code
  return (typeof code === 'string' && LOST.test(code)) || /connection terminated|timeout exceeded|embedded store/i.test((error as Error).message)
}

function translated(error: unknown): unknown {
  if (!isLost(error)) return error
  return new ReverieError('unavailable', 'the store does not answer', undefined, { cause: error })
}
