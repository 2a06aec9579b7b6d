import { entities, type Period, periods, type Sought, tellsOf } from '../../libs/language'
import { type Features, fuse } from '../../libs/recall/fusion'
import { readQuestion } from '../../libs/recall/question'
import { AVERAGE_WORDS, B, K1, NEIGHBOURS, PERIOD_FADES_DAYS, PERIOD_FADES_SHARE } from '../../libs/recall/weights'
import type { Everything, Stored } from './oracle-store'

const DAY_MS = 86_400_000

/**
 * The score of every trace of a user, by reading all of them: no candidates, no bounds, no SQL. For a user with nothing in mind and nothing
 * recalled yet, without edges.
 * @param asked the question's vector, as exact as the store keeps vectors
 */
export function scores(all: Everything, query: string, asked: readonly number[], now: Date): Map<string, number> {
  const question = readQuestion(query)
  const points = wordPoints(all, question.terms)
  const named = periods(query, now, 'UTC')
  const cosine = (trace: Stored, head: string): number => {
    if (question.terms.length === 0) return 0
    const cosines = all.vectors.filter((v) => v.id === trace.id && v.head === head).map(({ vec }) => vec.reduce((sum, x, i) => sum + x * asked[i]!, 0))
    return Math.max(0, ...cosines)
  }
  return new Map(all.traces.map((trace) => {
    const features: Features = {
      lexical: points(trace), semantic: cosine(trace, 'semantic'), situation: cosine(trace, 'situation'), entity: 0, focus: 0, graph: 0, strength: 0,
      speakerNamed: trace.speaker !== null && question.words.includes(trace.speaker.split(' ')[0]!.toLowerCase()),
      own: trace.role !== 'assistant', isQuestion: /[?？]\s*$/.test(trace.content), words: trace.words,
      answers: trace.place !== null && (question.asks & tellsOf(trace.content, entities(trace.content))) > 0,
      timely: Math.max(0, ...named.map((period) => timely(trace.occurredAt, period))), salience: trace.salience,
      ageDays: (now.getTime() - trace.occurredAt.getTime()) / DAY_MS,
    }
    return [trace.id, fuse(features).score]
  }))
}

/** 1 within a period, and fading outside of it, half as fast after it. */
function timely(at: Date, { from, until }: Period): number {
  const gap = Math.max(0, from.getTime() - at.getTime(), (at.getTime() - until.getTime()) / 2)
  return Math.exp(-Math.min(50, gap / (PERIOD_FADES_DAYS * DAY_MS + PERIOD_FADES_SHARE * (until.getTime() - from.getTime()))))
}

/**
 * BM25F: a word counts for its own trace, and more weakly for the turns up to three places away. A word that is sought by several terms counts
 * once, as rare as the most frequent of them.
 */
function wordPoints(all: Everything, terms: readonly Sought[]): (trace: Stored) => number {
  const numbers = [...new Set(terms.map(({ word }) => word))]
  const words = numbers.map((word) => {
    const variants = terms.filter((t) => t.word === word).map(({ term }) => all.postings.filter((p) => p.term === term))
    const df = Math.max(...variants.map((postings) => postings.length))
    const at = new Map<number, number>()
    for (const p of variants.flat()) at.set(p.place, Math.max(at.get(p.place) ?? 0, p.tf / (1 - B + (B / AVERAGE_WORDS) * p.length)))
    return { idf: Math.log(1 + (Math.max(all.count, df) - df + 0.5) / (df + 0.5)), at }
  })
  return (trace) => {
    if (trace.place === null) return 0
    let points = 0
    for (const { idf, at } of words) {
      const near = NEIGHBOURS.reduce((sum, w, i) => sum + w * ((at.get(trace.place! - i - 1) ?? 0) + (at.get(trace.place! + i + 1) ?? 0)), 0)
      const tf = (at.get(trace.place) ?? 0) + near * Math.min(1, AVERAGE_WORDS / Math.max(trace.words, 1))
      points += (idf * (K1 + 1) * tf) / (K1 + tf)
    }
    return points
  }
}
