import { RECENCY_HALF_LIFE_DAYS, SCALE, WEIGHTS } from './weights'
import { SIGNALS, type Shares, type Signal } from './recall.types'

/** What is known of a candidate, each ≥ 0. A leg that did not run gives 0. */
export interface Features {
  /** BM25F points. */
  readonly lexical: number
  /** Cosines, clamped at 0. */
  readonly semantic: number
  readonly entity: number
  readonly situation: number
  /** The question names its speaker; what a dream made has none. */
  readonly speakerNamed: boolean
  /** A person said it, not an assistant, nor a dream. */
  readonly own: boolean
  /** Ends with a question mark. */
  readonly isQuestion: boolean
  /** Tells of the kind of thing (a time, a number, a place) that is asked for. */
  readonly answers: boolean
  /** 0..1, how well it fits the time that the question names; 0 when it names none. */
  readonly timely: number
  /** Words without stop words. */
  readonly words: number
  /** 0..1 */
  readonly salience: number
  readonly focus: number
  readonly graph: number
  /** Days since it happened. */
  readonly ageDays: number
  /** Retrievability 0..1 of what was recalled before; 0 when it never was. */
  readonly strength: number
}

export interface Scored {
  /** 0..1 */
  readonly score: number
  /** Sum to the score. */
  readonly shares: Shares
}

/** A question of this many words says something of its own and is not held back any more. */
const LONG_QUESTION = 30

/** How much of a statement a trace is: 1, or for a question the less the shorter it is. */
export function statementness(f: Pick<Features, 'isQuestion' | 'words'>): number {
  return f.isQuestion ? Math.min(1, f.words / LONG_QUESTION) : 1
}

/** Whether words or vectors see anything in common with the question: without that, to tell of a place answers no "where". */
function isAbout(f: Pick<Features, 'lexical' | 'semantic' | 'situation'>): boolean {
  return f.lexical > 0 || f.semantic > 0 || f.situation > 0
}

/**
 * One score from all signals: a weighted sum of non-negative parts, squashed into 0..1. Sums of scaled scores beat rank fusion
 * here (a weak leg must not outvote a strong one), and a missing leg simply adds nothing. Words and the kind of answer they hold are the
 * lexical share; what the question says of people (their names, who spoke) is the entity share; when it happened (lately, or when the question says) the
 * recency share; what a trace is worth by itself (salience, own words, a statement) the salience share.
 */
export function fuse(f: Features): Scored {
  const parts: Record<Signal, number> = {
    lexical: WEIGHTS.lexical * f.lexical + (f.answers && isAbout(f) ? WEIGHTS.answers : 0),
    semantic: WEIGHTS.semantic * f.semantic,
    situation: WEIGHTS.situation * f.situation,
    entity: WEIGHTS.entity * f.entity + (f.speakerNamed ? WEIGHTS.speaker : 0),
    focus: WEIGHTS.focus * f.focus,
    graph: WEIGHTS.graph * f.graph,
    recency: WEIGHTS.recency * 2 ** (-Math.max(0, f.ageDays) / RECENCY_HALF_LIFE_DAYS) + WEIGHTS.time * f.timely,
    salience: WEIGHTS.salience * f.salience + (f.own ? WEIGHTS.own : 0) + WEIGHTS.statement * statementness(f),
    strength: WEIGHTS.strength * f.strength,
  }
  const raw = SIGNALS.reduce((sum, signal) => sum + parts[signal], 0)
  const score = 1 - Math.exp(-raw / SCALE)
  const perPoint = raw === 0 ? 0 : score / raw
  const shares = Object.fromEntries(SIGNALS.map((signal) => [signal, parts[signal] * perPoint])) as Record<Signal, number>
  return { score, shares }
}
