import type { Claim, Spoken, Triple } from './claim'
import { isTelling } from './gate'
import { isTakenBack, statedIn } from './mood'
import { complementOf, said } from './rules'
import type { Said } from './said'
import { type Party, partyAt, selfOf } from './subjects'
import { began } from './times'
import { type Verb, verbAt } from './verbs'
import { breaksAfter, sentencesOf, verbatim, wordsOf, type Word } from './word'

/** How sure a claim is by whom it is about. */
const OF_SELF = 0.9
const OF_US = 0.8
const OF_OTHERS = 0.75
/** What a sentence may open with before its subject. */
const INTRO: ReadonlySet<string> = new Set(`and but so well also yes yeah yep no nope oh ah hey hi hello thanks ok okay because since although though while when
after before once until now then btw anyway honestly actually fun fact fyi today yesterday currently lately recently nowadays plus as you know by the way in for`
  .split(/\s+/))
const COORDINATORS: ReadonlySet<string> = new Set(['and', 'but', 'so', 'because', 'since', 'plus', 'then', 'while', 'although', 'though', 'when', 'where', 'who'])
/** After these what stands in the present is still to come. */
const TEMPORAL: ReadonlySet<string> = new Set(['when', 'once', 'after', 'before', 'until', 'till', 'while', 'as'])

/**
 * What a text states of its speaker and of people named in it, as triples, by rules and a tagger, in English: never from questions, wishes,
 * suppositions, jokes, plans, or what is told of others' words. Precision before recall. Pure; the same text gives the same claims.
 */
export function claimsOf(text: string, spoken: Spoken): Claim[] {
  if (isTakenBack(text)) return []
  const found = new Map<string, Claim>()
  for (const sentence of sentencesOf(text)) {
    const statement = isTelling(sentence) ? statedIn(sentence) : undefined
    if (statement === undefined) continue
    for (const claim of clausesOf(wordsOf(statement), spoken)) {
      const key = JSON.stringify(claim.triple).toLowerCase()
      if (!found.has(key)) found.set(key, claim)
    }
  }
  return [...found.values()]
}

function clausesOf(words: readonly Word[], spoken: Spoken): Claim[] {
  const starts: { at: number; party: Party; verb: Verb | undefined; temporal: boolean }[] = []
  for (let i = 0; i < words.length; i++) {
    const opens = i === 0 || breaksAfter(words[i - 1]) || COORDINATORS.has(words[i - 1]!.lower) || COORDINATORS.has(words[i]!.lower)
    if (!opens) continue
    const at = afterIntro(words, i)
    const temporal = words.slice(i === 0 ? 0 : i - 1, at).some((word) => TEMPORAL.has(word.lower))
    const party = partyAt(words, at, spoken)
    if (party !== undefined) {
      const relative = words[party.end]?.lower === 'who' ? 1 : 0
      starts.push({ at, party, verb: verbAt(words, party.end + relative), temporal })
      i = party.end - 1
      continue
    }
    // "left Google and joined Mistral": who left joined.
    const before = starts.at(-1)
    if (before?.verb === undefined || !/^(?:and|but)$/.test(words[i]!.lower)) continue
    if (before.party.attribute !== undefined || before.verb.modal || before.verb.lemma === 'be') continue
    const verb = verbAt(words, i + 1)
    if (verb) starts.push({ at: i + 1, party: { ...before.party, relations: [] }, verb, temporal })
  }
  return starts.flatMap(({ party, verb, temporal }, i) => {
    const end = starts[i + 1]?.at ?? words.length
    const relations = party.relations.map((triple) => related(triple, spoken))
    if (verb === undefined || (temporal && verb.tense === 'present')) return relations
    const tail = verbatim(words, verb.end, end)
    const all = said({ words, end, party, verb, self: selfOf(spoken), tail })
    return [...relations, ...all.map((one) => dated(one, party, verb, tail, spoken))]
  }).concat(complementOf(words, selfOf(spoken)).map((triple) => related(triple, spoken)))
}

/** What people are to the speaker: "my sister Marta". */
function related(triple: Triple, { at }: Spoken): Claim {
  return { triple, confidence: OF_SELF, holds: at, changed: false }
}

function dated(one: Said, party: Party, verb: Verb, tail: string, spoken: Spoken): Claim {
  const sure = party.kind === 'self' ? (party.plural ? OF_US : OF_SELF) : OF_OTHERS
  const triple = { subject: one.subject ?? party.name, predicate: one.predicate, object: one.object, ...(one.negated ? { negated: true } : {}) }
  const since = one.time === 'event' ? tail : one.time === 'state' ? /\b(?:since|for)\b.*/i.exec(tail)?.[0] : undefined
  const time = since === undefined ? undefined : began(since, spoken.at, spoken.zone, one.time === 'state')
  const holds = one.time === 'event' && time !== undefined ? time.until : spoken.at
  return { triple, confidence: sure, holds, changed: one.time === 'event' || verb.noLonger, ...(time === undefined ? {} : { from: time.from }) }
}

/** Where the subject is likely to begin: after interjections, conjunctions and times ("In May", "Last year"). */
function afterIntro(words: readonly Word[], at: number): number {
  let i = at
  while (i < words.length && i < at + 6) {
    const { lower, tags } = words[i]!
    if (['i', 'we', 'my', 'our'].includes(lower)) break
    const time = tags.has('Date') || tags.has('Duration') || tags.has('Month') || tags.has('Value') || /^(?:last|this|ago|years?|back|past)$/.test(lower)
    if (!INTRO.has(lower) && !time && !(tags.has('Adverb') && lower !== 'never') && !tags.has('Expression')) break
    i++
  }
  return i
}
