import { Injectable } from '@nestjs/common'
import type { User } from '#kernel'
import { Eraser } from './eraser'
import type { ForgetCounts } from './forget-counts'
import type { ForgetCandidate } from './forget.types'
import { Rewriter } from './rewriter'

export interface Removed {
  readonly counts: ForgetCounts
  /** Ids of what changed with it: what is in mind of these is of before. */
  readonly stale: readonly string[]
  /** Partitions of vectors that still hold bytes of it. */
  readonly partitions: readonly string[]
}

/** Takes memories out of the store, and out of what stays of the others. */
@Injectable()
export class Removal {
  constructor(private readonly rewriter: Rewriter, private readonly eraser: Eraser) {}

  /**
   * Call in a transaction, under the user's lock.
   * @param going with everything that goes with them
   * @param focus how many were taken out of working memory
   */
  async remove(user: User, going: readonly ForgetCandidate[], focus: number): Promise<Removed> {
    const ids = going.map((c) => c.id)
    const rewritten = await this.rewriter.withoutSources(user, ids)
    const { counts, settled, partitions } = await this.eraser.erase(user, ids, { derived: going.filter((c) => c.because === 'derived').length, rewritten, focus })
    return { counts, stale: [...rewritten, ...settled], partitions }
  }
}
