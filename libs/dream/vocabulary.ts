import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import type { User } from '#kernel'
import type { Background } from './abstract/extract'
import type { DayTrace, Dream } from './phase'

/** How common the words of a day are in the user's whole memory: counted once for all phases of a dream, since nothing that they read costs more. */
@Injectable()
export class Vocabulary {
  /** By the traces of a dream, which are read once. */
  private readonly counted = new WeakMap<readonly DayTrace[], Promise<Background>>()

  constructor(private readonly sql: Sql) {}

  /** @param also words that are wanted besides those by which the day's traces are found */
  async of({ user, traces }: Pick<Dream, 'user' | 'traces'>, also: readonly string[] = []): Promise<Background> {
    const counting = this.counted.get(traces) ?? this.ofTraces(user, traces.map((t) => t.id))
    this.counted.set(traces, counting)
    const { texts, frequency } = await counting
    const missing = also.filter((term) => !frequency.has(term))
    if (missing.length === 0) return { texts, frequency }
    return { texts, frequency: new Map([...frequency, ...await this.count(user, 'unnest($2::text[])', missing)]) }
  }

  private async ofTraces(user: User, ids: readonly string[]): Promise<Background> {
    const frequency = await this.count(user, '(select distinct d.term from memory_term d where d.user_id = $1 and d.trace_id = any($2::uuid[]))', ids)
    const known = await this.sql.one<{ traces: number }>({ userId: user.id }, 'select traces from memory_user where id = $1', [user.id])
    return { texts: Math.max(known?.traces ?? 0, ids.length), frequency }
  }

  /**
   * Word by word: as a semijoin, a planner that knew nothing of a new user's words yet compared each of them with each of the day's, 50 seconds a
   * day of a conversation of 600 turns.
   */
  private async count(user: User, terms: string, of: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.sql.many<{ term: string; n: number }>({ userId: user.id },
      `select s.term, (select count(*)::int from memory_term b where b.user_id = $1 and b.term = s.term) as n from ${terms} as s(term)`, [user.id, of])
    return new Map(rows.flatMap(({ term, n }) => (n > 0 ? [[term, n]] : [])))
  }
}
