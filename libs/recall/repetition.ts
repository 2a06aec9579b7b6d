import { negations, words } from '#language'

/** What somebody said, as far as it is compared. */
export interface Said {
  readonly content: string
  readonly role: string
  readonly speaker: string | null
  readonly kind: string
}

/** The longer of two may have a quarter more words. */
const LONGER = 1.25
/** Longer texts are compared letter by letter alone: taking them apart costs milliseconds. */
const LONG = 4_000

interface Parts {
  readonly words: readonly string[]
  readonly negations: string
  /** Words written with a capital or a digit somewhere: names and numbers, among others. */
  readonly marked: ReadonlySet<string>
}

const known = new WeakMap<Said, Parts>()

function partsOf(said: Said): Parts {
  let parts = known.get(said)
  if (!parts) {
    const all = words(said.content)
    parts = { words: all, negations: negations(all).join(' '), marked: new Set(words((said.content.match(/[\p{L}\p{M}\p{N}'’]*[\p{Lu}\p{N}][\p{L}\p{M}\p{N}'’]*/gu) ?? []).join(' '))) }
    known.set(said, parts)
  }
  return parts
}

/**
 * Whether what is `said` repeats what somebody said `before`: the same person, in the same words but for case and punctuation; or all words
 * of one in the other, in their order, the longer one at most a quarter longer. What negates must be the same, and words that only `said` has
 * are neither names nor numbers. So a fact that was changed in one word (another town, another number) is no repetition.
 *
 * Vectors do not decide: the cosine of two sentences that differ in the town alone is greater than that of most paraphrases.
 */
export function repeats(said: Said, before: Said): boolean {
  const episodes = said.kind === 'episode' && before.kind === 'episode'
  if (episodes && (said.speaker ?? said.role) !== (before.speaker ?? before.role)) return false
  if (said.content === before.content) return true
  if (Math.max(said.content.length, before.content.length) > LONG) return false
  const [own, other] = [partsOf(said), partsOf(before)]
  const [short, long] = own.words.length <= other.words.length ? [own, other] : [other, own]
  if (short.words.length === 0 || long.words.length > LONGER * short.words.length || own.negations !== other.negations) return false
  const more = extra(short.words, long.words)
  return more !== undefined && (long === other || !more.some((word) => own.marked.has(word)))
}

/** The words of `long` beside those of `short`, or undefined when it does not hold them all in their order. */
function extra(short: readonly string[], long: readonly string[]): string[] | undefined {
  let at = 0
  const more = long.filter((word) => (word === short[at] ? (at++, false) : true))
  return at === short.length ? more : undefined
}
