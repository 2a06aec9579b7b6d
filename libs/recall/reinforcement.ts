import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common'
import { Sql } from '#database'
import { liveSql, type Trace } from '#episodic-memory'
import { Clock, type User } from '#kernel'
import { FocusBuffer } from '#working-memory'

/** Each recall makes a trace half as long-lived again, at most a year. */
const STABILITY_GROWTH = 1.5
const LONGEST_DAYS = 365

/**
 * What was recalled enters working memory and grows stronger. Off the hot path, in the background: a crash may lose the
 * counts of the last moments, never a memory.
 */
@Injectable()
export class Reinforcement implements OnApplicationShutdown {
  private readonly logger = new Logger(Reinforcement.name)
  private chain: Promise<void> = Promise.resolve()

  constructor(private readonly sql: Sql, private readonly clock: Clock, private readonly focus: FocusBuffer) {}

  /** Returns at once. */
  note(user: User, recalled: readonly (Trace & { readonly score: number })[]): void {
    if (recalled.length === 0) return
    const at = this.clock.now()
    this.chain = this.chain.then(() => this.apply(user, recalled, at)).catch((error: Error) => this.logger.warn(`a recall was not counted: ${error.name}`))
  }

  /** Resolves when everything noted so far is applied. */
  async idle(): Promise<void> {
    await this.chain
  }

  async onApplicationShutdown(): Promise<void> {
    await this.chain
  }

  private async apply(user: User, recalled: readonly (Trace & { readonly score: number })[], at: Date): Promise<void> {
    // Joined to the traces: what was forgotten since must leave no count behind, and not come back to mind, nor what was corrected.
    const left = await this.sql.many<{ id: string }>({ userId: user.id }, `insert into memory_activation (user_id, trace_id, access_count, last_accessed_at, stability)
      select t.user_id, t.id, 1, $3::timestamptz, $4 from memory_trace t where t.user_id = $1 and t.id = any($2::uuid[]) and ${liveSql('$3::timestamptz')}
      on conflict (user_id, trace_id) do update set access_count = memory_activation.access_count + 1, last_accessed_at = $3,
        stability = least($5, memory_activation.stability * $4)
      returning trace_id as id`, [user.id, recalled.map((t) => t.id), at, STABILITY_GROWTH, LONGEST_DAYS])
    const ids = new Set(left.map((row) => row.id))
    await this.focus.add(user, recalled.filter((t) => ids.has(t.id)).map((t) => ({
      id: t.id, content: t.content, role: t.role, speaker: t.speaker, sessionId: t.sessionId, weight: t.score, at, durable: true,
    })))
  }
}
