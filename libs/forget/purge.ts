import { Injectable } from '@nestjs/common'
import { Database, type StorePurge } from '#database'
import { type Attempt, attempt, ReverieError } from '#kernel'
import { type Erasure, Erasures } from './erasures'
import { Mind } from './mind'

export interface PurgeStep extends Attempt {
  readonly name: 'pages' | 'log' | 'focus'
}

export interface PurgeReport {
  /** Receipts that say so from now on. */
  readonly purged: number
  /** What was done, in this order; nothing where nothing was erased since the last time. */
  readonly steps: readonly PurgeStep[]
}

/**
 * What is forgotten is in no row at once; its bytes are in pages of the store, in its log of writes and perhaps in Redis' files until all of
 * these were written anew (ADR 28). When all is done the receipts say `purged`. A step that fails, or is cut short, is done again the next
 * time; those before it are not.
 */
@Injectable()
export class Purge {
  constructor(private readonly database: Database, private readonly erasures: Erasures, private readonly mind: Mind) {}

  /**
   * Purges what was erased until now. Costs nothing when that is nothing.
   * @throws ReverieError conflict when somebody else is at it, or at the store's indexes; the signal's reason when it is aborted
   */
  async run(signal: AbortSignal = new AbortController().signal): Promise<PurgeReport> {
    const due = await this.erasures.due()
    if (due.length === 0) return { purged: 0, steps: [] }
    const unwritten = due.filter(({ rewritten }) => !rewritten)
    const steps: PurgeStep[] = []
    const well = (): boolean => steps.every(({ error }) => error === null)
    const take = async (name: PurgeStep['name'], work: () => Promise<string[]>): Promise<void> => {
      signal.throwIfAborted()
      steps.push({ name, ...await attempt(work, (error) => error instanceof ReverieError && error.code === 'conflict') })
    }
    if (unwritten.length > 0) await take('pages', () => this.pages(unwritten, signal))
    // What went before stands in the log again as long as pages of it are written.
    if (well()) await take('log', async () => [`wrote over ${await this.alone((store) => store.cycleLog(signal))} older files of the write-ahead log`])
    await take('focus', () => this.mind.rewrite(signal))
    signal.throwIfAborted()
    return { purged: well() ? await this.erasures.purged(due.map(({ id }) => id)) : 0, steps }
  }

  private async pages(unwritten: readonly Erasure[], signal: AbortSignal): Promise<string[]> {
    const any = unwritten.some(({ partitions }) => partitions === null)
    const partitions = any ? undefined : [...new Set(unwritten.flatMap((erasure) => erasure.partitions!))]
    const tables = await this.alone((store) => store.rewrite(partitions, signal))
    await this.erasures.rewritten(unwritten.map(({ id }) => id))
    return [`wrote ${tables} tables anew`]
  }

  private async alone(work: (store: StorePurge) => Promise<number>): Promise<number> {
    const done = await this.database.purge(work)
    if (done === undefined) throw new ReverieError('conflict', 'Somebody else is purging the store, or at its indexes: try again later')
    return done
  }
}
