import { terms } from '#language'
import { sentencesOf, type Sentence } from './sentences'
import { mapInTurns, nextTurn } from '../turns'

/** What a summary is drawn from: a trace's text and how much it matters, 0..1. */
export interface Source {
  readonly id: string
  readonly content: string
  readonly salience: number
}

/** A summary's share of the day's characters, its greatest length, and its greatest number of sentences. */
const SHARE = 0.3
const LONGEST = 1_200
const MOST = 12
/** A sentence that is longer fills a summary alone; one of fewer words of content says nothing by itself. */
const LONG_SENTENCE = 320
const FEW_WORDS = 4
/** Terms of the centroid: the tail is noise (Radev et al. keep those above a threshold). */
const CENTROID_TERMS = 150
/** What is less relevant than this share of the most relevant sentence fills space. */
const LEAST = 0.4
/** Relevance against novelty (Carbonell & Goldstein find .7 for short summaries). */
const LAMBDA = 0.7
/**
 * What a sentence of conversation is worth by its form: a question tells what was asked, an exclamation how it felt, "you" and "let's" are
 * about the other, "it was" is about something that was said before, what stands in brackets (a caption, "[laughs]") nobody said, and
 * what names nobody, no time and not the speaker holds for any day ("kindness matters").
 */
const QUESTION = 0.5
const EXCLAMATION = 0.6
const SECOND_PERSON = 0.6
const DANGLING = 0.7
const BRACKETED = 0.2
const GENERAL = 0.7
/** Each name (but for one who is addressed), number or time in it, up to two, says who, where, when, how many. */
const SPECIFIC = 0.3
/** Words of content from which on a sentence says as much as any. */
const FULL_WORDS = 9

type Weights = ReadonlyMap<string, number>

/** How common words are with this user: in how many of how many texts each occurs. */
export interface Background {
  readonly texts: number
  readonly frequency: ReadonlyMap<string, number>
}

/**
 * The sentences that say most of what a day was about, in the order of the day, each verbatim from a source: centroid-based extraction
 * (Radev, Jing, Styś, Tam, "Centroid-based summarization of multiple documents", 2004) with maximal marginal relevance against saying
 * things twice (Carbonell & Goldstein, "The use of MMR", 1998). The centroid is the day's tf·idf vector, each sentence weighted by its
 * trace's salience; idf is over the user's whole memory, so that what people say every day ("glad", "support") does not stand for this one.
 * As in MEAD, features of form join in, here those of conversation. Linear in the number of sentences, where graph methods (LexRank,
 * TextRank) compare every two: a day may have 10,000. Shorter than the day; empty when nothing shorter says anything. Pure; the same
 * sources give the same sentences. The event loop turns meanwhile: the process that dreams may serve, too.
 *
 * @param sources in the order of the day
 * @param background the user's memory; the day itself without it
 */
export async function extract(sources: readonly Source[], background?: Background): Promise<Sentence[]> {
  const length = sources.reduce((sum, source) => sum + source.content.length, 0)
  const all = await candidates(sources)
  const weights = await tfidf(all.map((c) => c.terms), background)
  const center = await centroid(weights, all.map((c) => c.salience))
  const vectors = await mapInTurns(weights, unit)
  const relevance = await mapInTurns(vectors, (vector, i) => cosine(vector, center) * (0.5 + all[i]!.salience / 2) * worthOf(all[i]!))
  const nearest = all.map(() => 0)
  const least = LEAST * relevance.reduce((a, b) => Math.max(a, b), 0)
  let open = [...all.keys()].filter((i) => relevance[i]! >= least)
  const chosen: number[] = []
  let left = Math.min(LONGEST, length * SHARE)
  while (chosen.length < MOST) {
    // The first one may be longer than the share, as long as it is shorter than the day.
    open = open.filter((i) => (chosen.length === 0 ? all[i]!.text.length + 1 < length : all[i]!.text.length + 1 <= left))
    if (open.length === 0) break
    const best = open.reduce((a, b) => (marginal(b, relevance, nearest) > marginal(a, relevance, nearest) ? b : a))
    open = open.filter((i) => i !== best)
    chosen.push(best)
    left -= all[best]!.text.length + 1
    for (const i of open) nearest[i] = Math.max(nearest[i]!, cosine(vectors[i]!, vectors[best]!))
    await nextTurn()
  }
  return chosen.sort((a, b) => a - b).map((i) => ({ text: all[i]!.text, source: all[i]!.source }))
}

interface Candidate extends Sentence {
  readonly salience: number
  readonly terms: readonly string[]
}

/** Sentences that may stand in a summary, each once. When none is telling and short enough, any may. */
async function candidates(sources: readonly Source[]): Promise<Candidate[]> {
  const said = await mapInTurns(sources, ({ id, content, salience }) => sentencesOf(content).map((text) => ({ text, source: id, salience })))
  const once = new Map<string, (typeof said)[number][number]>()
  for (const sentence of said.flat()) if (!once.has(sentence.text)) once.set(sentence.text, sentence)
  const all = await mapInTurns([...once.values()], (sentence): Candidate => ({ ...sentence, terms: terms(sentence.text) }))
  const telling = all.filter((c) => c.terms.length >= FEW_WORDS && c.text.length <= LONG_SENTENCE)
  return telling.length > 0 ? telling : all
}

const OTHER = /\b(you|your|you're|you've|let's|let us|du|dein|vous|votre|usted|você)\b|^(hey|hi|hello|hallo|hola|salut)\b/iu
const LEANS = /^(it|it's|its|that|that's|this|these|those|they|they're|they've|he|he's|she|she's|but|and|so|plus|also|also,|there's|es|das|sie|ça|cela|eso|isso)\s/iu
const SPEAKER = /\b(I|I'm|I've|my|me|we|our|ich|mein|wir|je|mon|ma|nous|yo|mi|eu|meu|minha)\b/iu
const NAMES_AND_NUMBERS = /(?<=[\p{L}\p{N}] )\p{Lu}[\p{Ll}\p{Lu}]+|\p{N}+/gu
const TIMES = /\b(yesterday|today|tonight|tomorrow|ago|(last|next|this) (week|weekend|month|year|summer|night))\b/giu

/** What a sentence is worth by its form alone. */
function worthOf({ text, terms }: Candidate): number {
  const ends = /([?？])["'”’)]*$|([!！])["'”’)]*$/u.exec(text)
  const specific = (text.match(NAMES_AND_NUMBERS)?.length ?? 0) + (text.match(TIMES)?.length ?? 0)
  const form = [
    ends?.[1] ? QUESTION : ends?.[2] ? EXCLAMATION : 1,
    OTHER.test(text) ? SECOND_PERSON : 1,
    LEANS.test(text) ? DANGLING : 1,
    /[\p{L}\p{N}]/u.test(text.replace(/\[[^\]]*\]/gu, '')) ? 1 : BRACKETED,
    specific === 0 && !SPEAKER.test(text) ? GENERAL : 1,
  ].reduce((a, b) => a * b)
  return form * (1 + SPECIFIC * Math.min(2, specific)) * Math.sqrt(Math.min(1, terms.length / FULL_WORDS))
}

/** Each bag's terms, weighted by tf · log(1 + N / df). */
async function tfidf(bags: readonly (readonly string[])[], background?: Background): Promise<Weights[]> {
  const { texts, frequency: df } = background ?? { texts: bags.length, frequency: frequencies(bags) }
  return mapInTurns(bags, (bag) => {
    const weights = new Map<string, number>()
    for (const term of bag) weights.set(term, (weights.get(term) ?? 0) + Math.log(1 + texts / Math.max(1, df.get(term) ?? 1)))
    return weights
  })
}

/** In how many bags each term occurs. */
function frequencies(bags: readonly (readonly string[])[]): Map<string, number> {
  const df = new Map<string, number>()
  for (const bag of bags) for (const term of new Set(bag)) df.set(term, (df.get(term) ?? 0) + 1)
  return df
}

/** The mean of the vectors, weighted, cut to its heaviest terms. */
async function centroid(vectors: readonly Weights[], salience: readonly number[]): Promise<Weights> {
  const sum = new Map<string, number>()
  await mapInTurns(vectors, (vector, i) => {
    for (const [term, weight] of vector) sum.set(term, (sum.get(term) ?? 0) + weight * salience[i]!)
  })
  const heaviest = [...sum].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, CENTROID_TERMS)
  return unit(new Map(heaviest))
}

function unit(weights: Weights): Weights {
  let squares = 0
  for (const weight of weights.values()) squares += weight * weight
  const norm = Math.sqrt(squares) || 1
  return new Map([...weights].map(([term, weight]) => [term, weight / norm]))
}

function cosine(a: Weights, b: Weights): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a]
  let sum = 0
  for (const [term, weight] of small) sum += weight * (large.get(term) ?? 0)
  return sum
}

function marginal(i: number, relevance: readonly number[], nearest: readonly number[]): number {
  return LAMBDA * relevance[i]! - (1 - LAMBDA) * nearest[i]!
}
