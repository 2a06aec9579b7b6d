import nlp from 'compromise/two'

interface Model {
  readonly one: { readonly lexicon: Readonly<Record<string, string | string[]>> }
}
type Tense = 'PastTense' | 'PresentTense' | 'Gerund'
type ToInfinitive = (verb: string, model: Model, tense: Tense) => string

/** Of the tagger only its dictionary and its verb forms are used: tagging took a millisecond a message, a look-up takes none. */
const compromise = nlp as unknown as { model(): Model; methods(): { two: { transform: { verb: { toInfinitive: ToInfinitive } } } } }
const model = compromise.model()
const { toInfinitive } = compromise.methods().two.transform.verb

/** What the dictionary says of a word, or words joined by spaces, in lower case: tags joined by spaces; undefined when it lacks it. */
export function tagsOf(words: string): string | undefined {
  return Object.hasOwn(model.one.lexicon, words) ? [model.one.lexicon[words]!].flat().join(' ') : undefined
}

const NO_VERB = /Adverb|Pronoun|Modal|Copula|Preposition|Conjunction|Determiner|Name|Place|Expression|Date|Plural/

/**
 * The plain form of an English verb in lower case ("went" → "go"), and whether it stood in the present; undefined for what is none. For where
 * a verb is due: after "I", "water" is one, though the dictionary thinks of a noun first.
 */
export function verbOf(word: string): { readonly verb: string; readonly present: boolean } | undefined {
  const tags = tagsOf(word) ?? ''
  const tense = tenseOf(word, tags)
  if (NO_VERB.test(tags) || (/Adjective/.test(tags) && !/(?:ed|ing)$/.test(word))) return undefined
  return tense ? { verb: toInfinitive(word, model, tense), present: tense === 'PresentTense' } : { verb: word, present: true }
}

function tenseOf(word: string, tags: string): Tense | undefined {
  if (/Infinitive|Singular/.test(tags)) return undefined
  if (/Gerund/.test(tags) || /...ing$/.test(word)) return 'Gerund'
  if (/PastTense|Participle/.test(tags) || /...ed$/.test(word)) return 'PastTense'
  return /PresentTense/.test(tags) ? 'PresentTense' : undefined
}

/** Words of talking rather than of its matter, which the dictionary calls nouns or does not know. */
const TALK = new Set(`thing things way lot lots ton tons bit kind sort stuff guy guys time times day days week weeks weekend weekends month months year years today yesterday tomorrow
tonight morning evening night moment moments hey hmm hmmm wow woah whoa aww yeah yay thanks thank luck chat talk talking wait look looks looking sounds feel feels
feeling feelings let keep keeping know mean means soon great good best better sorry hope hoping glad bye cool nice fun congrats congratulations gonna wanna gotta
yall itll fave everything something anything nothing someone anyone everyone others one ones part place idea point reason question answer help helps helping need
needs want take taking try start starting make made making getting going doing being having coming giving finding seeing pic pics photo photos picture pictures image
end word words life world people person work works working love support step back forward others show check sense matter difference example code name number list line note`.split(/\s+/))

/** Whether a word in lower case can be what a text is about: a noun of English, or a word that the dictionary lacks and that ends like none of its adjectives. */
export function isMatter(word: string): boolean {
  if (word.length < 3 || TALK.has(word) || /\d/.test(word)) return false
  const tags = tagsOf(word)
  if (tags !== undefined) return /Noun|Singular|Plural|Name|Place|Organization|Gerund|City|Country|Sport|Activity/.test(tags)
  return !/(?:ly|ed|est|ful|ous|ive|able|ible|ish|less)$/.test(word)
}
