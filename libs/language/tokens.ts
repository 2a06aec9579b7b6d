/** A word of running text, with what stands around it. */
export interface Token {
  /** Without possessive or contraction. */
  readonly text: string
  readonly lower: string
  /** `Name`, `ACRONYM`, `GitHub` or `lower`. */
  readonly shape: 'capital' | 'caps' | 'camel' | 'lower'
  /** Opens a sentence, a quotation, a list item or a line. */
  readonly opens: boolean
  /** Nothing but a space parts it from the word before. */
  readonly joined: boolean
  readonly possessive: boolean
  /** In a heading, a label or a title, where capitals mean nothing. */
  readonly heading: boolean
  /** In a sentence that shouts. */
  readonly shouted: boolean
}

/** More is not read: names of a very long text show up in its beginning. */
const LONGEST = 20_000
const CODE_BLOCK = /(?:```|~~~)[\s\S]*?(?:```|~~~|$)/g
const INLINE_CODE = /`[^`\n]{1,300}`/g
const ADDRESS = /(?:https?:\/\/|www\.)\S+|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]{1,64}|(?<=^|\s)[@#]\w+|<\/?[a-z][^<>\n]{0,200}>/gi
const LINK = /!?\[([^\]\n]{0,200})\]\([^)\n]{0,500}\)/g
/** "[Your Name]": a place to fill in. */
const PLACEHOLDER = /\[[^\]\n]{1,60}\]/g
const CODE_LINE = /[;{}]\s*$|^\s*(?:(?:import|export|from) .{0,200}['"];?\s*$|(?:def|class|function|const|let|var|public|private|return|if|for|while|elif|else) ?.{0,200}[:;{(=]\s*$|[\w.]{1,60}\s?=\s?\S|[\w.]{1,80}\(.{0,200}\)\s*$|[$>]\s\w|\/\/|#include|<\w|SELECT |INSERT |UPDATE |CREATE )|=>|::|\b\w+\(\)/
const WORD = /[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}_]|['’&-](?=[\p{L}\p{N}])|\.(?=(?:js|io|ai|com|org|net|py)(?![\p{L}\p{N}]))|(?<=(?<![\p{L}\p{N}])(?:\p{Lu}\.)*\p{Lu})\.(?=\p{Lu}(?![\p{Ll}])))*/gu
const TAIL = /^(.+?)['’](?:s|S|ll|d|re|ve|m)$/u
const ABBREVIATION = /^(?:Dr|Mr|Mrs|Ms|Prof|St|Mt|Ft|Sr|Jr|vs|etc|\p{Lu})$/u

/** The words of a text outside code, addresses and mark-up. */
export function tokenise(text: string): Token[] {
  const out: Token[] = []
  const prose = text.slice(0, LONGEST).replace(CODE_BLOCK, '\n').replace(INLINE_CODE, ' … ').replace(LINK, '$1')
    .replace(PLACEHOLDER, ' … ').replace(ADDRESS, ' … ')
  for (const raw of prose.split(/[\n\r]+/)) {
    if (raw.trim() === '' || CODE_LINE.test(raw)) continue
    line(raw.replace(/\*\*|__|~~/g, ''), /^\s*#{1,6}\s/.test(raw) || /^\s*(?:[-*•]|\d+[.)])?\s*\*\*[^*]{1,200}\*\*:?\s*$/.test(raw), out)
  }
  return out
}

function line(text: string, heading: boolean, out: Token[]): void {
  let sentence: Token[] = []
  let end = 0
  let last = ''
  for (const match of text.matchAll(WORD)) {
    const gap = text.slice(end, match.index)
    end = match.index + match[0].length
    const abbreviated = /^\. $/.test(gap) && ABBREVIATION.test(last)
    const first = last === '' && sentence.length === 0
    const ends = !abbreviated && /[.!?…。！？]/u.test(gap)
    if (ends || gap.includes(':')) {
      close(sentence, heading || (gap.includes(':') && sentence.length <= 6), out)
      sentence = []
    }
    const opens = first || ends || /[:"“«([*•|>_]|(?:^|\s)['‘]|\s[-–—]+\s/u.test(gap)
    sentence.push(token(match[0], opens, gap === ' ' || abbreviated))
    last = match[0]
  }
  const titled = sentence.length >= 4 && !/[.!?]\s*$/.test(text) && sentence.filter((t) => t.shape !== 'lower').length > sentence.length * 0.6
  close(sentence, heading || titled, out)
}

function close(sentence: readonly Token[], heading: boolean, out: Token[]): void {
  const long = sentence.filter((t) => t.text.length > 1 && /\p{L}/u.test(t.text))
  const caps = long.filter((t) => t.shape === 'caps').length
  const shouted = caps > 0 && caps * 2 > long.length && long.length > 1
  for (const t of sentence) out.push(heading || shouted ? { ...t, heading, shouted } : t)
}

function token(raw: string, opens: boolean, joined: boolean): Token {
  const tail = TAIL.exec(raw)
  const text = tail ? tail[1]! : raw
  return {
    text, lower: text.toLowerCase().replace(/’/g, "'"), shape: shapeOf(text), opens, joined,
    possessive: tail !== null && /s$/i.test(raw), heading: false, shouted: false,
  }
}

function shapeOf(text: string): Token['shape'] {
  if (!/\p{Lu}/u.test(text)) return 'lower'
  if (/^\p{Lu}[\p{Lu}\p{N}&.-]*s?$/u.test(text) && text.replace(/[^\p{Lu}]/gu, '').length > 1) return 'caps'
  if (/^(?:\p{Lu}[\p{Ll}\p{N}]+){2,}$|^\p{Lu}\p{Ll}+\p{Lu}+\p{Ll}*$|^[ie]\p{Lu}\p{Ll}+/u.test(text)) return 'camel'
  return /^\p{Lu}/u.test(text) ? 'capital' : 'lower'
}
