import { contentWords, verbOf } from '#language'
import { phrase } from './phrase'
import type { Statement } from './statement'
import { reported, sentence, third } from './voice'

/** Something that a person told of having done, or of doing. */
export interface Action {
  readonly holder: string | null
  /** What makes two tellings tell of the same doing: its verb and the first words of what is done. */
  readonly key: string
  /** Terms of the first words of what is done, one or two. */
  readonly words: readonly string[]
  readonly verb: string
  /** What is done, as told. */
  readonly what: string
  readonly source: string
  readonly at: Date
  /** When it is usually done, where the telling says so: "every Sunday", "after work". */
  readonly usual: string | undefined
}

/** Who does it, but for "make sure I…", "how can I…", "once I…". */
const WHO = String.raw`(?<![\p{L}'])(?<!\b(?:sure|ensure|ensuring|can|should|could|do|did|will|would|how|what|where|which|once|until|that|why|before|do you think|when) )`
  + "(?:I|[Ww]e)('ve| have|'m| am| was|'re| are| were)?(?: been)?"
const ADVERBS = '(?: (?:just|also|even|finally|recently|usually|often|always|sometimes|then|already|both|normally|typically|mostly|still|actually|regularly|generally))*'
const DOING = new RegExp(`${WHO}(${ADVERBS}) (\\p{Ll}{2,14}) `, 'gu')
/** Not doings that come again: states, sayings, beginnings, and helpers. */
const NOT_DOING = new Set(`be have do get say think know feel want need hope love like hate wish guess mean see look hear try start keep can will would could should
must plan use decide agree remember forget believe appreciate understand enjoy prefer miss find seem tell ask come let notice realize realise figure imagine thank consider
worry care matter seem appear agree wonder expect assume suppose mind bet promise bring end happen put set show stay turn continue manage stop finish learn begin become lose
happen deal experience suggest mention explain struggle aim focus involve ensure wanna gonna gotta used one`.split(/\s+/))
const MONTH = 'january|february|march|april|may|june|july|august|september|october|november|december'
const WHEN = new RegExp([
  '\\s(?:yesterday|today|tonight|last|this|next|ago|earlier|later|recently|for \\d|at \\d|for (?:a|the) (?:while|first)|on (?:mon|tues|wednes|thurs|fri|satur|sun)day',
  `|in (?:the )?(?:mornings?|evenings?|afternoons?|${MONTH}))\\b.*$`,
].join(''), 'iu')
const DAY = '(?:morning|evening|night|afternoon|day|week|weekend|month|year|summer|winter|spring|autumn|fall|(?:mon|tues|wednes|thurs|fri|satur|sun)day)'
const USUAL = new RegExp([
  `\\b(?:every (?:single |other |second )?${DAY}|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)days|(?:once|twice|(?:three|four) times) an? (?:day|week|month|year)`,
  '|most (?:mornings|evenings|nights|weekends|days)|(?:in the |at )(?:mornings|evenings|nights|weekends))\\b',
].join(''), 'iu')
const USUALLY = /\b(?:usually|often|always|normally|typically|regularly|generally)\b/iu
const AFTER = /^(?:[\p{L}' ]{0,20}, )?(?:right |straight )?((?:after|before) (?!that\b|this\b|it\b|i\b|we\b|all\b|a (?:long|few)\b)[\p{L}\p{N}' -]{3,40}), /iu
const MOST_WORDS = 7

/** What a statement tells of doing, in the order of its telling. English. Pure. */
export function actionsIn({ text, source, holder, at }: Statement): Action[] {
  const found: Action[] = []
  for (const match of text.matchAll(DOING)) {
    const [, auxiliary, adverbs, word] = match as unknown as [string, string | undefined, string, string]
    const known = verbOf(word)
    // "I'm excited": with "to be" only what ends in -ing is done.
    if (!known || word.endsWith('ly') || NOT_DOING.has(known.verb) || (/^(?:'m|'re| am| are| was| were)$/.test(auxiliary ?? '') && !word.endsWith('ing'))) continue
    const rest = text.slice(match.index + match[0].length)
    // What one is going to do is not done.
    if (known.verb === 'go' && /^to (?!the\b|a\b|my\b|our\b|an\b|work\b|bed\b|church\b|school\b|\p{Lu})/u.test(rest)) continue
    const told = phrase(rest)
    const usual = known.present ? usualOf(text, adverbs, match.index) : undefined
    const what = told?.replace(/,.*$/u, '').replace(USUAL, '').replace(WHEN, '').replace(/\s(?:and|or|to|using|such|after|before)\s.*$/u, '').replace(/\s+/g, ' ').trim()
    const words = what ? contentWords(what) : []
    if (!what || words.length === 0 || what.split(' ').length > MOST_WORDS) continue
    const first = words.slice(0, 2).sort()
    found.push({ holder, key: `${known.verb} ${first.join(' ')}`, words: first, verb: known.verb, what, source, at, usual })
  }
  return found
}

/** "every Sunday", "usually", "after work": when the doing is usual, by the words around it. */
function usualOf(text: string, adverbs: string, at: number): string | undefined {
  const after = AFTER.exec(text)
  if (after && after[0].length <= at + 1) return reported(after[1]!.toLowerCase())
  return USUAL.exec(text)?.[0].replace(/^(?:every|on|once|twice|most|in|at|three|four)\b/iu, (first) => first.toLowerCase()) ?? USUALLY.exec(adverbs)?.[0].toLowerCase()
}

/** A sentence about doing so. */
export function actionSentence({ holder, verb, what }: Pick<Action, 'holder' | 'verb' | 'what'>, usual: string): string {
  const doing = `${third(verb)} ${reported(what)}`
  return sentence(holder, USUALLY.test(usual) ? `${usual} ${doing}` : `${doing} ${usual}`)
}
