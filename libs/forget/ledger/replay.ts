import { Injectable, Logger } from '@nestjs/common'
import { EmbeddingBackfill } from '#episodic-memory'
import { Entries, type Entry } from './entries'
import { receiptLine, tombstoneLine } from './ledger'
import { BEGINNING, LedgerFile, type LedgerPlace } from './ledger.file'
import type { LineOf } from './ledger-lines'
import { LedgerStore } from './ledger.store'
import { Redo } from './redo'

/** What was done again of what a ledger tells. */
export interface Replayed {
  /** Calls that had forgotten something. */
  forgets: number
  memories: number
  tombstones: number
  users: number
}

/** Entries that are looked up in the store at once; rows of it that are written into a new ledger at once. */
const BATCH = 500

/**
 * Brings a store up to what its ledger tells: after a restart nothing, after the restoring of an older back-up everything that was forgotten since that was made. The
 * store keeps up to where it has read, which is restored with it.
 */
@Injectable()
export class Replay {
  private readonly logger = new Logger(Replay.name)

  constructor(
    private readonly file: LedgerFile,
    private readonly store: LedgerStore,
    private readonly redo: Redo,
    private readonly backfill: EmbeddingBackfill,
  ) {}

  /**
   * Reads what the store has not read yet; any number of processes may do so at once.
   * @returns undefined when nothing had to be done again
   * @throws StartupError when the ledger cannot be used
   */
  async run(signal?: AbortSignal): Promise<Replayed | undefined> {
    if (this.file.path === undefined) return undefined
    const { id, made } = await this.file.open()
    const taken = await this.store.taken()
    if (made && taken) {
      this.logger.warn(`the ledger of tombstones ${this.file.path} was gone, and is made anew from the store. If the store was restored from a back-up, what was forgotten since `
        + 'may be back: stop, put the former ledger in its place, and start again')
    }
    if (made) await this.copyStore()
    const done: Replayed = { forgets: 0, memories: 0, tombstones: 0, users: 0 }
    const behind = await this.replay(taken?.ledger === id ? taken : BEGINNING, done, signal)
    await this.store.take({ ...behind, ledger: id })
    if (Object.values(done).every((n) => n === 0)) return undefined
    this.backfill.wake()
    this.logger.warn(`the store was older than its ledger of tombstones: ${said(done)}`)
    return done
  }

  private async replay(from: LedgerPlace, done: Replayed, signal?: AbortSignal): Promise<LedgerPlace> {
    const annulled = new Set<string>()
    const users: LineOf<'user'>[] = []
    for await (const { line } of this.file.from(from)) {
      if (line.line === 'annulled') annulled.add(line.receipt)
      if (line.line === 'user') users.push(line)
    }
    // Of who was forgotten wholly nothing is done again but that.
    const gone = new Map(users.filter(({ receipt }) => !annulled.has(receipt)).map(({ user, at }) => [user, new Date(at)]))
    const isOver = (entry: Entry): boolean => entry.line !== 'user' && gone.has(entry.user) && instantOf(entry) <= gone.get(entry.user)!
    const entries = new Entries(annulled)
    /** By user, when the earliest tombstone was made that came back. */
    const since = new Map<string, Date>()
    let behind = from
    let batch: Entry[] = []
    const flush = async (): Promise<void> => {
      for (const entry of await this.store.unknown(batch)) {
        signal?.throwIfAborted()
        await this.again(entry, done, since)
      }
      batch = []
    }
    for await (const read of this.file.from(from)) {
      behind = read.behind
      const entry = entries.next(read.line)
      if (entry && !isOver(entry)) batch.push(entry)
      if (batch.length >= BATCH) await flush()
    }
    await flush()
    for (const [user, at] of since) done.memories += (await this.redo.sweep(user, at)).length
    return behind
  }

  private async again(entry: Entry, done: Replayed, since: Map<string, Date>): Promise<void> {
    const redone = await this.redo.redo(entry)
    if (!redone) return
    if (entry.line === 'forgotten') done.forgets++
    if (entry.line === 'user') done.users++
    done.memories += redone.memories
    done.tombstones += redone.tombstones.length
    for (const { at } of redone.tombstones) if (!since.has(entry.user) || at < since.get(entry.user)!) since.set(entry.user, at)
  }

  /** A ledger that is new tells what the store knows. */
  private async copyStore(): Promise<void> {
    for (let page = await this.store.tombstones(undefined, BATCH); page.length > 0; page = await this.store.tombstones(page.at(-1), BATCH)) {
      await this.file.append(page.map((stone) => tombstoneLine(stone.user, null, stone)))
    }
    for (let page = await this.store.receipts(undefined, BATCH); page.length > 0; page = await this.store.receipts(page.at(-1), BATCH)) {
      await this.file.append(page.map((receipt) => receiptLine(receipt.user, receipt)))
    }
  }
}

function instantOf(entry: Entry): Date {
  return new Date(entry.line === 'forgotten' ? entry.receipt.at : entry.at)
}

function said({ forgets, memories, tombstones, users }: Replayed): string {
  const of = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`
  return `${of(forgets, 'forgetting was', 'forgettings were')} done again, ${of(memories, 'memory', 'memories')} erased, ${of(tombstones, 'tombstone', 'tombstones')} put up, `
    + `${of(users, 'user', 'users')} forgotten`
}
