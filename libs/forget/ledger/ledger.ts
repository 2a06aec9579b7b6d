import { Injectable } from '@nestjs/common'
import type { WholeTombstone } from '#episodic-memory'
import type { User } from '#kernel'
import type { Receipt } from '../forget.types'
import { LedgerFile } from './ledger.file'
import { IDS_A_LINE, type LedgerLine, type LineOf } from './ledger-lines'

/**
 * Tells the ledger, outside of the store, what is forgotten: as the last thing of each transaction, so that nothing is forgotten of which the ledger does not
 * know. If the process dies between the two, the store never took what the ledger tells, and the next start forgets it.
 */
@Injectable()
export class Ledger {
  constructor(private readonly file: LedgerFile) {}

  /** Call before anything is changed. @throws ReverieError unavailable when it cannot be told */
  async ready(): Promise<void> {
    await this.file.ready()
  }

  async forgotten(user: User, receipt: Receipt, ids: readonly string[], stones: readonly WholeTombstone[]): Promise<void> {
    const pages = Array.from({ length: Math.ceil(ids.length / IDS_A_LINE) }, (_, i) => ids.slice(i * IDS_A_LINE, (i + 1) * IDS_A_LINE))
    await this.file.append([
      ...pages.map((page): LedgerLine => ({ line: 'forgotten', user: user.id, receipt: receipt.id, ids: [...page] })),
      ...stones.map((stone) => tombstoneLine(user.id, receipt.id, stone)), receiptLine(user.id, receipt),
    ])
  }

  async userForgotten(user: User, { id, at }: Receipt): Promise<void> {
    await this.file.append([{ line: 'user', user: user.id, receipt: id, at: at.toISOString() }])
  }

  async lifted(user: User, tombstone: string, at: Date): Promise<void> {
    await this.file.append([{ line: 'lifted', user: user.id, tombstone, at: at.toISOString() }])
  }

  /** What was told with this receipt did not happen. */
  async annulled(receipt: string): Promise<void> {
    await this.file.append([{ line: 'annulled', receipt }])
  }
}

export function tombstoneLine(user: string, receipt: string | null, stone: WholeTombstone): LineOf<'tombstone'> {
  const { id, traceId, at, recipe, keyId, holds, contentKey, sourceKey, knowledgeKey } = stone
  const hex = (bytes: Buffer | null): string | null => bytes && bytes.toString('hex')
  return {
    line: 'tombstone', user, receipt, id, memory: traceId, at: at.toISOString(), recipe, key: keyId, holds: holds && [...holds],
    text: contentKey.toString('hex'), source: hex(sourceKey), knowledge: hex(knowledgeKey),
  }
}

/** The tombstone of a line; its reason, which may quote, is in no ledger. */
export function tombstoneOf({ id, memory, at, recipe, key, holds, text, source, knowledge }: LineOf<'tombstone'>): WholeTombstone {
  const bytes = (hex: string | null): Buffer | null => (hex === null ? null : Buffer.from(hex, 'hex'))
  return {
    id, traceId: memory, at: new Date(at), reason: null, recipe, keyId: key, holds, contentKey: Buffer.from(text, 'hex'), sourceKey: bytes(source), knowledgeKey: bytes(knowledge),
  }
}

export function receiptLine(user: string, { id, at, digest, previous, counts }: Omit<Receipt, 'purged'>): LineOf<'receipt'> {
  return { line: 'receipt', user, id, at: at.toISOString(), digest, previous, counts: { ...counts } }
}
