import { Injectable } from '@nestjs/common'
import { Embedder } from '#embeddings'
import { TraceReader } from '#episodic-memory'
import type { User } from '#kernel'
import { FocusBuffer, type FocusItem } from '#working-memory'

/** What is kept of memories outside of the store: the focus buffer, and vectors of texts that were embedded lately. */
@Injectable()
export class Mind {
  constructor(private readonly focus: FocusBuffer, private readonly embedder: Embedder, private readonly traces: TraceReader) {}

  /** A user's items in focus. */
  async list(user: User): Promise<FocusItem[]> {
    return this.focus.living(user, await this.focus.list(user), (ids) => this.traces.existing(user, ids))
  }

  /** Lets go of what is in anybody's focus and in no store: a process died, or could not reach working memory, before it took it out. Answers how many that were. */
  async sweep(signal: AbortSignal): Promise<number> {
    let swept = 0
    for await (const id of this.focus.users()) {
      signal.throwIfAborted()
      const user: User = { id, externalId: '' }
      const items = await this.focus.list(user)
      swept += items.length - (await this.focus.living(user, items, (ids) => this.traces.existing(user, ids))).length
    }
    return swept
  }

  /** Has what lies on disk of it written anew; answers what was done, a line each. */
  async rewrite(signal: AbortSignal): Promise<string[]> {
    const swept = await this.sweep(signal)
    return [...(swept > 0 ? [`took ${swept} forgotten memories out of working memory`] : []), ...await this.focus.rewrite(signal)]
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
