import { type Claim, claimsOf, SELF } from '#facts'
import { entities, nameKey } from '#language'
import type { DayTrace, Dream } from '../phase'
import { mapInTurns } from '../turns'

/** A claim, and what makes it. */
export interface Statement {
  readonly claim: Claim
  readonly source: DayTrace
  /** Who says so: the key of the name, or of the user. */
  readonly by: string
}

/** What assistants and tools say is not what people state of themselves. */
const OTHERS: ReadonlySet<string> = new Set(['assistant', 'system', 'tool', 'ai', 'bot', 'model', 'agent'])

/** What is stated on a day of people. A first name is the one speaker's whose first name it is. */
export async function statementsOf({ traces, zone }: Pick<Dream, 'traces' | 'zone'>): Promise<Statement[]> {
  const speakers = [...new Set(traces.flatMap((t) => nameOf(t.speaker) ?? []))]
  const whole = (name: string): string => {
    const same = speakers.filter((speaker) => nameKey(speaker).split(' ')[0] === nameKey(name))
    return same.length === 1 ? same[0]! : name
  }
  const said = await mapInTurns(traces.filter((t) => !OTHERS.has(t.role.toLowerCase())), (source): Statement[] => {
    const speaker = nameOf(source.speaker)
    return claimsOf(source.content, { speaker, at: source.occurredAt, zone }).map((claim) => ({
      claim: { ...claim, triple: { ...claim.triple, subject: whole(claim.triple.subject) } }, source, by: nameKey(speaker ?? SELF),
    }))
  })
  return said.flat()
}

/** The name of a speaker; undefined for "user" and the like. */
export function nameOf(speaker: string | null): string | undefined {
  return speaker === null ? undefined : entities('', speaker)[0]?.name
}
