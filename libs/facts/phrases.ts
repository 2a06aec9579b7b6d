import { type Word, breaksAfter, verbatim } from './word'

/** What a noun phrase says, without its article. */
export interface Phrase {
  /** As written, the article left out. */
  readonly text: string
  /** Its first word when that is an article or the like, else ''. */
  readonly determiner: string
  /** Its last word. */
  readonly head: string
  readonly words: readonly Word[]
  /** Every word of content begins with a capital. */
  readonly proper: boolean
  readonly end: number
}

const LONGEST = 60
const MOST_WORDS = 6
const DETERMINERS: ReadonlySet<string> = new Set('a an the my our your his her its their this that these those some any another each every no'.split(' '))
/** A phrase ends before these. */
const STOPS: ReadonlySet<string> = new Set(`i you he she it we they me him us them who whom which that what when where while because since so but if though although
now today yesterday tomorrow tonight too also already again still yet ago anymore anyway either together there here right even just once twice every each this last next back
as than then like instead lately nowadays currently recently soon forever always never usually especially mainly mostly please and or nor plus`.split(/\s+/))
const LINKS: ReadonlySet<string> = new Set(['of', 'the', 'de', 'da', 'do', 'di', 'la', 'le', 'del', 'van', 'von', '&'])

/** The noun phrase that begins at `at`; undefined when none does. A gerund may open it ("waking up early"). */
export function phraseAt(words: readonly Word[], at: number, gerund = false): Phrase | undefined {
  const determiner = DETERMINERS.has(words[at]?.lower ?? '') ? words[at]!.lower : ''
  const from = determiner === '' ? at : at + 1
  if (determiner !== '' && breaksAfter(words[at])) return undefined
  const opens = gerund && (words[from]?.tags.has('Gerund') || /^[a-z]{2,}ing$/.test(words[from]?.lower ?? ''))
  let to = from
  while (to < words.length && to - from < (opens ? MOST_WORDS + 1 : MOST_WORDS) && continues(words, from, to, Boolean(opens))) {
    to++
    if (breaksAfter(words[to - 1])) break
  }
  // "the smell of": what cannot end a phrase does not.
  while (to > from && (LINKS.has(words[to - 1]!.lower) || DETERMINERS.has(words[to - 1]!.lower) || (opens && words[to - 1]!.tags.has('Preposition')))) to--
  const text = verbatim(words, from, to)
  if (to === from || text === '' || text.length > LONGEST) return undefined
  const inner = words.slice(from, to)
  const named = inner.filter((word) => !LINKS.has(word.lower) && word.text !== '')
  return { text, determiner, head: inner.at(-1)!.lower, words: inner, end: to, proper: named.every((word) => /^[\p{Lu}\p{N}]/u.test(word.text)) }
}

/** Noun phrases joined by commas, "and", "or"; the last word of a list ends its clause. */
export function phrasesAt(words: readonly Word[], at: number, gerund = false): Phrase[] {
  const first = phraseAt(words, at, gerund)
  if (first === undefined) return []
  const all = [first]
  for (;;) {
    const { end } = all.at(-1)!
    const comma = /^\s*,\s*$/.test(words[end - 1]?.after ?? '')
    const joins = /^(?:and|or|nor)$/.test(words[end]?.lower ?? '')
    if (!(joins || comma) || (breaksAfter(words[end - 1]) && !comma)) break
    let from = joins ? end + 1 : end
    // "Portuguese and a bit of German"
    if (/^(?:bit|little)$/.test(words[from + 1]?.lower ?? '') && words[from + 2]?.lower === 'of') from += 3
    const next = phraseAt(words, from, gerund)
    if (next === undefined || isVerb(words[next.end]) || isVerb(words[from]) || words[from]?.tags.has('PresentTense') && !words[from]?.tags.has('Gerund')) break
    // Of a list with commas alone nothing says that it is one.
    if (!joins && !words.slice(next.end, next.end + 6).some((word) => word.lower === 'and' || word.lower === 'or')) break
    all.push(next)
    if (all.length === 6) break
  }
  return all
}

/** A name written with capitals that begins at `at`: "Acme Corp", "the University of Porto". */
export function nameAt(words: readonly Word[], at: number): Phrase | undefined {
  const from = words[at]?.lower === 'the' ? at + 1 : at
  let to = from
  while (to < words.length && to - from < MOST_WORDS && words[to]!.text !== '') {
    const capital = /^[\p{Lu}\p{N}]/u.test(words[to]!.text) && !(to === from && /^\p{N}/u.test(words[to]!.text))
    const link = LINKS.has(words[to]!.lower) && to > from && /^\p{Lu}/u.test(words[to + 1]?.text ?? '')
    if (!capital && !link) break
    if (words[to]!.lower === 'i' || (capital && words[to]!.tags.has('Date') && to > from)) break
    to++
    // "St. Mary's": a full stop that ends no sentence.
    if (breaksAfter(words[to - 1]) && !(words[to - 1]!.tags.has('Abbreviation') && /^\.\s/.test(words[to - 1]!.after))) break
  }
  const text = verbatim(words, from, to)
  return to === from ? undefined : { text, determiner: '', head: words[to - 1]!.lower, words: words.slice(from, to), proper: true, end: to }
}

/** Whether a word is what a clause says: in the place of an object, "games" is none, whatever the tagger thinks. */
function isVerb(word: Word | undefined): boolean {
  return word !== undefined && ['Copula', 'Modal', 'Auxiliary', 'PastTense'].some((tag) => word.tags.has(tag))
}

function continues(words: readonly Word[], from: number, at: number, gerund: boolean): boolean {
  const { text, lower, tags } = words[at]!
  // "step-by-step"
  if (at > from && words[at - 1]!.after === '-') return true
  if (STOPS.has(lower) && !(text !== lower && at > from && lower !== 'i')) return false
  if (text === '' || tags.has('Pronoun') || tags.has('Negative')) return false
  const next = words[at + 1]
  if (/^(?:last|next|this)$/.test(lower) && next && (next.tags.has('Date') || next.tags.has('Duration'))) return false
  if (tags.has('Date') && !/^\p{Lu}/u.test(text)) return false
  if (gerund) {
    // "hiking in the mountains", but not "baking bread on Sundays", "in May".
    if (lower === 'to' && next?.tags.has('Infinitive')) return false
    if (tags.has('Preposition') || lower === 'to') return at > from && next !== undefined && !next.tags.has('Date') && !next.tags.has('WeekDay') && !next.tags.has('Value') && !/^(?:because|since|after|before|during|for|every)$/.test(lower)
    return at === from || !tags.has('Copula')
  }
  if (lower === 'of' || lower === '&') return at > from && next !== undefined && !next.tags.has('Pronoun')
  if (DETERMINERS.has(lower)) return at > from && words[at - 1]!.lower === 'of'
  if (tags.has('Preposition') || tags.has('Conjunction') || lower === 'to') return false
  if (/^\p{Lu}/u.test(text)) return !(tags.has('Date') && at > from)
  return !tags.has('Adverb') && (!(isVerb(words[at]) && at > from) || tags.has('Noun'))
}
