import { Injectable } from '@nestjs/common'
import { Embedder } from '#embeddings'
import type { User } from '#kernel'
import { FocusBuffer, type FocusItem } from '#working-memory'

/** What is kept of memories outside of the store: the focus buffer, and vectors of texts that were embedded lately. */
@Injectable()
export class Mind {
  constructor(private readonly focus: FocusBuffer, private readonly embedder: Embedder) {}

  /** A user's items in focus. */
  async list(user: User): Promise<FocusItem[]> {
    return this.focus.list(user)
  }

  /**
   * Removes items of the user (all without ids) from focus and answers how many; lets go of every vector that was kept. All of them,
   * because they cannot be told apart: a forgotten text also stands in the scenes of the turns after it and in questions that quoted it.
   */
  async remove(user: User, ids?: readonly string[]): Promise<number> {
    this.embedder.letGo()
    return this.focus.remove(user, ids)
  }

  /**
   * The same after the commit: a recall that ran meanwhile may have brought something back to mind. Before it, a working memory out of
   * reach refuses the whole; now what is forgotten is forgotten.
   */
  async removeAgain(user: User, ids?: readonly string[]): Promise<void> {
    await this.focus.tolerating(() => this.remove(user, ids))
  }
}
