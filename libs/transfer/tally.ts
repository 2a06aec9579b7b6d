import type { Counts } from './format'
import type { ImportAnswer } from './transfer.types'

const MOST_LINES = 1_000

type Fate = 'stored' | 'skipped' | 'blocked'

/** Counts what became of an import's lines. */
export class Tally {
  private readonly counts: Record<Fate, { -readonly [K in keyof Counts]: number }> = {
    stored: { sessions: 0, traces: 0, edges: 0 }, skipped: { sessions: 0, traces: 0, edges: 0 }, blocked: { sessions: 0, traces: 0, edges: 0 },
  }
  private readonly blockedLines: number[] = []

  add(what: keyof Counts, fate: Fate, n: number): void {
    this.counts[fate][what] += n
  }

  blocked(line: number): void {
    this.counts.blocked.traces++
    if (this.blockedLines.length < MOST_LINES) this.blockedLines.push(line)
  }

  answer(dryRun: boolean): ImportAnswer {
    return { dryRun, ...this.counts, blockedLines: this.blockedLines }
  }
}
