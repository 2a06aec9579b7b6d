import { SCENE_TURNS } from './trace'

/** A turn as a scene shows it. */
export interface Turn {
  readonly speaker: string | null
  readonly role: string
  readonly content: string
}

const CONTEXT_CHARACTERS = 130
const OWN_CHARACTERS = 250

/**
 * The text of the `situation` head: up to two turns before, then the turn, one "Speaker: words" line each. Without the date:
 * it made the scenes of one day alike.
 */
export function sceneText(before: readonly Turn[], turn: Turn): string {
  const line = (t: Turn, limit: number): string => `${t.speaker ?? t.role}: ${t.content.replace(/\s+/g, ' ').trim().slice(0, limit)}`
  return [...before.slice(-SCENE_TURNS).map((t) => line(t, CONTEXT_CHARACTERS)), line(turn, OWN_CHARACTERS)].join('\n').toWellFormed()
}
