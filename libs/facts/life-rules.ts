import { habit } from './taste-rules'
import { isEmployer, placeName, workplace } from './places'
import { nameAt, phraseAt } from './phrases'
import { type Clause, happened, isState, objectAt, one, type Rule, type Said, wordAt } from './said'
import { ageIn, isDiet, isJob, isVague } from './vocabulary'
import type { Word } from './word'

function placeAfter({ words }: Clause, at: number, prepositions: readonly string[]): string | undefined {
  return prepositions.includes(words[at]?.lower ?? '') ? placeName(words, at + 1) : undefined
}

export const lives: Rule = (clause) => {
  const { verb } = clause
  const place = placeAfter(clause, objectAt(clause), ['in'])
  if (place === undefined) return []
  if (verb.aspect === 'used') return one('lived_in', place)
  if (verb.aspect === 'stop') return one('lives_in', place, { negated: true, time: 'event' })
  if (verb.tense === 'past') return verb.negated ? [] : one('lived_in', place)
  return isState(clause) || verb.aspect === 'start' ? one('lives_in', place, { negated: verb.negated, time: verb.aspect === 'start' ? 'event' : 'state' }) : []
}

export const moves: Rule = (clause) => {
  const { words, verb } = clause
  if (!happened(clause)) return []
  let at = verb.end
  const left = /^(?:out|away)$/.test(words[at]?.lower ?? '') ? placeAfter(clause, at + 1, ['of', 'from']) : undefined
  if (left !== undefined) return one('lives_in', left, { negated: true, time: 'event' })
  // "moved from Porto to Lisbon", "moved back to", "moved here to" do not say more than where to.
  const from = words[at]?.lower === 'from' ? nameAt(words, at + 1) : undefined
  at = from ? from.end : objectAt(clause)
  while (/^(?:back|over|down|up|out|away|here)$/.test(words[at]?.lower ?? '')) at++
  return one('lives_in', placeAfter(clause, at, ['to']), { time: 'event' })
}

/** "at Acme as an engineer", "as an engineer at Acme". */
const worksAt = (clause: Clause, from: number, more: Partial<Said>): Said[] => {
  const { words } = clause
  const out: Said[] = []
  let at = from
  for (let round = 0; round < 2; round++) {
    if (/^(?:at|for)$/.test(words[at]?.lower ?? '')) {
      const place = workplace(words, at + 1)
      out.push(...one('works_at', place, more))
      at = place === undefined ? words.length : endOf(words, at + 1)
    } else if (words[at]?.lower === 'as') {
      const job = phraseAt(words, at + 1)
      if (job === undefined || !/^(?:a|an|the|)$/.test(job.determiner) || !isJob(job.text)) break
      out.push(...one('works_as', job.text, more))
      at = job.end
    }
  }
  return out
}
const endOf = (words: readonly Word[], at: number): number => nameAt(words, at)?.end ?? phraseAt(words, at)!.end

export const works: Rule = (clause) => {
  const { verb } = clause
  const at = objectAt(clause)
  if (verb.aspect === 'stop') return worksAt(clause, at, { negated: true, time: 'event' }).filter((s) => s.predicate === 'works_at')
  if (verb.aspect === 'start') return worksAt(clause, at, { time: 'event' })
  if (isState(clause)) return worksAt(clause, at, { negated: verb.negated, time: 'state' })
  if (verb.negated || verb.tense !== 'past') return []
  return worksAt(clause, at, {}).filter((s) => s.predicate === 'works_at').map((s) => ({ ...s, predicate: 'worked_at' }))
}

/** "started a new job at", "got a position at". */
export const job: Rule = (clause) => {
  const { words } = clause
  const what = phraseAt(words, clause.verb.end)
  if (!happened(clause) || what === undefined || !/^(?:job|position|role|internship|gig)$/.test(what.head)) return []
  return worksAt(clause, what.end, { time: 'event' })
}

export const leaves: Rule = (clause) => {
  const { words, verb } = clause
  if (!happened(clause)) return []
  const what = phraseAt(words, verb.end)
  if (what !== undefined && /^(?:job|position|role)$/.test(what.head) && /^(?:at|with)$/.test(words[what.end]?.lower ?? '')) {
    return one('works_at', workplace(words, what.end + 1), { negated: true, time: 'event' })
  }
  if (verb.lemma === 'quit' && /ing$/.test(words[verb.end]?.lower ?? '')) return habit(clause, verb.end)
  const name = placeName(words, verb.end)
  // A town, a party, and a person can be left, too: only what must be an employer counts.
  return name !== undefined && verb.lemma === 'leave' && isEmployer(name) ? one('works_at', name, { negated: true, time: 'event' }) : []
}
export const joins: Rule = (clause) => {
  const what = phraseAt(clause.words, clause.verb.end)
  if (!happened(clause) || what === undefined || !/\b(?:club|choir|band|team|union|party|gym|league|association|society|orchestra|board|committee|church|community|cooperative|co-op|group|troupe|academy)$/i.test(what.text)) return []
  return /^(?:a|an|the|my|our|)$/.test(what.determiner) ? one('member_of', what.text.replace(/^new /, ''), { time: 'event' }) : []
}

export const studies: Rule = (clause) => {
  const { words, verb } = clause
  if (!(isState(clause) || verb.aspect === 'start') || verb.negated) return []
  const time = verb.aspect === 'start' ? 'event' as const : 'state' as const
  const what = verb.lemma === 'major' ? (wordAt(clause) === 'in' ? phraseAt(words, verb.end + 1) : undefined) : phraseAt(words, verb.end)
  const subject = what !== undefined && what.determiner === '' && !isVague(what.head) && !/^(?:hard|abroad|English exam|exam)s?$/.test(what.text) ? what : undefined
  const at = subject?.end ?? verb.end
  return [...one('studies', subject?.text, { time }), ...(words[at]?.lower === 'at' ? one('studies_at', placeName(words, at + 1), { time }) : [])]
}

/** "doing a PhD at ETH". */
export const does: Rule = (clause) => {
  const what = phraseAt(clause.words, clause.verb.end)
  if (!isState(clause) || !clause.verb.progressive || what === undefined || !/^(?:phd|master's|masters|master|bachelor's|mba|degree|doctorate|postdoc)$/i.test(what.text)) return []
  return clause.words[what.end]?.lower === 'at' ? one('studies_at', placeName(clause.words, what.end + 1), { time: 'state' }) : []
}

export const graduates: Rule = (clause) =>
  happened(clause) && wordAt(clause) === 'from' ? one('graduated_from', placeName(clause.words, clause.verb.end + 1), { time: 'event' }) : []

export const volunteers: Rule = (clause) => {
  const at = clause.verb.end
  const what = isState(clause) && !clause.verb.negated && wordAt(clause) === 'at' ? phraseAt(clause.words, at + 1) : undefined
  return what !== undefined && /^(?:a|an|the|our|)$/.test(what.determiner) && !/^(?:weekend|home|moment|night)s?$/.test(what.head) ? one('volunteers_at', what.text, { time: 'state' }) : []
}

export const turns: Rule = (clause) => {
  const age = happened(clause) ? ageIn(wordAt(clause)) : undefined
  return age === undefined ? [] : one('age', String(age), { time: 'event' })
}

export const grows: Rule = (clause) =>
  happened(clause) && wordAt(clause) === 'up' ? one('from', placeAfter(clause, clause.verb.end + 1, ['in'])) : []

export const marries: Rule = (clause) => {
  const name = happened(clause) ? nameAt(clause.words, clause.verb.end) : undefined
  return one('married_to', name?.text, { time: 'event' })
}

export const becomes: Rule = (clause) => {
  const what = happened(clause) ? phraseAt(clause.words, clause.verb.end) : undefined
  if (what === undefined || !/^(?:a|an|)$/.test(what.determiner)) return []
  return isDiet(what.text) ? one('diet', what.text, { time: 'event' }) : what.determiner !== '' && isJob(what.text) ? one('works_as', what.text, { time: 'event' }) : []
}

