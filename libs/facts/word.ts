import nlp from 'compromise/two'

/** A word of a sentence with what the tagger takes it for. Contractions are two words: of the second one `text` is empty. */
export interface Word {
  /** As written, without the punctuation around it. */
  readonly text: string
  readonly lower: string
  /** Punctuation and white space up to the next word. */
  readonly after: string
  readonly tags: ReadonlySet<string>
}

interface Term { text: string; normal: string; implicit?: string; post: string; tags: string[] }

/** More is not read: what people say of themselves is not that long. */
const LONGEST = 20_000
const CODE = /(?:```|~~~)[\s\S]*?(?:```|~~~|$)|`[^`\n]{1,300}`/g
/** What others said or wrote, captions, and addresses. */
const QUOTED = /"[^"\n]{1,500}"|“[^”\n]{1,500}”|«[^»\n]{1,500}»|(?<=^|\s)'[^'\n]{3,300}'(?=[\s.,!?]|$)|\[[^\]\n]{0,500}\]|https?:\/\/\S+|^>.*$/gm

const ENDS = /(?<=[.!?…]['")]?)\s+|\n+/
const ABBREVIATED = /(?:^|\s)(?:mr|mrs|ms|dr|prof|st|mt|vs|etc|e\.g|i\.e|approx|\p{Lu})\.$/iu

/** The sentences of a text outside code, quotations and captions. The tagger's own way takes ten times as long. */
export function sentencesOf(text: string): string[] {
  const prose = text.slice(0, LONGEST).replace(/[’‘]/g, "'").replace(CODE, '\n').replace(QUOTED, ' … ')
  const out: string[] = []
  for (const piece of prose.split(ENDS)) {
    if (out.length > 0 && ABBREVIATED.test(out.at(-1)!)) out.push(`${out.pop()!} ${piece}`)
    else if (piece.trim() !== '') out.push(piece.trim())
  }
  return out
}

/** The tagged words of a sentence. */
export function wordsOf(sentence: string): Word[] {
  const terms = (nlp(sentence).json() as { terms: Term[] }[]).flatMap((one) => one.terms)
  return terms.map(({ text, normal, implicit, post, tags }, i) => ({
    text,
    lower: (implicit ?? normal).toLowerCase(),
    // The punctuation of a contraction stands after its first part; it belongs after the second.
    after: i + 1 < terms.length && terms[i + 1]!.text === '' ? '' : post === '' && text === '' ? (terms[i - 1]?.post ?? '') : post,
    tags: new Set(tags),
  }))
}

/** What these words say, as it is written, from `from` to before `to`. */
export function verbatim(words: readonly Word[], from: number, to: number): string {
  return words.slice(from, to).map((word, i, all) => (i === all.length - 1 ? word.text : word.text + word.after)).join('').trim()
}

/** Whether a sign parts the word at `at` from the next one. */
export function breaksAfter(word: Word | undefined): boolean {
  return word === undefined || /[,;:—–()…!?.]|-+\s/.test(word.after)
}
