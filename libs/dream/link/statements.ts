import { type Claim, claimsOf } from '#facts'
import { nameKey } from '#language'
import type { DayTrace, Dream } from '../phase'
import { isPerson, nameOf, speakerKey } from '../speakers'
import { mapInTurns } from '../turns'

/** A claim, and what makes it. */
export interface Statement {
  readonly claim: Claim
  readonly source: DayTrace
  /** Who says so: the key of the name, or of the user. */
  readonly by: string
}

/** What is stated on a day of people. A first name is the one speaker's whose first name it is. */
export async function statementsOf({ traces, zone }: Pick<Dream, 'traces' | 'zone'>): Promise<Statement[]> {
  const speakers = [...new Set(traces.flatMap((t) => nameOf(t.speaker) ?? []))]
  const whole = (name: string): string => {
    const same = speakers.filter((speaker) => nameKey(speaker).split(' ')[0] === nameKey(name))
    return same.length === 1 ? same[0]! : name
  }
  const said = await mapInTurns(traces.filter((t) => isPerson(t.role)), (source): Statement[] => {
    const speaker = nameOf(source.speaker)
    return claimsOf(source.content, { speaker, at: source.occurredAt, zone }).map((claim) => ({
      claim: { ...claim, triple: { ...claim.triple, subject: whole(claim.triple.subject) } }, source, by: speakerKey(source.speaker),
    }))
  })
  return said.flat()
}
