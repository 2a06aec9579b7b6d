import nlp from 'compromise/two'
import { nameKey } from '#language'
import type { Triple } from './claim'
import { endedBy, modeOf, plain } from './predicates'

/** The triple with its words folded, as a key: statements that say the same have the same. */
export function tripleKey(triple: Triple): string {
  const { subject, predicate, object, negated } = plain(triple)
  return JSON.stringify([nameKey(subject), predicate, nameKey(object), negated])
}

/**
 * What may stand against each other has one slot: where there is one object at a time, all that is said of subject and predicate, what is over
 * included; else what is said of one object.
 */
export function slotOf(triple: Triple): string {
  const { subject, predicate, object } = plain(triple)
  const base = endedBy(predicate) ?? predicate
  return JSON.stringify(modeOf(base) === 'many' ? [nameKey(subject), base, nameKey(object)] : [nameKey(subject), base])
}

/** Predicates whose objects may be called by what they are ("a bakery"), which may be the same as one with a name. */
const MAY_BE_UNNAMED: ReadonlySet<string> = new Set(['works_at', 'studies_at'])

/**
 * Whether both cannot hold at one time, of two objects of a predicate that has one object: not of a town and a country (it may lie there),
 * of "a bakery" and one with a name (it may be that), of a name and a longer one, unless it is said that something changed.
 * @param changed whether the newer one is told as a change
 */
export function excludes(predicate: string, newer: string, older: string, changed: boolean): boolean {
  const [a, b] = [nameKey(newer), nameKey(older)]
  if (a === b) return false
  if (predicate === 'name' || predicate === 'birthday' || predicate === 'address') return !within(a, b) && !within(b, a)
  if (changed) return true
  if (predicate === 'lives_in' || predicate === 'born_in') return !within(a, b) && !within(b, a) && isCountry(newer) === isCountry(older)
  return !MAY_BE_UNNAMED.has(predicate) || (/^\p{Lu}/u.test(newer) && /^\p{Lu}/u.test(older))
}

/** Whether each word of `part` is one of `whole`. */
function within(part: string, whole: string): boolean {
  const words = new Set(whole.split(/[ ,]+/))
  return part.split(/[ ,]+/).every((word) => words.has(word))
}

function isCountry(place: string): boolean {
  return nlp(place).has('#Country')
}
