import { nextTurn } from '#kernel'
import type { Line } from './format'
import { linesOf } from './lines'
import type { Spool } from './spool'
import type { Problem, ReadLine } from './transfer.types'

/** Lines after which everything else that waits goes first. */
const LINES_IN_A_TURN = 64

export type ManuscriptLine = { readonly number: number } & ({ readonly line: Line } | { readonly problems: readonly Problem[] })

/** An import that lies in a file, to be read as often as it takes: none of it stays in memory. */
export class Manuscript {
  constructor(private readonly spool: Spool, private readonly read: ReadLine) {}

  async *lines(): AsyncGenerator<ManuscriptLine> {
    let n = 0
    for await (const raw of linesOf(this.spool.read())) {
      if (++n % LINES_IN_A_TURN === 0) await nextTurn()
      const { number } = raw
      if ('fault' in raw) {
        yield { number, problems: [{ line: number, field: 'line', message: raw.fault }] }
        continue
      }
      const read = this.read(raw.text)
      yield 'line' in read ? { number, line: read } : { number, problems: read.map((problem) => ({ line: number, ...problem })) }
    }
  }

  /** The lines of one that was checked. */
  async *sound(): AsyncGenerator<{ readonly number: number; readonly line: Line }> {
    for await (const read of this.lines()) if ('line' in read) yield read
  }
}
