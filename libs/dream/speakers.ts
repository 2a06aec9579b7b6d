import { SELF } from '#facts'
import { entities, nameKey } from '#language'

/** Roles of machines: what they say is not what people state of themselves. */
const MACHINES: ReadonlySet<string> = new Set(['assistant', 'system', 'tool', 'ai', 'bot', 'model', 'agent', 'function', 'developer'])

/** Whether somebody of this role is a person, who may be believed of themselves. */
export function isPerson(role: string): boolean {
  return !MACHINES.has(role.toLowerCase())
}

/** The name of a speaker; undefined for "user" and the like. */
export function nameOf(speaker: string | null): string | undefined {
  return speaker === null ? undefined : entities('', speaker)[0]?.name
}

/** The key of a speaker's name, or of the user, who need not be named. */
export function speakerKey(speaker: string | null): string {
  return nameKey(nameOf(speaker) ?? SELF)
}
