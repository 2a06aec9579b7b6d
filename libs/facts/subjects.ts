import { entities } from '#language'
import { type Spoken, SELF, type Triple } from './claim'
import { kinOf, PETS } from './kin'
import { nameAt } from './phrases'
import { breaksAfter, verbatim, type Word } from './word'

/** Whom a clause is about. */
export interface Party {
  readonly name: string
  readonly kind: 'self' | 'person' | 'pet'
  /** "we": not the speaker alone. */
  readonly plural: boolean
  /** "my sister Marta" says who Marta is. */
  readonly relations: readonly Triple[]
  /** What is spoken of is this of the speaker: "my birthday", "my favorite book". */
  readonly attribute?: string
  /** Where the clause goes on. */
  readonly end: number
}

/** What precedes a kin word without changing who is meant. */
const KIN_ADJECTIVES: ReadonlySet<string> = new Set(
  'younger older little big elder eldest oldest youngest best good close dear old twin baby beautiful lovely wonderful amazing sweet new'.split(' '))
const ATTRIBUTES: Readonly<Record<string, string>> = {
  name: 'name', birthday: 'birthday', age: 'age', email: 'email', 'e-mail': 'email', 'email address': 'email', 'phone number': 'phone_number', number: 'phone_number',
  address: 'address', car: 'owns', job: 'works_as', diet: 'diet',
}

export function selfOf({ speaker }: Spoken): string {
  return speaker ?? SELF
}

/** Reads the subject that begins at `at`, of a sentence said so; undefined when there is none that facts are read of. */
export function partyAt(words: readonly Word[], at: number, spoken: Spoken): Party | undefined {
  const { lower } = words[at] ?? { lower: '' }
  const self = selfOf(spoken)
  if (lower === 'i' || lower === 'we') return { name: self, kind: 'self', plural: lower === 'we', relations: [], end: at + 1 }
  if (lower === 'my' || lower === 'our') return possessed(words, at + 1, self, lower === 'our')
  const name = personAt(words, at)
  if (name === undefined) return undefined
  // "Priya and I", "me and Priya" is "we".
  if (words[name.end]?.lower === 'and' && words[name.end + 1]?.lower === 'i') return { name: self, kind: 'self', plural: true, relations: [], end: name.end + 2 }
  return { name: name.text, kind: 'person', plural: false, relations: [], end: name.end }
}

/** "my sister (Marta)", "our dog Rex", "my wife's name", "my favorite book". */
function possessed(words: readonly Word[], at: number, self: string, plural: boolean): Party | undefined {
  let i = at
  if (/^favou?rite$/.test(words[i]?.lower ?? '')) return favourite(words, i + 1, self)
  for (const length of [2, 1]) {
    const attribute = ATTRIBUTES[words.slice(i, i + length).map((word) => word.lower).join(' ')]
    if (attribute !== undefined && !breaksAfter(words[i + length - 1])) return { name: self, kind: 'self', plural, relations: [], attribute, end: i + length }
  }
  while (KIN_ADJECTIVES.has(words[i]?.lower ?? '')) i++
  const bare = (words[i]?.lower ?? '').replace(/'s$/, '')
  const kin = kinOf(bare)
  if (kin === undefined && !PETS.has(bare)) return undefined
  const possessive = words[i]!.lower.endsWith("'s") || words[i]!.tags.has('Possessive') && /'s$/.test(words[i]!.text)
  if (possessive && words[i]!.text.endsWith("'s") && words[i + 1]?.text !== '') {
    return words[i + 1]?.lower === 'name' ? { ...unnamed(self, kin ?? bare, kin !== undefined), attribute: 'name', end: i + 2 } : undefined
  }
  const named = namedAfter(words, i)
  if (named === undefined) return { ...unnamed(self, kin ?? bare, kin !== undefined), end: i + 1 }
  const relations: Triple[] = kin === undefined
    ? [{ subject: self, predicate: 'has_pet', object: named.text }, { subject: named.text, predicate: 'is_a', object: bare }]
    : [{ subject: named.text, predicate: `${kin}_of`, object: self }]
  return { name: named.text, kind: kin === undefined ? 'pet' : 'person', plural: false, relations, end: named.end }
}

function unnamed(self: string, word: string, kin: boolean): Omit<Party, 'end'> {
  return { name: `${self}'s ${word}`, kind: kin ? 'person' : 'pet', plural: word === 'parents', relations: [] }
}

/** The name after "my sister", with or without commas. */
function namedAfter(words: readonly Word[], kin: number): { text: string; end: number } | undefined {
  const apart = /^\s*,\s*$/.test(words[kin]!.after)
  if (breaksAfter(words[kin]) && !apart) return undefined
  const titled = /^(?:mr|mrs|ms|dr|prof|professor)$/.test(words[kin + 1]?.lower ?? '') ? 1 : 0
  const name = nameAt(words, kin + 1 + titled)
  if (name === undefined || name.words.length > 3) return undefined
  if (apart && !/^\s*,/.test(words[name.end - 1]!.after)) return undefined
  return { text: name.text, end: name.end }
}

function favourite(words: readonly Word[], at: number, self: string): Party | undefined {
  let i = at
  while (i < words.length && i < at + 3 && words[i]!.text !== '' && !words[i]!.tags.has('Copula') && !breaksAfter(words[i])) i++
  const what = verbatim(words, at, words[i]?.text === '' ? i : i).toLowerCase().replace(/'s$/, '')
  if (what === '' || !/^[\p{Ll} -]+$/u.test(what) || /^(?:part|thing|one|memory|moment|time)s?\b/.test(what)) return undefined
  return { name: self, kind: 'self', plural: false, relations: [], attribute: `favorite_${what.replace(/[ -]+/g, '_')}`, end: i }
}

/** A person's name as a subject: told by the same rules as the entities of a trace. */
function personAt(words: readonly Word[], at: number): { text: string; end: number } | undefined {
  const name = nameAt(words, at)
  if (name === undefined || name.words.length > 3 || words[name.end - 1]!.text.endsWith("'s") || breaksAfter(words[name.end - 1])) return undefined
  const rest = verbatim(words, at, words.length)
  const known = entities(rest).find((entity) => entity.name.toLowerCase() === name.text.toLowerCase())
  return known === undefined || known.type === 'place' || known.type === 'organization' ? undefined : name
}
