import { readFileSync } from 'node:fs'

/** Piece and its log probability; the index is the id. */
export type Vocabulary = readonly (readonly [piece: string, score: number])[]

/** Ids of the unknown piece, sentence marks and spare tokens; no text is ever split into them by name. */
const RESERVED = 6
const UNKNOWN = 0
const WORD_START = '\u2581'

/** A node of the trie over code points. */
interface Node {
  id: number
  next: Map<number, Node> | undefined
}

/**
 * SentencePiece's unigram tokenizer (Kudo 2018): the Viterbi path of highest probability through the vocabulary, after
 * NFKC and with U+2581 for spaces. Equal to that of @tensorflow-models/universal-sentence-encoder down to its handling
 * of unknown characters, because the weights were published with it: an unknown character costs nothing, is only
 * considered where no piece starts, and a run of them is one piece.
 */
export class SentencePieceTokenizer {
  private readonly root: Node = { id: -1, next: undefined }
  private readonly scores: Float64Array

  constructor(vocabulary: Vocabulary) {
    this.scores = Float64Array.from(vocabulary, ([, score]) => score)
    for (let id = RESERVED; id < vocabulary.length; id++) this.insert(vocabulary[id]![0], id)
  }

  /** Reads a vocabulary file: a JSON list of `[piece, score]`. */
  static fromFile(path: string): SentencePieceTokenizer {
    return new SentencePieceTokenizer(JSON.parse(readFileSync(path, 'utf8')) as Vocabulary)
  }

  /** Ids of the pieces of `text`, in order; empty for the empty text. Time is linear in the length of the text. */
  encode(text: string): number[] {
    const normal = text.normalize('NFKC')
    if (normal === '') return []
    const symbols = Array.from(WORD_START + normal.replaceAll(' ', WORD_START), (symbol) => symbol.codePointAt(0)!)
    const { ids, lengths } = this.bestPath(symbols)
    const pieces: number[] = []
    for (let end = symbols.length; end > 0; end -= ids[end] === UNKNOWN ? 1 : lengths[end]!) {
      const id = ids[end]!
      if (id !== UNKNOWN || pieces.at(-1) !== UNKNOWN) pieces.push(id)
    }
    return pieces.reverse()
  }

  /** For each end position the last piece of the best path to it. A score of 0 stands for "not reached", as in the original. */
  private bestPath(symbols: readonly number[]): { ids: Int32Array; lengths: Int32Array } {
    const best = new Float64Array(symbols.length + 1)
    const ids = new Int32Array(symbols.length + 1)
    const lengths = new Int32Array(symbols.length + 1)
    const offer = (start: number, end: number, id: number, cost: number) => {
      const score = best[start]! + cost
      if (best[end] !== 0 && score < best[end]!) return
      best[end] = score
      ids[end] = id
      lengths[end] = end - start
    }
    for (let start = 0; start < symbols.length; start++) {
      let found = false
      let node = this.root.next?.get(symbols[start]!)
      for (let end = start + 1; node; end++) {
        if (node.id >= 0) {
          found = true
          offer(start, end, node.id, this.scores[node.id]!)
        }
        node = end < symbols.length ? node.next?.get(symbols[end]!) : undefined
      }
      if (!found) offer(start, start + 1, UNKNOWN, 0)
    }
    return { ids, lengths }
  }

  private insert(piece: string, id: number): void {
    let node = this.root
    for (const symbol of piece) {
      const codePoint = symbol.codePointAt(0)!
      node.next ??= new Map()
      let child = node.next.get(codePoint)
      if (!child) node.next.set(codePoint, (child = { id: -1, next: undefined }))
      node = child
    }
    node.id = id
  }
}
