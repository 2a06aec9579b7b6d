import { DateTime } from 'luxon'

/** Parts of a day, by the hour at which each begins. */
const PARTS = [[5, 'in the morning'], [12, 'in the afternoon'], [17, 'in the evening'], [22, 'at night']] as const
const WEEKDAYS = ['on Mondays', 'on Tuesdays', 'on Wednesdays', 'on Thursdays', 'on Fridays', 'on Saturdays', 'on Sundays'] as const

/** Distinct days that a rhythm needs, the share of them that must agree, and how seldom chance may bring as many. */
const LEAST_DAYS = 4
const LEAST_SHARE = 0.6
const CHANCE = 0.01

/** When something happened, and when anything did at all: on how many days of each weekday, in how many days' mornings, and so on. */
export interface Times {
  readonly weekdays: readonly number[]
  readonly parts: readonly number[]
}

/** Counts distinct local days by weekday and by part of the day. Pure. */
export function timesOf(instants: readonly Date[], zone: string): Times {
  const weekdays = WEEKDAYS.map(() => new Set<string>())
  const parts = PARTS.map(() => new Set<string>())
  for (const instant of instants) {
    const local = DateTime.fromJSDate(instant, { zone })
    const day = local.toISODate()!
    weekdays[local.weekday - 1]!.add(day)
    const part = PARTS.findLastIndex(([from]) => local.hour >= from)
    // After midnight it is still the night before.
    parts[part < 0 ? PARTS.length - 1 : part]!.add(day)
  }
  return { weekdays: weekdays.map((days) => days.size), parts: parts.map((days) => days.size) }
}

/**
 * When something mostly happens ("on Sundays", "in the morning"), where that is not when everything does: the most frequent weekday or part
 * of the day has three fifths of four days or more, and so many would come by chance less than once in a hundred times (binomial, of as many
 * looks as there are weekdays or parts). Pure.
 */
export function rhythmOf(times: Times, usual: Times): string | undefined {
  return peak(times.weekdays, usual.weekdays, WEEKDAYS) ?? peak(times.parts, usual.parts, PARTS.map(([, name]) => name))
}

function peak(counts: readonly number[], usual: readonly number[], names: readonly string[]): string | undefined {
  const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0)
  const n = sum(counts)
  const at = counts.indexOf(Math.max(...counts))
  if (n < LEAST_DAYS || counts[at]! < LEAST_SHARE * n) return undefined
  return atLeast(counts[at]!, n, usual[at]! / Math.max(1, sum(usual))) <= CHANCE / names.length ? names[at] : undefined
}

/** The chance of k or more of n, each with probability p. */
export function atLeast(k: number, n: number, p: number): number {
  if (p >= 1) return 1
  let term = (1 - p) ** n
  let below = 0
  for (let i = 0; i < k; i++) {
    below += term
    term *= ((n - i) / (i + 1)) * (p / (1 - p))
  }
  return Math.max(0, 1 - below)
}
