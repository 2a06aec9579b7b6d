import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import { z } from 'zod'
import { loadSettings, type Settings } from '#config'
import { chainFault, ForgetCounts } from '#forget'
import { Refusal } from '../api/mcp/memory-api'
import { atServer } from './at-server'
import { queryOf } from './query'

/** A receipt as the wire has it. */
const Line = z.object({
  id: z.string(), at: z.iso.datetime({ offset: true }), previous: z.string().nullable(), digest: z.string(),
  forgotten: ForgetCounts,
})
/** Receipts of one request. */
const PAGE = 200

interface Page {
  readonly results: readonly unknown[]
  readonly next_cursor: string | null
}

/** `reverie receipts` and `reverie verify`. */
export function addReceipts(program: Command): void {
  program.command('receipts').description('write the receipts of everything a user had forgotten to standard output, as JSON lines, the oldest first')
    .option('--user <id>', 'whose; default: the single user').action(({ user }: { user?: string }) => tellReceipts(loadSettings(), user))
  program.command('verify').description('check receipts from a file or standard input, without any server: that each is as it was written and none is missing between them')
    .argument('[file]').option('--last <digest>', 'what forgetting answered last: then none is missing at the end, either')
    .action(async (file: string | undefined, { last }: { last?: string }) => verify(await (file === undefined ? text(process.stdin) : contentOf(file)), last))
}

async function tellReceipts(settings: Settings, user: string | undefined): Promise<void> {
  await atServer(settings, async (server) => {
    let cursor: string | undefined
    do {
      const page = await (await server.ask('GET', `/memory/forget/receipts${queryOf({ user_id: user, cursor, limit: String(PAGE) })}`)).json() as Page
      for (const receipt of page.results) console.log(JSON.stringify(receipt))
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
  })
}

/**
 * Recomputes the digest of each receipt and follows their chain.
 * @throws Refusal which names the first line that does not fit
 */
function verify(lines: string, last: string | undefined): void {
  const receipts = lines.split('\n').filter((line) => line.trim() !== '').map(receiptOf)
  const fault = chainFault(receipts)
  if (fault) {
    const why = fault.what === 'changed' ? 'it was changed: its digest is another' : 'it does not follow the one before: one is missing, added or elsewhere'
    throw new Refusal(`receipt ${fault.index + 1}, ${receipts[fault.index]!.id}: ${why}`)
  }
  const end = receipts.at(-1)?.digest
  if (last !== undefined && last !== end) throw new Refusal(`the last digest is ${end ?? 'none'}: receipts are missing at the end, or were added`)
  console.log(`${receipts.length} ${receipts.length === 1 ? 'receipt fits' : 'receipts fit'}${end === undefined ? '' : `; the last digest is ${end}`}`)
}

function receiptOf(line: string, index: number): Parameters<typeof chainFault>[0][number] {
  const parsed = Line.safeParse(jsonOf(line))
  if (!parsed.success) throw new Refusal(`receipt ${index + 1}: is none`)
  const { id, at, forgotten, previous, digest } = parsed.data
  return { id, at: new Date(at), counts: forgotten, previous, digest }
}

function contentOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => Promise.reject(new Refusal(`${file} cannot be read (${cause.code})`, { cause })))
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
