import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import type { User } from '#kernel'
import type { Change } from './change'

export interface PlannedRow {
  readonly seq: number
  readonly change: Change
}

/** What runs will change when all of their phases are done. */
@Injectable()
export class PlanStore {
  constructor(private readonly sql: Sql) {}

  /** The first changes of a run, or all of them, in their order. */
  async first(user: User, run: string, limit?: number): Promise<PlannedRow[]> {
    const rows = await this.sql.many<PlannedRow>({ userId: user.id },
      'select seq, change from dream_plan where user_id = $1 and run_id = $2 order by seq limit $3', [user.id, run, limit ?? null])
    return rows.map(({ seq, change }) => ({ seq, change: revived(change) }))
  }

  /** Removes the changes up to `seq`, which are done. */
  async done(user: User, run: string, seq: number): Promise<void> {
    await this.sql.run({ userId: user.id }, 'delete from dream_plan where user_id = $1 and run_id = $2 and seq <= $3', [user.id, run, seq])
  }

  /** Removes what a run planned in other phases than these. */
  async keepOnly(user: User, run: string, phases: readonly string[]): Promise<void> {
    await this.sql.run({ userId: user.id }, 'delete from dream_plan where user_id = $1 and run_id = $2 and phase <> all($3::text[])', [user.id, run, phases])
  }
}

/** Instants again where JSON has their text. */
function revived(change: Change): Change {
  const date = <T>(value: T): T => (typeof value === 'string' ? new Date(value) : value) as T
  if (change.op === 'supersede') return { ...change, at: date(change.at) }
  if (change.op === 'create' && 'trace' in change) {
    const { occurredAt, validFrom, validUntil, ...rest } = change.trace
    return { op: 'create', trace: { ...rest, occurredAt: date(occurredAt), validFrom: date(validFrom), validUntil: date(validUntil) } }
  }
  return change
}
