import { contentWords, entities, isMatter, words } from '#language'

/** A text by what it is about: its nouns and names by term, each as it writes them. */
export type Matters = ReadonlyMap<string, string>

/** Topics of a group, and the share of its texts that must say each (two texts at least). */
const MOST = 5
const LEAST_SHARE = 0.15
const LEAST_TEXTS = 2
/** A name tells more than a word. */
const NAMED = 1.5

const CODE = /(?:```|~~~)[\s\S]*?(?:```|~~~|$)|`[^`\n]{1,300}`/gu
/** Longest text that is read, in characters: what it is about shows in its beginning. */
const LONGEST = 2_000

/**
 * What a text is about, code left out. Pure.
 * @param speakers names that do not count, nor do their short forms: who speaks is no topic
 */
export function mattersOf(content: string, speakers: readonly string[]): Matters {
  const text = content.slice(0, LONGEST).replace(CODE, ' … ')
  const names = new Map(entities(text).flatMap(({ name }) => words(name).map((word) => [word, name] as const)))
  const found = new Map<string, string>()
  for (const word of words(text)) {
    if (isSpeaker(word, speakers) || !(names.has(word) || isMatter(word))) continue
    const term = contentWords(word)[0]
    if (term !== undefined && !found.has(term)) found.set(term, names.get(word) ?? word)
  }
  return found
}

function isSpeaker(word: string, speakers: readonly string[]): boolean {
  return speakers.some((name) => name === word || (word.length > 1 && name.startsWith(word)))
}

/** A topic of a group: how it is written mostly, and how many of the texts say it. */
export interface Topic {
  readonly term: string
  readonly form: string
  readonly texts: number
}

/**
 * What texts have in common and others have not, the most telling first: by the share of the texts that say it times its rarity. Pure.
 * @param rarity how rare a term is in the user's memory, above 0
 */
export function topicsOf(texts: readonly Matters[], rarity: (term: string) => number): Topic[] {
  const seen = new Map<string, Map<string, number>>()
  for (const text of texts) {
    for (const [term, form] of text) {
      const forms = seen.get(term) ?? new Map<string, number>()
      forms.set(form, (forms.get(form) ?? 0) + 1)
      seen.set(term, forms)
    }
  }
  const least = Math.max(LEAST_TEXTS, LEAST_SHARE * texts.length)
  return [...seen].map(([term, forms]) => {
    const form = [...forms].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]![0]
    const said = [...forms.values()].reduce((a, b) => a + b)
    return { term, form, texts: said, score: (said / texts.length) * rarity(term) * (/^\p{Lu}/u.test(form) ? NAMED : 1) }
  }).filter((topic) => topic.texts >= least && topic.score > 0)
    .sort((a, b) => b.score - a.score || (a.term < b.term ? -1 : 1))
    .filter((topic, i, all) => all.findIndex((other) => other.form === topic.form) === i)
    .slice(0, MOST).map(({ score: _, ...topic }) => topic)
}
