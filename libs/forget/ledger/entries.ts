import type { LedgerLine, LineOf } from './ledger-lines'

/** What was forgotten in one call. */
export interface Forgotten {
  readonly line: 'forgotten'
  readonly user: string
  readonly receipt: LineOf<'receipt'>
  readonly ids: readonly string[]
  readonly stones: readonly LineOf<'tombstone'>[]
}

/** One thing that a ledger tells. */
export type Entry = Forgotten | LineOf<'tombstone'> | LineOf<'user'> | LineOf<'lifted'>

/** Puts lines together to what they tell, in the order in which each was complete. What a crash left without its receipt is never told. */
export class Entries {
  private readonly open = new Map<string, { ids: string[]; stones: LineOf<'tombstone'>[] }>()

  /** @param annulled receipts of what did not happen */
  constructor(private readonly annulled: ReadonlySet<string>) {}

  /** What is complete with this line. */
  next(line: LedgerLine): Entry | undefined {
    switch (line.line) {
      case 'forgotten':
        this.of(line.receipt).ids.push(...line.ids)
        return undefined
      case 'tombstone':
        if (line.receipt === null) return line
        this.of(line.receipt).stones.push(line)
        return undefined
      case 'receipt': {
        const { ids, stones } = this.of(line.id)
        this.open.delete(line.id)
        return this.annulled.has(line.id) ? undefined : { line: 'forgotten', user: line.user, receipt: line, ids, stones }
      }
      case 'user':
        return this.annulled.has(line.receipt) ? undefined : line
      case 'lifted':
        return line
      default:
        return undefined
    }
  }

  private of(receipt: string): { ids: string[]; stones: LineOf<'tombstone'>[] } {
    let open = this.open.get(receipt)
    if (!open) this.open.set(receipt, (open = { ids: [], stones: [] }))
    return open
  }
}
