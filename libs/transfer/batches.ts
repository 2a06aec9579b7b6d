import type { Line } from './format'

/** Lines of one kind that go to the store together. */
const MOST_LINES = 500
/** Characters of content that may wait, too. */
const MOST_CHARACTERS = 2 * 1024 * 1024

export interface Numbered<L extends Line = Line> {
  readonly number: number
  readonly line: L
}

type Handlers = { readonly [K in Line['line']]?: (batch: Numbered<Extract<Line, { line: K }>>[]) => Promise<void> }

/** Gathers lines into batches of one kind, and hands each on when it is full or another kind begins. Kinds without a handler are let go. */
export class Batches {
  private batch: Numbered[] = []
  private characters = 0

  constructor(private readonly handlers: Handlers) {}

  async add(number: number, line: Line): Promise<void> {
    const full = this.batch.length >= MOST_LINES || this.characters >= MOST_CHARACTERS
    if (full || (this.batch.length > 0 && this.batch[0]!.line.line !== line.line)) await this.end()
    this.batch.push({ number, line })
    if (line.line === 'trace') this.characters += line.content.length
  }

  /** Hands on what is left. */
  async end(): Promise<void> {
    const batch = this.batch
    this.batch = []
    this.characters = 0
    if (batch.length === 0) return
    const handle = this.handlers[batch[0]!.line.line] as ((batch: Numbered[]) => Promise<void>) | undefined
    await handle?.(batch)
  }
}
