import type { Party } from './subjects'
import type { Verb } from './verbs'
import type { Word } from './word'

/** A clause: who does what. */
export interface Clause {
  readonly words: readonly Word[]
  /** Where the next clause begins. */
  readonly end: number
  readonly party: Party
  readonly verb: Verb
  /** Name of the speaker. */
  readonly self: string
  /** What stands after the verb, as written. */
  readonly tail: string
}

/** What a clause says of its subject, or of another. */
export interface Said {
  readonly subject?: string
  readonly predicate: string
  readonly object: string
  readonly negated?: boolean
  /** Times in the clause say when it happened, or since when it is so; else they mean something else. */
  readonly time?: 'event' | 'state'
}

/** How a verb is read. */
export type Rule = (clause: Clause) => Said[]

export const one = (predicate: string, object: string | undefined, more: Partial<Said> = {}): Said[] => (object === undefined ? [] : [{ predicate, object, ...more }])

/** The word after the verb. */
export const wordAt = ({ words, verb }: Clause, offset = 0): string => words[verb.end + offset]?.lower ?? ''

/** A state: in the present, or in the perfect if it says since when. What is not so in the perfect never was. */
export function isState({ verb, tail }: Clause): boolean {
  if (verb.aspect === 'used' || verb.tense === 'past') return false
  return verb.tense === 'present' || (/\b(?:since|for)\b/i.test(tail) && (!verb.negated || /\bsince\b/i.test(tail)))
}

/** Something that happened: past or perfect, and it did happen. */
export function happened({ verb }: Clause): boolean {
  return (verb.tense === 'past' || verb.tense === 'perfect') && !verb.negated && !verb.progressive && verb.aspect === undefined
}

/** Where the object begins: after "still", "now" and the like. */
export function objectAt({ words, verb }: Clause): number {
  let i = verb.end
  while (/^(?:now|currently|still|mostly|mainly|really|also|both|always|together|full|part|back|again)$/.test(words[i]?.lower ?? '')) i++
  return i
}
