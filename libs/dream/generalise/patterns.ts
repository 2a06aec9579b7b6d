import { DateTime } from 'luxon'
import { type Action, actionSentence } from './actions'
import type { Decision } from './decisions'
import { confidenceOf } from './preferences'
import { rhythmOf, type Times, timesOf } from './rhythm'
import { reported, sentence, third } from './voice'

/** Something that comes again, or was decided. */
export interface Pattern {
  readonly kind: 'preference' | 'workflow' | 'decision'
  /** What makes it the same pattern another night. */
  readonly key: string
  readonly holder: string | null
  readonly content: string
  /** Traces that show it, in order. */
  readonly sources: readonly string[]
  /** Statements of it, or days on which it was seen. */
  readonly frequency: number
  /** Whether it is told statement by statement, rather than counted over all days anew each night. */
  readonly told: boolean
  readonly at: Date
  readonly confidence: number
}

/** Something named, and where. */
export interface Mentions {
  readonly name: string
  readonly traces: readonly { readonly id: string; readonly at: Date }[]
}

export interface Seen {
  readonly decisions: readonly Decision[]
  /** Doings of the day, in order. */
  readonly actions: readonly Action[]
  /** The same doings at other times, and those of the day again, in order. */
  readonly past: readonly Action[]
  readonly mentions: readonly Mentions[]
  /** When anything is said at all. */
  readonly usual: Times
  readonly zone: string
}

/** On so many days something must be seen to be a pattern. */
export const LEAST_DAYS = 3
/** One doing follows another: on this share of the days of the first, and the other way round on no more than that one. */
const LEAST_FOLLOWS = 0.6
const MOST_REVERSED = 1 / 3
/** Doings that show a taste. */
const TASTE = new Set('eat drink order watch read listen wear buy cook bake choose pick'.split(' '))
/** How sure a first statement of a habit, or of a decision, makes. */
const STATED = 0.75
const DECIDED = 0.8

/** Patterns that the day shows or adds to. Pure. */
export function patternsIn(seen: Seen): Pattern[] {
  const stated = usual(seen.actions)
  const told = new Set(stated.map((pattern) => pattern.key.split('|').slice(1, 3).join('|')))
  return [
    ...seen.decisions.map((one): Pattern => ({
      kind: 'decision', key: `decided|${one.key}`, holder: one.holder, content: one.content, sources: one.sources, frequency: one.sources.length, told: true, at: one.at,
      confidence: confidenceOf(DECIDED, one.sources.length),
    })),
    ...stated,
    ...repeated(seen, told),
    ...sequences(seen),
    ...rhythms(seen),
  ]
}

/** Whose doing it is, as part of a key. */
function whose({ holder, key }: Pick<Action, 'holder' | 'key'>): string {
  return `${holder?.toLowerCase() ?? ''}|${key}`
}

/** Doings that are said to be usual. */
function usual(actions: readonly Action[]): Pattern[] {
  const found = new Map<string, Pattern>()
  for (const action of actions) {
    if (action.usual === undefined) continue
    const key = `usual|${whose(action)}|${action.usual}`
    const sources = [...new Set([...found.get(key)?.sources ?? [], action.source])]
    found.set(key, {
      kind: 'workflow', key, holder: action.holder, content: actionSentence(action, action.usual), sources, frequency: sources.length, told: true, at: action.at,
      confidence: confidenceOf(STATED, sources.length),
    })
  }
  return [...found.values()]
}

/** Doings that were told of on several days; and when, if at times of their own. */
function repeated({ actions, past, usual: ever, zone }: Seen, told: ReadonlySet<string>): Pattern[] {
  return [...new Map(actions.map((action) => [whose(action), action])).values()].flatMap((action): Pattern[] => {
    const daily = oneADay(past.filter((other) => whose(other) === whose(action)), zone)
    if (daily.length < LEAST_DAYS) return []
    const base = { told: false, kind: TASTE.has(action.verb) ? 'preference' as const : 'workflow' as const, holder: action.holder, at: action.at }
    const first = daily[0]!
    const when = rhythmOf(timesOf(daily.map((one) => one.at), zone), ever)
    const all = { sources: daily.map((one) => one.source), frequency: daily.length, confidence: confidenceOf(0.5, daily.length - 1) }
    return [
      ...(told.has(whose(action)) ? [] : [{ ...base, ...all, key: `often|${whose(action)}`, content: actionSentence(first, 'often') }]),
      ...(when ? [{ ...base, ...all, key: `when|${whose(action)}|${when}`, content: actionSentence(first, `mostly ${when}`) }] : []),
    ]
  })
}

/** What is done after what: on several days in this order, and hardly ever in the other. */
function sequences({ actions, past, zone }: Seen): Pattern[] {
  const unique = [...new Map(actions.map((action) => [whose(action), action])).values()]
  const days = new Map(unique.map((action) => [whose(action), byDay(past.filter((other) => whose(other) === whose(action)), zone)]))
  return unique.flatMap((first) => unique.flatMap((second): Pattern[] => {
    if (whose(first) === whose(second) || first.holder !== second.holder) return []
    const [before, after] = [days.get(whose(first))!, days.get(whose(second))!]
    const both = [...before.keys()].filter((day) => after.has(day))
    const inOrder = both.filter((day) => before.get(day)!.at < after.get(day)!.at)
    const reversed = both.filter((day) => before.get(day)!.at > after.get(day)!.at).length
    const confidence = Math.round((inOrder.length / Math.max(1, before.size)) * 100) / 100
    if (inOrder.length < LEAST_DAYS || confidence < LEAST_FOLLOWS || reversed > MOST_REVERSED * both.length) return []
    const doing = `${third(second.verb)} ${reported(second.what)}`
    return [{
      kind: 'workflow', key: `then|${whose(first)}|${second.key}`, holder: first.holder, at: second.at, frequency: inOrder.length, told: false, confidence,
      content: sentence(first.holder, `often ${doing} after they ${first.verb} ${reported(first.what)}`),
      sources: [...new Set(inOrder.flatMap((day) => [before.get(day)!.source, after.get(day)!.source]))],
    }]
  }))
}

/** Names that come up at times of their own. */
function rhythms({ mentions, usual: ever, zone }: Seen): Pattern[] {
  return mentions.flatMap(({ name, traces }): Pattern[] => {
    const daily = oneADay(traces.map(({ id, at }) => ({ source: id, at })), zone)
    const times = timesOf(daily.map((one) => one.at), zone)
    const when = rhythmOf(times, ever)
    if (!when) return []
    const most = Math.max(...times.weekdays, ...times.parts)
    return [{
      kind: 'workflow', key: `named|${name.toLowerCase()}|${when}`, holder: null, content: `${name} mostly comes up ${when}.`, sources: daily.map((one) => one.source),
      frequency: daily.length, told: false, at: daily.at(-1)!.at, confidence: Math.round(Math.min(1, most / daily.length) * 100) / 100,
    }]
  })
}

type Timed = { readonly source: string; readonly at: Date }

/** The first of each local day. */
function byDay<T extends Timed>(all: readonly T[], zone: string): Map<string, T> {
  const days = new Map<string, T>()
  for (const one of all) {
    const day = DateTime.fromJSDate(one.at, { zone }).toISODate()!
    const before = days.get(day)
    if (!before || one.at < before.at) days.set(day, one)
  }
  return days
}

function oneADay<T extends Timed>(all: readonly T[], zone: string): T[] {
  return [...byDay(all, zone).values()].sort((a, b) => a.at.getTime() - b.at.getTime())
}
