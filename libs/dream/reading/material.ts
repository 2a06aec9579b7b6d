import { DateTime } from 'luxon'
import type { DayTrace } from '../phase'
import type { CitedSource } from './cited'

/** Characters of the sources of one question (some 6,000 tokens), and of one source in it. */
const QUESTION_CHARS = 24_000
const SOURCE_CHARS = 2_000

/** Sources that are asked about at once, numbered from 1. */
export interface Material {
  readonly sources: readonly CitedSource[]
  readonly traces: readonly DayTrace[]
  /** As the model reads them. */
  readonly text: string
}

/**
 * Cuts a day's turns into questions, episode by episode where they fit. Each source is one line of JSON inside a fence that no source can
 * close: whatever it says, it is data. Pure.
 */
export function materials(episodes: readonly (readonly DayTrace[])[], zone: string): Material[] {
  const groups: DayTrace[][] = [[]]
  let size = 0
  for (const episode of episodes) {
    const whole = episode.reduce((sum, trace) => sum + sizeOf(trace), 0)
    if (size > 0 && size + whole > QUESTION_CHARS) {
      groups.push([])
      size = 0
    }
    for (const trace of episode) {
      if (size > 0 && size + sizeOf(trace) > QUESTION_CHARS) {
        groups.push([])
        size = 0
      }
      groups.at(-1)!.push(trace)
      size += sizeOf(trace)
    }
  }
  return groups.filter((group) => group.length > 0).map((traces) => materialOf(traces, zone))
}

function sizeOf(trace: DayTrace): number {
  return Math.min(SOURCE_CHARS, trace.content.length) + 60
}

function materialOf(traces: readonly DayTrace[], zone: string): Material {
  const sources = traces.map((trace): CitedSource => {
    const at = DateTime.fromJSDate(trace.occurredAt, { zone })
    const when = `${at.toFormat('cccc d LLLL yyyy', { locale: 'en' })} ${at.toISODate()} ${at.toFormat('HH:mm')}`
    return { id: trace.id, content: trace.content.slice(0, SOURCE_CHARS), aside: `${trace.speaker ?? ''} ${when}` }
  })
  const lines = traces.map((trace, i) => fenced({
    number: i + 1, speaker: trace.speaker ?? trace.role, time: DateTime.fromJSDate(trace.occurredAt, { zone }).toFormat('HH:mm'), text: sources[i]!.content,
  }))
  return { sources, traces, text: fence(lines) }
}

/** One line of data. */
export function fenced(source: object): string {
  return JSON.stringify(source).replace(/</g, '\\u003c')
}

export function fence(lines: readonly string[]): string {
  return ['<sources>', ...lines, '</sources>'].join('\n')
}
