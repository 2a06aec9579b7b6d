import { kinOf, PETS } from './kin'
import { nameAt, phraseAt, phrasesAt } from './phrases'
import { type Clause, isState, one, type Said } from './said'
import { dayOfYear } from './times'
import { thingsAt } from './taste-rules'
import { ageIn, conditionIn, isDiet, isJob, isVague, languageIn, statusOf } from './vocabulary'
import { breaksAfter } from './word'
import { isEmployer, placeName, workplace } from './places'

const FEARS = new Set(['afraid', 'scared', 'terrified', 'frightened'])
const FANCIES: Readonly<Record<string, string>> = { into: '', obsessed: 'with', fond: 'of', crazy: 'about', passionate: 'about', keen: 'on', addicted: 'to' }
const DEGREES = /^(?:a|an|huge|big|massive|great|major|lifelong|total|bit|really|very|so|not|strict|full-time|part-time|freelance|super|still|now|also|currently|always|really|officially|severely|deathly|highly|terribly|mildly|happily|only|originally|actually|just|quite|absolutely|completely)$/

/** What "is" says: age, origin, work, condition, taste, status. */
export function beRules(clause: Clause): Said[] {
  const { words, verb, party } = clause
  if (party.attribute !== undefined) return attribute(clause)
  const at = skipDegrees(clause)
  const lower = words[at]?.lower ?? ''
  const next = words[at + 1]?.lower ?? ''
  const negated = verb.negated
  if (verb.aspect !== undefined || verb.modal) return []
  if (lower === 'born') return verb.tense === 'past' && !negated ? born(clause, at + 1) : []
  if (lower === 'diagnosed' && next === 'with') {
    const what = phraseAt(words, at + 2)
    return negated ? [] : one('has_condition', what && conditionIn(what.text), { time: 'event' })
  }
  if ((lower === 'fired' || lower === 'laid') && !negated) return fired(clause, at)
  if (/^(?:called|named)$/.test(lower)) return negated || verb.tense === 'past' ? [] : named(clause, at + 1)
  if (verb.tense === 'past' || !isState(clause)) return []
  if (lower === 'from') return one('from', placeName(words, at + 1), { negated })
  if (lower === 'allergic' && next === 'to') return thingsAt(words, at + 2).map((object) => ({ predicate: 'allergic_to', object, negated }))
  if (FEARS.has(lower) && next === 'of') return thingsAt(words, at + 2).map((object) => ({ predicate: 'afraid_of', object, negated }))
  if (lower in FANCIES && (FANCIES[lower] === '' || FANCIES[lower] === next)) return tastes(clause, at + (FANCIES[lower] === '' ? 1 : 2), negated)
  if (lower === 'fan' && next === 'of') return tastes(clause, at + 2, negated)
  if (lower === 'member' && next === 'of') return negated ? [] : one('member_of', phraseAt(words, at + 2)?.text, { time: 'state' })
  if (/^(?:fluent|native)$/.test(lower) && next === 'in') return phrasesAt(words, at + 2).flatMap(({ text }) => one('speaks', languageIn(text), { negated }))
  if (next === 'intolerant' && /^(?:lactose|gluten)$/.test(lower)) return one('has_condition', `${lower} intolerance`, { negated })
  return [...statuses(clause, at), ...age(clause, at), ...noun(clause, at)]
}

function skipDegrees({ words, verb }: Clause): number {
  let at = verb.end
  while (DEGREES.test(words[at]?.lower ?? '') && !breaksAfter(words[at])) at++
  return at
}

function tastes({ words }: Clause, at: number, negated: boolean): Said[] {
  return thingsAt(words, at).map((object) => ({ predicate: negated ? 'dislikes' : 'likes', object }))
}

function born({ words, tail }: Clause, at: number): Said[] {
  const day = /\b\d{1,2}\b/.test(tail) ? dayOfYear(tail) : undefined
  const place = words[at]?.lower === 'in' || words[at]?.lower === 'at' ? placeName(words, at + 1) : undefined
  return [...one('birthday', day?.includes(' ') ? day : undefined), ...one('born_in', place)]
}

export function fired({ words }: Clause, at: number): Said[] {
  const from = at + (words[at]!.lower === 'laid' ? 2 : 1)
  return /^(?:from|by)$/.test(words[from]?.lower ?? '') ? one('works_at', workplace(words, from + 1), { negated: true, time: 'event' }) : []
}

/** "My cat is called Miso", "my girlfriend is called Noor". */
function named({ words, party, self }: Clause, at: number): Said[] {
  const name = nameAt(words, at)
  if (name === undefined) return []
  return party.kind === 'self' ? one('name', name.text) : introduced(party.name, self, name.text)
}

function introduced(party: string, self: string, name: string): Said[] {
  const what = party.split(' ').at(-1)!
  if (!party.startsWith(`${self}'s `)) return []
  const kin = kinOf(what)
  if (kin !== undefined) return [{ subject: name, predicate: `${kin}_of`, object: self }]
  return PETS.has(what) ? [{ subject: self, predicate: 'has_pet', object: name }, { subject: name, predicate: 'is_a', object: what }] : []
}

/** "My birthday is…", "my wife's name is…", "my favorite book is…". */
function attribute({ words, verb, party, self, tail }: Clause): Said[] {
  if (verb.tense !== 'present' || verb.negated || verb.modal) return []
  const predicate = party.attribute!
  if (party.kind !== 'self') {
    const name = nameAt(words, verb.end)
    return name === undefined ? [] : introduced(party.name, self, name.text)
  }
  if (predicate === 'name') return one('name', nameAt(words, verb.end)?.text)
  if (predicate === 'birthday') return one('birthday', dayOfYear(tail))
  if (predicate === 'email') return one('email', /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/.exec(tail)?.[0])
  if (predicate === 'phone_number') return one('phone_number', /\+?\d[\d ()/-]{5,}\d/.exec(tail)?.[0])
  if (predicate === 'address') return one('address', /\d/.test(tail) ? /^.*?\d.*$/.exec(tail)?.[0].replace(/[.!]+$/, '') : undefined)
  const what = phraseAt(words, verb.end, true)
  if (what === undefined || isVague(what.head) || /^(?:my|your|this|that|when)$/.test(what.determiner)) return []
  if (predicate === 'owns') return /\p{Lu}/u.test(what.text) ? one('owns', what.text) : []
  if (predicate === 'works_as') return isJob(what.text) ? one('works_as', what.text) : []
  // A title keeps its article.
  if (predicate.startsWith('favorite_')) return one(predicate, words[verb.end]!.text === 'The' ? `The ${what.text}` : what.text)
  return []
}

function statuses({ words, verb, party }: Clause, at: number): Said[] {
  const status = statusOf(words[at]?.lower ?? '')
  if (status === undefined) return []
  const to = words[at + 1]?.lower === 'to' ? nameAt(words, at + 2) : undefined
  if (status === 'married' && to !== undefined) return one('married_to', to.text, { negated: verb.negated, time: 'state' })
  // "I'm single again", "we've been married for ten years", not "I'm married to my job", "I'm engaged in".
  const ends = breaksAfter(words[at]) || at + 1 >= words.length || /^(?:again|now|for|since|and|but|with|anymore)$/.test(words[at + 1]?.lower ?? '')
  return ends && (party.kind === 'person' || party.kind === 'self') ? one('relationship_status', status, { negated: verb.negated, time: 'state' }) : []
}

function age({ words, verb }: Clause, at: number): Said[] {
  const joined = /^-$/.test(words[at]?.after ?? '') ? `${words[at]!.text}-${words[at + 1]?.text}` : words[at]?.text ?? ''
  const years = verb.negated || verb.tense !== 'present' ? undefined : ageIn(joined)
  if (years === undefined) return []
  const after = at + (joined.includes('-') ? 2 : 1)
  const next = words[after]?.lower ?? ''
  const ends = breaksAfter(words[after - 1]) || after >= words.length || next === 'and'
  return ends ? /^\d/.test(joined) || next !== '' ? one('age', String(years)) : [] : /^years?$/.test(next) && words[after + 1]?.lower === 'old' ? one('age', String(years)) : []
}

/** "a nurse at St. Mary's", "vegetarian". */
function noun(clause: Clause, at: number): Said[] {
  const { words, verb } = clause
  const before = words[at - 1]?.lower ?? ''
  const diet = words[at]
  const time = 'state' as const
  if (diet !== undefined && isDiet(diet.text) && (breaksAfter(diet) || at + 1 >= words.length || /^(?:now|and|but|for|since|so|again|anymore|these)$/.test(words[at + 1]?.lower ?? ''))) return one('diet', diet.text, { negated: verb.negated, time })
  const condition = diet === undefined ? undefined : conditionIn(diet.text)
  if (condition !== undefined && condition !== diet!.text && before !== 'a') return one('has_condition', condition, { negated: verb.negated })
  const first = words.findIndex((word, i) => i >= verb.end && /^(?:a|an)$/.test(word.lower))
  if (first === -1 || first > at || verb.negated) return []
  const what = phraseAt(words, first)
  if (what === undefined || !isJob(what.text) || /^(?:such|good|bad|terrible|great|better|born|little|bit)\b/.test(what.text)) return []
  const out = one('works_as', what.text, { time })
  const more = words[what.end]?.lower
  if (more === 'at' || more === 'for') out.push(...one('works_at', isEmployer(words[what.end + 1]?.text ?? '') || !/student$/.test(what.text) ? workplace(words, what.end + 1) : undefined, { time }))
  if (more === 'from') out.push(...one('from', placeName(words, what.end + 1)))
  return out
}

