import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { liveSql } from '#episodic-memory'
import { type Dream, DreamPhase, type PhasePlan } from '../phase'
import { type Fading, isTrivial, LOW_SALIENCE } from './prune'

interface Task extends Fading {
  readonly id: string
}

/** Lets trivial tasks leave recall; undoing the dream brings them back. What is personal or of a project never leaves. */
@Injectable()
export class PrunePhase extends DreamPhase<readonly Task[]> {
  readonly name = 'prune'

  constructor(private readonly sql: Sql) {
    super()
  }

  async read({ user, now }: Dream): Promise<readonly Task[]> {
    const tasks = await this.sql.many<Omit<Task, 'stability'> & { stability: number | null }>({ userId: user.id }, `select t.id, t.salience, a.stability,
        greatest(t.created_at, a.last_accessed_at) as seen
      from memory_trace t left join memory_activation a on a.user_id = $1 and a.trace_id = t.id
      where t.user_id = $1 and t.retention = 'task' and t.expires_at is not null and t.salience < $3 and ${liveSql('$2::timestamptz')} order by t.id`, [user.id, now, LOW_SALIENCE])
    return tasks.map((task) => ({ ...task, stability: task.stability ?? undefined }))
  }

  plan({ now }: Dream, tasks: readonly Task[]): PhasePlan {
    const trivial = tasks.filter((task) => isTrivial(task, now))
    return {
      changes: trivial.map(({ id }) => ({ op: 'update', trace: id, before: { prunedAt: null }, after: { prunedAt: now.toISOString() } })),
      counts: { looked_at: tasks.length, pruned: trivial.length },
    }
  }
}
