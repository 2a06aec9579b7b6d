import type { Triple } from './claim'

/**
 * How statements with one subject and predicate stand to each other.
 * - `one`: only one object at a time; a newer one takes the place of an older one.
 * - `fixed`: only one ever; another one contradicts.
 * - `many`: any number of objects; only saying no to the same object closes it.
 */
export type Mode = 'one' | 'fixed' | 'many'

interface Predicate {
  readonly mode: Mode
  /** "…lives in…", and its denial. */
  readonly says: string
  readonly denies: string
}

const predicate = (mode: Mode, says: string, denies: string): Predicate => ({ mode, says, denies })

const PREDICATES: Readonly<Record<string, Predicate>> = {
  name: predicate('one', 'is called', 'is not called'),
  age: predicate('one', 'is of age', 'is not of age'),
  birthday: predicate('fixed', 'has birthday on', 'does not have birthday on'),
  email: predicate('one', 'has the email', 'does not have the email'),
  phone_number: predicate('one', 'has the phone number', 'does not have the phone number'),
  address: predicate('one', 'has the address', 'does not have the address'),
  lives_in: predicate('one', 'lives in', 'does not live in'),
  lived_in: predicate('many', 'lived in', 'did not live in'),
  from: predicate('many', 'is from', 'is not from'),
  born_in: predicate('fixed', 'was born in', 'was not born in'),
  works_at: predicate('one', 'works at', 'does not work at'),
  worked_at: predicate('many', 'worked at', 'did not work at'),
  works_as: predicate('many', 'works as', 'does not work as'),
  studies: predicate('many', 'studies', 'does not study'),
  studies_at: predicate('one', 'studies at', 'does not study at'),
  graduated_from: predicate('many', 'graduated from', 'did not graduate from'),
  married_to: predicate('one', 'is married to', 'is not married to'),
  relationship_status: predicate('one', 'is', 'is not'),
  diet: predicate('one', 'is', 'is not'),
  has: predicate('many', 'has', 'does not have'),
  has_pet: predicate('many', 'has a pet called', 'does not have a pet called'),
  is_a: predicate('many', 'is', 'is not'),
  allergic_to: predicate('many', 'is allergic to', 'is not allergic to'),
  has_condition: predicate('many', 'has', 'does not have'),
  has_habit: predicate('many', 'has the habit of', 'does not have the habit of'),
  eats: predicate('many', 'eats', 'does not eat'),
  drinks: predicate('many', 'drinks', 'does not drink'),
  likes: predicate('many', 'likes', 'does not like'),
  dislikes: predicate('many', 'dislikes', 'does not dislike'),
  prefers: predicate('many', 'prefers', 'does not prefer'),
  speaks: predicate('many', 'speaks', 'does not speak'),
  learning: predicate('many', 'is learning', 'is not learning'),
  plays: predicate('many', 'plays', 'does not play'),
  owns: predicate('many', 'owns', 'does not own'),
  uses: predicate('many', 'uses', 'does not use'),
  member_of: predicate('many', 'is a member of', 'is not a member of'),
  volunteers_at: predicate('many', 'volunteers at', 'does not volunteer at'),
  afraid_of: predicate('many', 'is afraid of', 'is not afraid of'),
}

/** Predicates of which one is the denial of the other. */
const OPPOSITE: Readonly<Record<string, string>> = { dislikes: 'likes' }
/** What is over: it says nothing against the same being so again. */
const PAST: Readonly<Record<string, string>> = { lived_in: 'lives_in', worked_at: 'works_at' }

/** Favourites are one a subject ("favorite_book"); what somebody is to another has the form "sister_of". */
export function modeOf(name: string): Mode {
  if (name.startsWith('favorite_')) return 'one'
  return PREDICATES[name]?.mode ?? 'many'
}

/** The predicate whose state a past one ended ("lived_in": "lives_in"); undefined for others. */
export function endedBy(name: string): string | undefined {
  return PAST[name]
}

/** The triple with opposites brought to one form: who dislikes something does not like it. */
export function plain({ subject, predicate: name, object, negated = false }: Triple): Required<Triple> {
  const other = OPPOSITE[name]
  return other === undefined ? { subject, predicate: name, object, negated } : { subject, predicate: other, object, negated: !negated }
}

/** The triple as a sentence without a full stop: "Ana lives in Lisbon". The same triple gives the same sentence. */
export function sentenceOf({ subject, predicate: name, object, negated }: Triple): string {
  const who = subject[0]!.toUpperCase() + subject.slice(1)
  if (name.startsWith('favorite_')) return `${who}'s favorite ${name.slice('favorite_'.length).replaceAll('_', ' ')} is ${negated ? 'not ' : ''}${object}`
  if (name.endsWith('_of') && !(name in PREDICATES)) return `${who} is ${negated ? 'not ' : ''}${object}'s ${name.slice(0, -'_of'.length)}`
  const { says, denies } = PREDICATES[name]!
  return `${who} ${negated ? denies : says} ${COUNTED.has(name) ? withArticle(object) : object}`
}

/** Predicates whose objects are one of many: "works at a bakery". */
const COUNTED: ReadonlySet<string> = new Set(['works_at', 'worked_at', 'works_as', 'volunteers_at', 'member_of', 'owns', 'has', 'is_a'])

/** "a bakery", "an old clock"; names, plurals and numbers as they are. */
function withArticle(object: string): string {
  if (!/^\p{Ll}/u.test(object) || /[^s]s$/.test(object) || /^(?:one|two|three|four|five|six|seven|eight|nine|ten|many|several) /.test(object)) return object
  return `${/^[aeiou]/.test(object) ? 'an' : 'a'} ${object}`
}
