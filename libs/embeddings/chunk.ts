export interface ChunkOptions {
  /** Longest piece in UTF-16 units; at least 2. */
  maxChars: number
  /** Whether the model reads the piece whole; one that it does not is halved again. */
  fits?: (piece: string) => boolean
}

/** Pieces shorter than this are not halved again, whatever `fits` says. */
const SMALLEST_HALVED = 16

const sentences = new Intl.Segmenter(undefined, { granularity: 'sentence' })
/** Without one of these a line is one sentence (Unicode's annex 29). */
const ENDING = /[\p{Sentence_Terminal}\r\u0085\u2028\u2029]/u

/**
 * Splits text into trimmed pieces of at most `maxChars`, at the ends of sentences and lines where there are any, else
 * between words, else inside a giant word (never inside a surrogate pair). Nothing but white space between pieces is
 * lost. Short text is one piece; blank text has none.
 */
export function chunkText(text: string, { maxChars, fits = () => true }: ChunkOptions): string[] {
  const pieces = pack(text.trim(), Math.max(2, maxChars))
  return pieces.flatMap((piece) => {
    if (piece.length <= SMALLEST_HALVED || fits(piece)) return [piece]
    return chunkText(piece, { maxChars: Math.ceil(piece.length / 2), fits })
  })
}

/** Fills pieces greedily with whole units: sentences, or the words of a sentence that is too long by itself. */
function pack(text: string, maxChars: number): string[] {
  if (text.length <= maxChars) return text === '' ? [] : [text]
  const pieces: string[] = []
  let open = ''
  for (const unit of units(text, maxChars)) {
    if ((open + unit).trim().length > maxChars) {
      pieces.push(open.trim())
      open = ''
    }
    open += unit
  }
  pieces.push(open.trim())
  return pieces.filter((piece) => piece !== '')
}

/** Parts that joined give the text, each at most `maxChars` long once trimmed. */
function* units(text: string, maxChars: number): Generator<string> {
  // Line by line: a sentence ends with its line, and the segmenter's work grows with the square of what it is given.
  for (const [line] of text.matchAll(/[^\n]*\n|[^\n]+/g)) {
    for (const { segment } of ENDING.test(line) ? sentences.segment(line) : [{ segment: line }]) {
      if (segment.trim().length <= maxChars) yield segment
      else for (const [word] of segment.matchAll(/\S+\s*|\s+/g)) yield* slices(word, maxChars)
    }
  }
}

/** The word whole, or cut every `maxChars`, one earlier where that would part a surrogate pair. */
function* slices(word: string, maxChars: number): Generator<string> {
  const end = word.trimEnd().length
  let start = 0
  while (end - start > maxChars) {
    const last = word.charCodeAt(start + maxChars - 1)
    const cut = start + maxChars - (last >= 0xd800 && last <= 0xdbff ? 1 : 0)
    yield word.slice(start, cut)
    start = cut
  }
  yield word.slice(start)
}
