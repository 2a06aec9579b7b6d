import { phrase } from './phrase'
import type { Statement } from './statement'
import { reported, sentence } from './voice'
import { contentWords } from '#language'

/** Something that was decided, by one or more statements. */
export interface Decision {
  readonly holder: string | null
  /** What makes two statements tell of the same decision. */
  readonly key: string
  readonly content: string
  readonly sources: readonly string[]
  readonly at: Date
}

const WHO = String.raw`(?<![\p{L}'])(I|we)`
const JUST = String.raw`(?:'ve|'ll| have| will| just| finally| both| all| also| recently| eventually| then)*`
const RULES: readonly { readonly pattern: RegExp; readonly told: string }[] = [
  { pattern: new RegExp(`${WHO}${JUST} (?:decided|made up my mind|made up our minds|resolved|agreed) to `, 'iu'), told: 'decided to' },
  { pattern: new RegExp(`${WHO}${JUST} (?:decided|agreed) against `, 'iu'), told: 'decided against' },
  { pattern: new RegExp(`${WHO}${JUST} (?:decided on|settled on|opted for) `, 'iu'), told: 'decided on' },
  { pattern: new RegExp(`${WHO}(?:'ll| will|'m| am|'re| are)(?: (?:just|probably|definitely))? (?:go|going) with `, 'iu'), told: 'decided on' },
  { pattern: /^()let's go with /iu, told: 'decided on' },
  { pattern: new RegExp(`${WHO}${JUST} (?:chose|picked|chosen) (?=(?:\\p{Lu}|to ))`, 'u'), told: 'chose' },
]

/** Decisions in statements, each once, in order. English. Pure. */
export function decisionsIn(statements: readonly Statement[]): Decision[] {
  const found = new Map<string, Decision>()
  for (const { text, source, holder, at } of statements) {
    for (const { pattern, told } of RULES) {
      const match = pattern.exec(text)
      const what = match && phrase(text.slice(match.index + match[0].length))
      if (!match || !what) continue
      const key = `${holder?.toLowerCase() ?? ''}|${[...new Set(contentWords(what))].sort().join(' ')}`
      const before = found.get(key)
      // "We decided" is one's own decision, too.
      found.set(key, before
        ? { ...before, sources: [...new Set([...before.sources, source])], at }
        : { holder, key, content: sentence(holder, `${told} ${reported(what)}`), sources: [source], at })
      break
    }
  }
  return [...found.values()]
}
