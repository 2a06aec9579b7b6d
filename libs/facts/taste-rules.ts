import { type Phrase, phraseAt, phrasesAt } from './phrases'
import { type Clause, isState, one, type Rule, type Said } from './said'
import { isShared, isVague } from './vocabulary'
import { breaksAfter, verbatim, type Word } from './word'

/** Of the other, of somebody not named here, or only here and now. */
const NOT_ONES_OWN = /^(?:your|his|her|its|their|this|that|these|those|my|our|any|no|another|each|every|some)$/
const OTHERS = /\b(?:my|our|your|his|her|its|their|me|us|you|him|them|myself|ourselves|yourself)\b/i

/** Whether a phrase says by itself what is meant. */
function tellsWhat({ head, determiner, text, words, proper, end }: Phrase, all: readonly Word[]): boolean {
  if (isVague(head) || NOT_ONES_OWN.test(determiner) || OTHERS.test(text)) return false
  if (determiner === 'the' && !isShared(text) && !proper) return false
  const last = words.at(-1)!
  const goesOn = end < all.length && !breaksAfter(last) ? all[end]! : undefined
  // "creating a safe, inviting place": the phrase was cut within; "stories that…", "making it…", "watching them play", "the friends I have".
  if (last.tags.has('Adjective') && !last.tags.has('Noun') && end < all.length && (goesOn === undefined || goesOn.lower === 'and')) return false
  if (goesOn && (goesOn.tags.has('Pronoun') || /^(?:that|which|who|whose|this|these|those|a|an|the|what|how|like)$/.test(goesOn.lower))) return false
  // "playing for fun", "scheduling calls to…": what is done is not said.
  if (goesOn && words.length === 1 && /ing$/.test(last.lower) && !/^(?:and|or|but|so|because|when|while|since|too|together|every|lately|again)$/.test(goesOn.lower)) return false
  return !/^(?:how|what|when|where|why|being|having|getting|seeing|hearing|that)\b/i.test(text)
}

/**
 * What is liked, feared, preferred; nothing when the first of several things is not said. Where the last word may belong to all ("action and
 * sci-fi movies", "improving education and health"), they are one.
 */
export function thingsAt(words: readonly Word[], at: number): string[] {
  const from = /^(?:all|both)$/.test(words[at]?.lower ?? '') ? at + 1 : at
  const all = phrasesAt(words, from, true)
  if (all.length === 0 || !tellsWhat(all[0]!, words)) return []
  if (!all.every((what) => tellsWhat(what, words))) return shares(all) ? [] : [all[0]!.text]
  const more = words[all.at(-1)!.end]?.lower === 'with' && !breaksAfter(words[all.at(-1)!.end - 1]) ? phraseAt(words, all.at(-1)!.end + 1) : undefined
  const ends = more !== undefined && more.determiner === '' && !more.proper ? more.end : all.at(-1)!.end
  if (shares(all)) return [verbatim(words, all[0]!.end - all[0]!.words.length, ends)]
  return all.map((what, i) => (i === all.length - 1 ? verbatim(words, what.end - what.words.length, ends) : what.text))
}

function shares(all: readonly Phrase[]): boolean {
  const last = all.at(-1)!
  const opens = (what: Phrase): boolean => /ing$/.test(what.words[0]!.lower)
  if (opens(all[0]!) && all[0]!.words.length > 1) return all.some((what) => !opens(what))
  const bare = all.slice(0, -1).some((what) => what.words.length === 1 && !what.head.endsWith('s'))
  return bare && last.words.length > 1 && last.determiner === '' && !last.words[0]!.tags.has('Adjective') && !opens(last)
}

/** "I love jazz", "I like to swim in the lake". */
export const likes = (predicate: 'likes' | 'dislikes'): Rule => (clause) => {
  const { words, verb } = clause
  if (verb.tense !== 'present' || verb.aspect !== undefined || (verb.progressive && verb.lemma !== 'enjoy')) return []
  // "can't stand" is no denial; not to hate is not to like.
  const negated = verb.negated && verb.lemma !== 'stand'
  if (negated && predicate === 'dislikes') return []
  if (words[verb.end]?.lower === 'to') return negated ? [] : one(predicate, infinitive(clause))
  return thingsAt(words, verb.end).map((object) => ({ predicate: negated ? 'dislikes' : predicate, object }))
}

/** "to swim in the lake", as far as it is simple. */
function infinitive({ words, verb, end }: Clause): string | undefined {
  const at = verb.end
  if (!words[at + 1]?.tags.has('Infinitive')) return undefined
  const inside = /^(?:in|on|at|with|by)$/.test(words[at + 2]?.lower ?? '') ? at + 3 : at + 2
  const to = phraseAt(words, inside, true)?.end ?? at + 2
  const text = verbatim(words, at, to)
  const says = !OTHERS.test(text) && !/^to (?:help|see|hear|know|think|say|have|be|get|do|go|meet|tell)\b/.test(text)
  return says && (breaksAfter(words[to - 1]) || to >= end) ? text : undefined
}

export function prefers(clause: Clause): Said[] {
  const { words, verb } = clause
  const what = verb.tense !== 'present' || verb.negated ? undefined : phraseAt(words, verb.end, true)
  if (what === undefined || !tellsWhat(what, words)) return []
  const than = /^(?:to|over)$/.test(words[what.end]?.lower ?? '') ? phraseAt(words, what.end + 1, true) : undefined
  return one('prefers', than ? verbatim(words, what.end - what.words.length, than.end) : what.text)
}

/** What one does not eat; what one does eat is a meal more often than a fact. */
export const abstains = (predicate: string): Rule => (clause) => {
  const { verb, words } = clause
  const given = verb.aspect === 'stop' && (verb.tense === 'past' || verb.tense === 'perfect') && !verb.negated
  if (!given && !(verb.negated && isState(clause) && !verb.progressive)) return []
  const all = phrasesAt(words, verb.end).filter((what) => what.determiner === '' && !isVague(what.head) && !/^(?:enough|breakfast|lunch|dinner|much|well|properly)$/.test(what.head))
  return all.map(({ text }) => ({ predicate, object: text, negated: true, time: given ? 'event' : 'state' }))
}

/** "I don't smoke", "I quit smoking". */
export const smokes: Rule = ({ verb, tail }) => {
  const given = verb.aspect === 'stop' && verb.tense !== 'present' && !verb.negated
  const never = verb.negated && verb.tense === 'present' && verb.aspect === undefined && /^(?:any ?more|any longer|)[.!]?$/i.test(tail)
  return given || never ? one('has_habit', 'smoking', { negated: true, time: given ? 'event' : 'state' }) : []
}

/** "gave up gambling". */
export function habit({ words }: Clause, at: number): Said[] {
  const what = words[at]?.lower ?? ''
  return /^(?:gambling|vaping)$/.test(what) ? one('has_habit', what, { negated: true, time: 'event' }) : []
}
