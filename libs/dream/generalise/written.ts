import { contentWords } from '#language'
import type { DayTrace } from '../phase'
import type { Notes, Reading } from '../reading/reader'
import type { Decision } from './decisions'
import type { Pattern } from './patterns'
import { confidenceOf, type Preference } from './preferences'

/** How sure one note of a model makes, which cites its sources but is in its own words. */
const SURE = 0.7
const VALUES = { for: 'likes', against: 'dislikes', always: 'always', never: 'never' } as const

/** Preferences that a model noted, in the order of the day. Pure. */
export function writtenPreferences(reading: Reading | undefined): Preference[] {
  return notesOf(reading).flatMap(({ preferences, material }) => preferences.map((note): Preference => ({
    holder: holderOf(note.holder, material.traces), key: note.matter.toLowerCase().trim(), value: VALUES[note.stance], mind: note.stance, content: note.text,
    sources: note.sources, at: lastOf(note.sources, material.traces), sure: SURE, confidence: confidenceOf(SURE, note.sources.length),
  })))
}

/** Habits and decisions that a model noted. Pure. */
export function writtenPatterns(reading: Reading | undefined): Pattern[] {
  return notesOf(reading).flatMap(({ patterns, material }) => patterns.map((note): Pattern => ({
    kind: note.kind, key: `written|${note.kind}|${[...new Set(contentWords(note.about))].sort().join(' ')}`, holder: null, content: note.text, sources: note.sources,
    frequency: note.sources.length, told: true, at: lastOf(note.sources, material.traces), confidence: confidenceOf(SURE, note.sources.length),
  })))
}

/** What rules found, without what a model has noted from the same traces. */
export function unwritten<T extends Preference | Decision | Pattern>(found: readonly T[], written: readonly { readonly sources: readonly string[] }[]): T[] {
  const noted = new Set(written.flatMap((one) => one.sources))
  return found.filter((one) => !one.sources.some((id) => noted.has(id)))
}

function notesOf(reading: Reading | undefined): Notes[] {
  return reading?.parts.flatMap(({ notes }) => notes ?? []) ?? []
}

/** A speaker by the name that the model uses; null for whoever speaks without one. */
function holderOf(name: string, traces: readonly DayTrace[]): string | null {
  const plain = name.trim().toLowerCase()
  const speaker = traces.find((trace) => trace.speaker?.toLowerCase() === plain)?.speaker
  return speaker ?? (/^(?:the )?user$/.test(plain) || plain === '' ? null : name.trim())
}

function lastOf(ids: readonly string[], traces: readonly DayTrace[]): Date {
  return new Date(Math.max(...traces.filter((trace) => ids.includes(trace.id)).map((trace) => trace.occurredAt.getTime())))
}
