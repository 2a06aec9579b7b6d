/** On whose behalf a statement runs: one user (row-level security lets it see only that user's rows) or maintenance (owns the tables). */
export type Scope = { readonly userId: string } | 'maintenance'

export type Row = Record<string, unknown>

/**
 * SQL under row-level security. Outside a transaction each call is one round trip and its own transaction (role, user and
 * statement are sent in one go). Inside `transaction`, calls of the same scope join it; a call of another scope, or any
 * other use of the pool, throws: on a store with one session it would wait for itself for ever.
 */
export abstract class Sql {
  abstract many<R extends object = Row>(scope: Scope, text: string, params?: readonly unknown[]): Promise<R[]>
  /**
   * As `many`, for a read (it may be sent twice) by one of the few texts that come again and again, and whose best plan looks rows up by indexes
   * whatever the parameters: the session keeps it with its plan.
   */
  abstract manyKept<R extends object = Row>(scope: Scope, text: string, params?: readonly unknown[]): Promise<R[]>
  /** The only row, or undefined. */
  abstract one<R extends object = Row>(scope: Scope, text: string, params?: readonly unknown[]): Promise<R | undefined>
  /** Number of rows changed. */
  abstract run(scope: Scope, text: string, params?: readonly unknown[]): Promise<number>
  /**
   * Commits when `work` resolves, rolls back when it throws. Never await a model or a network inside.
   * @param purpose one that erases may use the room that the embedded store keeps free on its disk; joined, it is what the outer one is
   */
  abstract transaction<T>(scope: Scope, work: () => Promise<T>, purpose?: 'erase'): Promise<T>
  /**
   * Reads of one scope that belong together. On a server all of them see the store as it was at the first; embedded, where one session is
   * everybody's and must not be held, each sees it as it is then, so that the reader has to bear what is written meanwhile.
   */
  abstract snapshot<T>(scope: Scope, reads: () => Promise<T>): Promise<T>
  /** True inside `transaction` of this call chain. */
  abstract readonly inTransaction: boolean
}
