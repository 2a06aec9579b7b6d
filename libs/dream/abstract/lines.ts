import type { DayTrace } from '../phase'
import type { Reading } from '../reading/reader'
import { type Background, extract } from './extract'

/** A line of a summary, and the traces that say so. */
export interface Line {
  readonly text: string
  readonly sources: readonly string[]
  /** By a model, in its own words; else word for word as its one source has it. */
  readonly written: boolean
}

/** Lines of a summary that a model wrote parts of. */
const MOST = 24

/** What sums up a whole day: as the model has it, where there is one that had anything to say, and else in the words of the day. Pure. */
export async function linesOfDay(traces: readonly DayTrace[], reading: Reading | undefined, background: Background): Promise<Line[]> {
  if (!reading?.parts.some(({ notes }) => notes?.summary.length)) return quoted(traces, background)
  const lines: Line[] = []
  for (const { material, notes } of reading.parts) {
    lines.push(...notes?.summary.length ? notes.summary.map((note) => ({ ...note, written: true })) : await quoted(material.traces, background))
  }
  return once(lines).slice(0, MOST)
}

/** What sums up a part of the day: the lines of the day that are about it alone, if the model had several, else its own words. Pure. */
export async function linesOfEpisode(turns: readonly DayTrace[], day: readonly Line[], background: Background): Promise<Line[]> {
  const ids = new Set(turns.map((turn) => turn.id))
  const own = day.filter((line) => line.written && line.sources.every((id) => ids.has(id)))
  return own.length > 1 ? own : quoted(turns, background)
}

async function quoted(traces: readonly DayTrace[], background: Background): Promise<Line[]> {
  return (await extract(traces, background)).map(({ text, source }) => ({ text, sources: [source], written: false }))
}

function once(lines: readonly Line[]): Line[] {
  return [...new Map(lines.map((line) => [line.text, line])).values()]
}
