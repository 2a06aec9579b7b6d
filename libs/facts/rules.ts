import { beRules } from './be-rules'
import { adopts, buys, gets, have, learns, plays, speaks, suffers, uses } from './belonging-rules'
import type { Triple } from './claim'
import { kinOf } from './kin'
import { becomes, does, graduates, grows, job, joins, leaves, lives, marries, moves, studies, turns, volunteers, works } from './life-rules'
import { nameAt, phraseAt } from './phrases'
import type { Clause, Rule, Said } from './said'
import { abstains, habit, likes, prefers, smokes } from './taste-rules'
import { breaksAfter, type Word } from './word'

/** What a clause says, by its verb. */
export function said(clause: Clause): Said[] {
  const { verb, party } = clause
  if (party.attribute !== undefined && verb.lemma !== 'be') return []
  if (party.kind === 'pet' && !['be', 'love', 'like', 'hate', 'adore', 'enjoy'].includes(verb.lemma)) return []
  // "can't eat", "can't stand" say how it is; "can", "would", "will" do not.
  const able = verb.modal && verb.negated && ['eat', 'drink', 'stand'].includes(verb.lemma)
  if (verb.modal && !able) return []
  return RULES[verb.lemma]?.(clause) ?? []
}

const RULES: Readonly<Record<string, Rule>> = {
  be: beRules,
  live: lives, move: moves, relocate: moves, grow: grows, work: works, start: job, leave: leaves, quit: leaves, join: joins, volunteer: volunteers, become: becomes,
  study: studies, major: studies, do: does, graduate: graduates, turn: turns, marry: marries,
  have, get: gets, adopt: adopts, rescue: adopts, buy: buys, own: buys, drive: buys, speak: speaks, learn: learns, play: plays, use: uses, suffer: suffers,
  love: likes('likes'), adore: likes('likes'), like: likes('likes'), enjoy: likes('likes'), prefer: prefers,
  hate: likes('dislikes'), dislike: likes('dislikes'), detest: likes('dislikes'), despise: likes('dislikes'),
  stand: (clause) => (clause.verb.modal && clause.verb.negated ? likes('dislikes')(clause) : []),
  eat: abstains('eats'), drink: abstains('drinks'), smoke: smokes,
  give: (clause) => (clause.words[clause.verb.end]?.lower === 'up' ? habit(clause, clause.verb.end + 1) : []),
}

/** "Tom is my brother". */
export function complementOf(words: readonly Word[], self: string): Triple[] {
  const name = nameAt(words, 0)
  if (name === undefined || words[name.end]?.lower !== 'is' || !/^(?:my|our)$/.test(words[name.end + 1]?.lower ?? '')) return []
  const what = phraseAt(words, name.end + 1)
  const kin = what && kinOf(what.head)
  return kin === undefined || !breaksAfter(words[what!.end - 1]) && what!.end < words.length ? [] : [{ subject: name.text, predicate: `${kin}_of`, object: self }]
}
