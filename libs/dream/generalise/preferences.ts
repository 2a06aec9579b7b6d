import { phrase } from './phrase'
import { CALL_ME, CONSTITUTION, ELSEWHERE, ENGLISH, FAVOURITE, FAVOURITE_LAST, HABIT, type Mind, STANDING } from './preference-marks'
import type { Statement } from './statement'
import { reported, sentence, third } from './voice'

/** What somebody is known to like, avoid, always do or be, on the word of one or more statements. */
export interface Preference {
  readonly holder: string | null
  /** The matter: "green tea", "favourite colour". */
  readonly key: string
  /** What it is to them: "loves", "blue". */
  readonly value: string
  readonly mind: Mind
  readonly content: string
  /** Traces that say so, each once, in order. */
  readonly sources: readonly string[]
  /** When it was said last. */
  readonly at: Date
  /** 0..1: how sure one statement of this wording makes it. */
  readonly sure: number
  /** 0..1, by how it was said and how often. */
  readonly confidence: number
}

/** What one more statement leaves of the doubt. */
const DOUBT_LEFT = 0.7

/** How sure one is after so many statements of which each makes it so sure: 1 − (1 − sure) · 0.7^(n − 1). */
export function confidenceOf(sure: number, statements: number): number {
  return Math.round((1 - (1 - sure) * DOUBT_LEFT ** (statements - 1)) * 100) / 100
}

/**
 * What people say that they like, avoid and always do, one a matter; of statements of two minds about it the later counts. English by rules,
 * German, French, Spanish, Portuguese, Italian, Dutch and Russian by a few marks, quoted. Pure.
 * @param statements in the order in which they were said
 */
export function preferencesIn(statements: readonly Statement[]): Preference[] {
  const found = new Map<string, Preference>()
  for (const statement of statements) {
    for (const one of read(statement)) {
      const key = matterOf(one.holder, one.key)
      const before = found.get(key)
      if (!before || before.mind !== one.mind || (one.mind === 'is' && before.value !== one.value)) {
        found.delete(key)
        found.set(key, one)
      } else if (!before.sources.includes(statement.source)) {
        const sources = [...before.sources, statement.source]
        const sure = Math.max(before.sure, one.sure)
        found.set(key, { ...before, sources, at: statement.at, sure, confidence: confidenceOf(sure, sources.length) })
      }
    }
  }
  return [...found.values()]
}

/** What makes two preferences be about the same. */
export function matterOf(holder: string | null, key: string): string {
  return `${holder?.toLowerCase() ?? ''}|${key}`
}

function* read({ text, source, holder, at }: Statement): Generator<Preference> {
  const made = (key: string, value: string, mind: Mind, sure: number, content: string): Preference =>
    ({ holder, key: keyOf(key), value, mind, content, sources: [source], at, confidence: confidenceOf(sure, 1), sure })

  for (const { pattern, told, mind, sure } of ENGLISH) {
    const matter = matterAfter(text, pattern)
    if (!matter) continue
    yield made(matter, told, mind, sure, sentence(holder, `${told} ${reported(matter)}`))
    return
  }
  const habit = HABIT.exec(text)
  const object = habit && phrase(text.slice(habit.index + habit[0].length))
  if (habit && object && !/\b(?:time|fun|care)\b/.test(object)) {
    const [, often, verb] = habit as unknown as [string, string, string]
    const [first, ...rest] = verb.toLowerCase().split(' ')
    const mind = often.toLowerCase() as Mind
    yield made(`${verb} ${object}`, mind, mind, 0.75, sentence(holder, `${mind} ${[third(first!), ...rest, reported(object)].join(' ')}`))
    return
  }
  const favourite = FAVOURITE.exec(text)
  const best = favourite && phrase(text.slice(favourite.index + favourite[0].length))
  if (favourite && best) yield made(`favourite ${favourite[1]!}`, best, 'is', 0.8, `${nameOf(holder)} favourite ${favourite[1]!.toLowerCase()}: ${reported(best)}.`)
  const last = FAVOURITE_LAST.exec(text)
  const first = last?.[2] && phrase(last[1]!)
  if (last && first) yield made(`favourite ${last[2]!}`, first, 'is', 0.8, `${nameOf(holder)} favourite ${last[2]!.toLowerCase()}: ${reported(first)}.`)
  const is = CONSTITUTION.exec(text)?.[1]?.toLowerCase()
  if (is) yield made(is, 'is', 'is', 0.85, sentence(holder, `is ${/person|owl/.test(is) ? 'a ' : /bird/.test(is) ? 'an ' : ''}${is}`))
  const called = CALL_ME.exec(text)?.[1]
  if (called) yield made('name', called, 'is', 0.8, sentence(holder, `wants to be called ${called}`))
  const asked = STANDING.exec(text)?.[1]
  if (asked) yield made(asked, 'asks', 'asks', 0.75, sentence(holder, `asks: “${asked.trim()}”`))
  for (const { pattern, told, mind, sure } of ELSEWHERE) {
    const matter = matterAfter(text, pattern)
    if (!matter) continue
    yield made(matter, told, mind, sure, `${holder ?? 'The user'}: “${text}”`)
    return
  }
}

function matterAfter(text: string, pattern: RegExp): string | undefined {
  const match = pattern.exec(text)
  return match ? phrase(text.slice(match.index + match[0].length)) : undefined
}

/** "My Green Tea" and "green tea" are one matter. */
function keyOf(matter: string): string {
  return matter.toLowerCase().replace(/^(?:my|our|to|a|an|the) /u, '').replace(/favorite/u, 'favourite').trim()
}

function nameOf(holder: string | null): string {
  return holder === null ? "The user's" : `${holder}'s`
}
