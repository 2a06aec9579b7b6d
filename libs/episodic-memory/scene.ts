const CONTEXT_CHARACTERS = 130
const OWN_CHARACTERS = 300

/**
 * The text of the `situation` head: the turns before, then the turn itself, a line each. Without the date, which made the scenes of one
 * day alike, and without who speaks: a name draws a vector to whoever is greeted by it, and names are matched as words.
 */
export function sceneText(before: readonly string[], content: string): string {
  const line = (text: string, limit: number): string => text.replace(/\s+/g, ' ').trim().slice(0, limit)
  return [...before.map((text) => line(text, CONTEXT_CHARACTERS)), line(content, OWN_CHARACTERS)].join('\n').toWellFormed()
}
