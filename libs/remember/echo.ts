import { fold, isDistinctive } from '#language'

/** A memory as a message may quote it. */
export interface Quotation {
  /** Where the message names it. */
  readonly id?: string
  /** Its text, folded: as the line says it, and without what lists put before a text; one of them is the memory's. */
  readonly forms: readonly string[]
  /** Whether it says enough to be told from what anybody says. */
  readonly telling: boolean
}

export interface Echo {
  /** What stands between marks that recall puts around memories. */
  readonly fenced: readonly Quotation[]
  /** The message without it. */
  readonly rest: string
  /** What the rest consists of, if that may be quotations. */
  readonly quoted: readonly Quotation[]
  /** It looks like a list, which people do not say. */
  readonly listed: boolean
}

/** Recall answers with no more. */
const MOST_LINES = 200

const OPENING = /^<memories (\w+)>$/
const CLOSING = /^<\/memories (\w+)>$/
const HEADING = /^(?:#|<|```)|[:：]$/u
const MARK = /^(?:[-*•>]|\d{1,3}[.)])\s+/u
/** "Ana:", "[2026-01-10]", "Ana (2026-01-10):" */
const LABEL = /^(?:\[[^\]]{1,60}\]|[^:：[\]]{1,60}[:：])\s+/u
const QUOTES = /^["'“‘«](.*)["'”’»]$/u

/** Reads a message as if recalled memories were put into it: fenced, as a list, as JSON, or by themselves. Pure. */
export function echoIn(content: string): Echo {
  const { inside, outside } = unfenced(content.split('\n'))
  const fenced = inside.map(quotation)
  const rest = outside.join('\n').trim()
  const lines = rest.split('\n').map((line) => line.trim()).filter((line) => line !== '')
  const body = lines.filter((line) => !HEADING.test(line))
  const quoted = body.length > MOST_LINES ? [] : body.map(quotation)
  return { fenced, rest, quoted, listed: lines.length > 1 || lines.some((line) => MARK.test(line) || line.startsWith('{')) }
}

/** Parts what is fenced from what is not, mark by mark, in one pass: a message may be long and be written to be slow to read. */
function unfenced(lines: readonly string[]): { inside: string[]; outside: string[] } {
  const nextClosing = new Map<string, number>()
  const closings = new Map<number, number>()
  for (let i = lines.length - 1; i >= 0; i--) {
    const closed = CLOSING.exec(lines[i]!.trim())?.[1]
    if (closed !== undefined) nextClosing.set(closed, i)
    const opened = OPENING.exec(lines[i]!.trim())?.[1]
    if (opened !== undefined && nextClosing.has(opened)) closings.set(i, nextClosing.get(opened)!)
  }
  const inside: string[] = []
  const outside: string[] = []
  for (let i = 0; i < lines.length; i++) {
    const end = closings.get(i)
    if (end === undefined) {
      outside.push(lines[i]!)
      continue
    }
    // The line before a fence that speaks of its mark belongs to it.
    if (outside.at(-1)?.includes(OPENING.exec(lines[i]!.trim())![1]!)) outside.pop()
    for (const line of lines.slice(i + 1, end)) inside.push(line)
    i = end
  }
  return { inside, outside }
}

function quotation(line: string): Quotation {
  const { id, content } = parsed(line) ?? {}
  if (content !== undefined) return { ...(id === undefined ? {} : { id }), forms: [fold(content)], telling: isDistinctive(content) }
  const bare = line.trim().replace(MARK, '')
  const text = bare.replace(LABEL, '')
  return { forms: [...new Set([line, bare, text, bare.replace(QUOTES, '$1'), text.replace(QUOTES, '$1')].map(fold))], telling: isDistinctive(text) }
}

function parsed(line: string): { id?: string; content?: string } | undefined {
  if (!line.trim().startsWith('{')) return undefined
  try {
    const { id, content } = JSON.parse(line.trim().replace(/,$/, '')) as Record<string, unknown>
    return typeof content === 'string' ? { content, ...(typeof id === 'string' ? { id } : {}) } : undefined
  } catch {
    return undefined
  }
}
