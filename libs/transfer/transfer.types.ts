import type { User } from '#kernel'
import type { Counts, Line } from './format'

/** What is wrong with a line of an import. Never quotes it. */
export interface Problem {
  /** Counted from 1. */
  readonly line: number
  /** The field, or `line` for the whole. */
  readonly field: string
  readonly message: string
}

/** Reads one line; the edge knows the limits of each field. */
export type ReadLine = (text: string) => Line | readonly Omit<Problem, 'line'>[]

export interface ImportInput {
  readonly user: User
  readonly body: AsyncIterable<Uint8Array>
  readonly read: ReadLine
  /** Checks everything and writes nothing. */
  readonly dryRun: boolean
}

export interface ImportAnswer {
  readonly dryRun: boolean
  readonly stored: Counts
  /** There already, and the same. */
  readonly skipped: Counts
  /** Kept away because they were forgotten, or come from what was: traces, and the edges that touch them. */
  readonly blocked: Counts
  /** Lines of the blocked traces, the first thousand. */
  readonly blockedLines: readonly number[]
}
