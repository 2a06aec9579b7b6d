import { fired } from './be-rules'
import { isKinPlural, isPetPlural, kinOf, PETS } from './kin'
import { job } from './life-rules'
import { nameAt, type Phrase, phraseAt, phrasesAt } from './phrases'
import { type Clause, happened, isState, objectAt, one, type Rule, type Said, wordAt } from './said'
import { conditionIn, isGame, isPossession, languageIn, statusOf } from './vocabulary'
import { verbatim } from './word'

export const have: Rule = (clause) => {
  const { words, verb } = clause
  if (!(isState(clause) || clause.party.kind === 'self' && verb.lemma === 'have' && verb.tense === 'perfect' && /\bsince\b/i.test(clause.tail))) return []
  return possesses(clause, phraseAt(words, verb.end), { negated: verb.negated, time: 'state' })
}

/** Pets, kin, conditions, allergies: what "has" tells of a person for years. */
function possesses({ words, party }: Clause, what: Phrase | undefined, more: Partial<Said>): Said[] {
  if (what === undefined || /^(?:the|this|that|your|my|our|any)$/.test(what.determiner)) return []
  const name = /^(?:called|named)$/.test(words[what.end]?.lower ?? '') ? nameAt(words, what.end + 1) : undefined
  if (PETS.has(what.head)) {
    if (name === undefined || more.negated) return one('has', what.text, more)
    return [...one('has_pet', name.text, more), ...one('is_a', what.head, { subject: name.text })]
  }
  const kin = kinOf(what.head)
  if (kin !== undefined && /^(?:a|an|one)$/.test(what.determiner) && !more.negated) {
    return name === undefined ? /^(?:friend|doctor|dentist|teacher|coach|therapist|manager|colleague|mentor|landlord|neighbor)$/.test(kin) ? [] : one('has', what.text, more) : [{ subject: name.text, predicate: `${kin}_of`, object: party.name }]
  }
  if ((isKinPlural(what.head) && !/^(?:friends|doctors|teachers|colleagues)$/.test(what.head)) || isPetPlural(what.head)) return /^(?:\d+|a couple of|two|three|four|five|six|seven|eight|nine|ten)\b/i.test(what.text) ? one('has', what.text, more) : []
  const allergy = /^(?:severe |mild |bad |serious |strong )?(.+) allergy$/i.exec(what.text)?.[1]
  if (allergy !== undefined) return one('allergic_to', allergy, more)
  if (what.head === 'allergy' && words[what.end]?.lower === 'to') return phrasesAt(words, what.end + 1).flatMap(({ text }) => one('allergic_to', text, more))
  return one('has_condition', conditionIn(what.text), more)
}

export const gets: Rule = (clause) => {
  const { words, verb } = clause
  if (!happened(clause)) return []
  const status = statusOf(words[verb.end]?.lower ?? '')
  if (status !== undefined) {
    const to = words[verb.end + 1]?.lower === 'to' ? nameAt(words, verb.end + 2) : undefined
    return status === 'married' && to ? one('married_to', to.text, { time: 'event' }) : one('relationship_status', status, { time: 'event' })
  }
  if (/^(?:fired|laid)$/.test(words[verb.end]?.lower ?? '')) return fired(clause, verb.end)
  const what = phraseAt(words, verb.end)
  return what !== undefined && PETS.has(what.head) && /^(?:a|an|another)$/.test(what.determiner) ? possesses(clause, what, { time: 'event' }) : job(clause)
}

export const adopts: Rule = (clause) => {
  const what = phraseAt(clause.words, clause.verb.end)
  return happened(clause) && what !== undefined && PETS.has(what.head) && /^(?:a|an|another|two)$/.test(what.determiner) ? possesses(clause, what, { time: 'event' }) : []
}

export const buys: Rule = (clause) => {
  const { words, verb } = clause
  const what = phraseAt(words, verb.end)
  if (what === undefined || !/^(?:a|an)$/.test(what.determiner) || verb.negated) return []
  const isNow = verb.lemma === 'buy' ? happened(clause) : isState(clause) && !verb.progressive
  if (!isNow || !(isPossession(what.text) || (what.proper && verb.lemma === 'drive') || /\p{Lu}/u.test(what.text.slice(1)) && verb.lemma !== 'buy')) return []
  const place = /^(?:house|flat|apartment|cottage|cabin|farm|condo)$/.test(what.head) && words[what.end]?.lower === 'in' ? nameAt(words, what.end + 1) : undefined
  return one('owns', place ? verbatim(words, what.end - what.words.length, place.end) : what.text, { time: verb.lemma === 'buy' ? 'event' : 'state' })
}

export const speaks: Rule = (clause) => {
  if (!isState(clause) || /^(?:to|with|of|for|about|at)$/.test(wordAt(clause))) return []
  return phrasesAt(clause.words, objectAt(clause)).flatMap(({ text }) => one('speaks', languageIn(text), { negated: clause.verb.negated }))
}

export const learns: Rule = (clause) => {
  const { verb, words } = clause
  if (!(verb.aspect === 'start' || (isState(clause) && verb.progressive)) || verb.negated) return []
  const at = words[verb.end]?.lower === 'to' && words[verb.end + 1]?.lower === 'play' ? verb.end + 2 : verb.end
  const what = phraseAt(words, at)
  return what === undefined || !/^(?:the|a|)$/.test(what.determiner) ? [] : one('learning', languageIn(what.text) ?? (isGame(what.text) ? what.text : undefined), { time: verb.aspect === 'start' ? 'event' : 'state' })
}

export const plays: Rule = (clause) => {
  if (!isState(clause) || clause.verb.progressive && !/\b(?:since|for)\b/.test(clause.tail)) return []
  return phrasesAt(clause.words, clause.verb.end).filter(({ text }) => isGame(text)).map(({ text }) => ({ predicate: 'plays', object: text, negated: clause.verb.negated, time: 'state' }))
}

export const uses: Rule = (clause) => {
  if (!isState(clause) || clause.verb.negated && !clause.verb.noLonger) return []
  const all = phrasesAt(clause.words, clause.verb.end)
  return all[0]?.proper && all[0].determiner === '' ? all.filter((what) => what.determiner === '').map(({ text }) => ({ predicate: 'uses', object: text, negated: clause.verb.negated })) : []
}

export const suffers: Rule = (clause) => {
  const what = isState(clause) && !clause.verb.negated && wordAt(clause) === 'from' ? phraseAt(clause.words, clause.verb.end + 1) : undefined
  return one('has_condition', what && conditionIn(what.text), { time: 'state' })
}

