import type { Entity } from '#language'

const ENDS_IN_INITIAL = / .$/u

/** A name as it was said, by the key that folds case, accents and titles. */
export type Named = Pick<Entity, 'key' | 'type'>

/**
 * Which name each name stands for: a part of a person's name for the whole, where only one is known. The rules:
 *
 * - A name is short for a longer one that begins with the same words ("marta", "marta silva"); its last word may be an initial ("marta s").
 * - The longer one must be a person's, the short one no place or organisation ("paris" is not short for "paris hilton").
 * - The longest is meant where the longer ones are short for one another ("ana", "ana maria", "ana maria silva").
 * - With two that are not, the short name stands for itself: it may be either, and is never taken for one of them.
 * - A surname alone is short for nobody: families share it.
 *
 * A function of the names alone, not of their order: a name that is forgotten leaves what would be without it.
 */
export function canonicalKeys(names: readonly Named[]): Map<string, string> {
  const people = names.filter((name) => name.type === 'person')
  return new Map(names.map(({ key, type }) => {
    if (type === 'place' || type === 'organization') return [key, key]
    const longer = people.filter((one) => isShortFor(key, one.key))
    const longest = longer.filter((one) => !longer.some((other) => isShortFor(one.key, other.key)))
    return [key, longest.length === 1 ? longest[0]!.key : key]
  }))
}

/** The first word of a key: names that may be one share it. */
export function firstWord(key: string): string {
  return key.split(' ', 1)[0]!
}

/** What longer names begin with that a key may be short for. */
export function beginningOfLonger(key: string): string {
  return ENDS_IN_INITIAL.test(key) ? key : `${key} `
}

/** Whether a key is the beginning of another, in whole words but for an initial at its end. */
export function isShortFor(short: string, full: string): boolean {
  return short !== full && full.startsWith(beginningOfLonger(short))
}
