import { z } from 'zod'
import { HOLDS } from '#episodic-memory'
import { ForgetCounts } from '../forget-counts'

const id = z.uuid()
const at = z.iso.datetime({ offset: true })
const hash = z.string().regex(/^[0-9a-f]{64}$/)

/** How many memories one line names, so that it stays under 4 KiB: what that long one call writes whole. */
export const IDS_A_LINE = 64

/**
 * What a ledger says, a line each. It names users and memories by their ids and texts by keyed hashes, nothing else. What was forgotten in one call shares its
 * receipt, and counts once the line of that has come; without a receipt (null) a tombstone stands by itself.
 */
const Line = z.discriminatedUnion('line', [
  /** The first one: which ledger this is. */
  z.strictObject({ line: z.literal('ledger'), id, at }),
  z.strictObject({ line: z.literal('forgotten'), user: id, receipt: id, ids: z.array(id).max(IDS_A_LINE) }),
  z.strictObject({
    line: z.literal('tombstone'), user: id, receipt: id.nullable(), id, memory: id, at, recipe: z.number().int(), key: z.string().nullable(), holds: z.array(z.enum(HOLDS)).nullable(),
    text: hash, source: hash.nullable(), knowledge: hash.nullable(),
  }),
  z.strictObject({
    line: z.literal('receipt'), user: id, id, at, digest: z.string(), previous: z.string().nullable(),
    counts: ForgetCounts,
  }),
  /** What has this receipt did not happen after all: the store did not take it. */
  z.strictObject({ line: z.literal('annulled'), receipt: id }),
  /** A user was forgotten wholly. */
  z.strictObject({ line: z.literal('user'), user: id, receipt: id, at }),
  z.strictObject({ line: z.literal('lifted'), user: id, tombstone: id, at }),
  /** The line before was cut off by a crash; what it was of never happened. */
  z.strictObject({ line: z.literal('torn') }),
])
export type LedgerLine = z.infer<typeof Line>
export type LineOf<L extends LedgerLine['line']> = Extract<LedgerLine, { line: L }>

export function writeLine(line: LedgerLine): string {
  return `${JSON.stringify(line)}\n`
}

/** undefined for what is no line of a ledger. */
export function readLine(text: string): LedgerLine | undefined {
  try {
    const read = Line.safeParse(JSON.parse(text))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}
