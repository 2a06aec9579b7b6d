import type { z } from 'zod'

type Issue = z.core.$ZodIssue

export interface FieldIssue {
  readonly field: string
  readonly message: string
  readonly tooLarge: boolean
}

/** Most issues that one answer lists. */
const MAX_LISTED = 10

/** Issues of zod as fields and rules, in the words of the wire and without the values. `whole` names the value itself. */
export function describeIssues(issues: readonly Issue[], whole: string): FieldIssue[] {
  const found = issues.flatMap((issue): FieldIssue[] => {
    if (issue.code === 'unrecognized_keys') {
      const fields = issue.keys.map((key) => fieldOf([...issue.path, key.slice(0, 128)], whole))
      return fields.map((field) => ({ field, message: 'is not a known field', tooLarge: false }))
    }
    const tooLarge = issue.code === 'custom' && issue.params?.tooLarge === true
    return [{ field: fieldOf(issue.path, whole), message: ruleOf(issue), tooLarge }]
  })
  // A value of the wrong type may break rules of length as well; the first says it all.
  const seen = new Set<string>()
  return found.filter(({ field }) => !seen.has(field) && seen.add(field)).slice(0, MAX_LISTED)
}

/** `messages[3].content` */
export function fieldOf(path: readonly PropertyKey[], whole: string): string {
  const step = (part: PropertyKey): string => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)
  const field = path.map(step).join('').replace(/^\./, '')
  return field === '' ? whole : field
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'an object', record: 'an object',
}

function ruleOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${NOUNS[issue.expected] ?? issue.expected}`
    case 'too_small':
      if (issue.origin === 'string') return 'must not be empty'
      return `must ${issue.origin === 'array' ? 'have' : 'be'} at least ${issue.minimum}${issue.origin === 'array' ? ' entries' : ''}`
    case 'too_big':
      return `must ${issue.origin === 'array' ? 'have' : 'be'} at most ${issue.maximum}${issue.origin === 'array' ? ' entries' : ''}`
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`
    default:
      return issue.message
  }
}
