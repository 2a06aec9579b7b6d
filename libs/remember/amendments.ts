import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { type Trace, TraceWriter, UserStore } from '#episodic-memory'
import type { User } from '#kernel'
import { expiryOf } from './draft'
import { flagged } from './flags'
import type { Correction } from './remember.types'
import { RememberSettings } from './settings'

/** Changes that need no successor: what is said of a memory, not what it says. */
@Injectable()
export class Amendments {
  constructor(private readonly sql: Sql, private readonly users: UserStore, private readonly writer: TraceWriter, private readonly settings: RememberSettings) {}

  /** A memory that becomes a task expires as one, counted from when it was recorded; one that ceases to be one stays. */
  async apply(user: User, trace: Trace, c: Correction): Promise<void> {
    const changes = c.retention !== undefined && c.retention !== trace.retention
    await this.sql.transaction({ userId: user.id }, async () => {
      // Forgetting waits for the same lock, or has erased what this would amend.
      await this.users.lockKnown(user)
      await this.writer.update(user.id, trace.id, {
        metadata: c.metadata && flagged(c.metadata, trace.content, trace.kind), category: c.category, tags: c.tags, retention: c.retention, salience: c.importance, confidence: c.confidence,
        expiresAt: changes ? expiryOf({ retention: c.retention }, trace.createdAt, this.settings.taskDays) : undefined,
      })
    })
  }
}
