import { detect } from './detect'
import type { Language } from './language'
import {
  AMBIGUOUS, CUES, DEEDS, LINKS, NEVER, OPENERS, OPENERS_ABROAD, PERSON_CUES, PLACE_CUES, RELATIONS, TITLES, WEAK_DEEDS,
} from './entity-words'
import { foldAccents } from './fold'
import type { Entity } from './language'
import { russianName } from './given-names'
import { known, looksCommon, plainName, typeOf } from './names'
import { STOP_WORDS } from './stop-words'
import { words } from './terms'
import { tokenise, type Token } from './tokens'

/** More names than this in one text are a list, not a memory of each. */
const MOST = 64
const ROLES = new Set(['user', 'assistant', 'system', 'tool', 'ai', 'bot', 'human', 'agent', 'model', 'me', 'you', 'unknown'])
const GERMAN_LINKS: ReadonlySet<string> = new Set(['von', 'van', 'de'])
/** Japanese forms of address after a name. */
const HONOURED = /([\p{Script=Han}\p{Script=Katakana}ー]{1,6}|(?<!\p{Script=Hiragana})\p{Script=Hiragana}{2,4})(?:さん|さま|様|くん|ちゃん|先生)/gu
const DAYS_AHEAD = /^(?:昨日|今日|明日|今朝|今夜|昨夜|先週|今週|来週|先月|来月|去年|今年|来年)/u

interface Context {
  readonly tokens: readonly Token[]
  readonly language: Language
  /** Words seen with a capital where none was due. */
  readonly capitalised: ReadonlySet<string>
}

/**
 * People, places, organisations and other proper names in a text, the speaker first when given, each once by its
 * fullest form. Names are told by capitals where none is due, by a dictionary of names (for lower-case texts and for
 * the first word of a sentence), and by what stands next to them. Code, addresses and headings are passed over.
 */
export function entities(text: string, speaker?: string): Entity[] {
  const found: Entity[] = []
  const spoken = untitled(speaker?.replace(/\s+/gu, ' ').trim())
  if (spoken && spoken.length <= 200 && !ROLES.has(spoken.toLowerCase())) found.push(entity(spoken, 'person'))
  const tokens = tokenise(text)
  const told = detect(words(text.slice(0, 2_000)))
  const context: Context = {
    tokens,
    // German writes every noun like a name: one hint of it is enough.
    language: told.sure || told.language === 'de' ? told.language : 'en',
    capitalised: new Set(tokens.filter((t) => t.shape === 'capital' && !t.opens && !t.heading).map((t) => t.lower)),
  }
  for (let i = 0; i < tokens.length && found.length < MOST * 2; ) i = take(context, i, found)
  for (const match of text.slice(0, 20_000).matchAll(HONOURED)) found.push(entity(match[1]!.replace(DAYS_AHEAD, ''), 'person'))
  return foldNames(found).slice(0, MOST)
}

/** The form by which names are one: without case, accents and dots, and without the endings of Russian cases. */
export function nameKey(name: string): string {
  const folded = foldAccents(name.normalize('NFKC').toLowerCase()).replace(/[.’']/g, '').replace(/\s+/gu, ' ').trim()
  return /\p{Script=Cyrillic}/u.test(folded) ? folded.replace(/\p{Script=Cyrillic}+/gu, russianName) : folded
}

function entity(name: string, type: Entity['type']): Entity {
  return { name, type, key: nameKey(name) }
}

/** A speaker's name without titles before it, unless these are all of it. */
function untitled(name: string | undefined): string | undefined {
  const [first = '', ...rest] = name?.split(' ') ?? []
  return rest.length > 0 && TITLES.has(first.toLowerCase().replace(/\.$/, '')) ? untitled(rest.join(' ')) : name
}

/** Takes the name at `at`, if one is there, and says where to go on. */
function take(context: Context, at: number, found: Entity[]): number {
  const { tokens } = context
  const token = tokens[at]!
  if (token.shape === 'lower') return takeLower(context, at, found)
  let end = at + 1
  while (end < tokens.length) {
    const step = linkLength(context, end)
    if (step === 0 || tokens[end - 1]!.possessive) break
    end += step
  }
  let from = at
  let titled = false
  // "Thanks Johanna", "Did Ana", "the The": what only opens the sentence is no part of the name.
  while (from < end && dropsFirst(context, from, end)) {
    if (TITLES.has(tokens[from]!.lower)) titled = true
    from++
  }
  let to = end
  while (to > from && dropsLast(tokens[to - 1]!)) to--
  if (from < to && accepted(context, from, to, titled)) {
    const run = tokens.slice(from, to)
    const before = from > 0 && run[0]!.joined ? tokens[from - 1]!.lower : ''
    const near = PLACE_CUES.has(before) && before !== 'from' && before !== 'at' ? 'place' : person(context, from, to, before) ? 'person' : undefined
    found.push(entity(run.map((t) => t.text).join(' '), typeOf(run.map((t) => t.lower), titled, near)))
  }
  return end
}

/** How many tokens continue a name at `at`: a capital, or small words and then a capital. */
function linkLength({ tokens, language }: Context, at: number): number {
  // German nouns are written with capitals: its articles join no names.
  const links = language === 'de' ? GERMAN_LINKS : LINKS
  let i = at
  while (i < tokens.length && i - at < 3 && tokens[i]!.joined && tokens[i]!.shape === 'lower' && links.has(tokens[i]!.lower)) i++
  const token = tokens[i]
  if (token === undefined || !token.joined || (token.opens && i > at)) return 0
  if (token.shape === 'lower') return 0
  if (STOP_WORDS.en.has(token.lower) && token.shape !== 'camel' && token.text !== 'The') return 0
  if (i > at && NEVER.has(token.lower)) return 0
  return i - at + 1
}

function dropsFirst(context: Context, at: number, end: number): boolean {
  const token = context.tokens[at]!
  if (token.shape === 'camel') return false
  const { lower } = token
  if (TITLES.has(lower) || lower === 'the') return true
  const more = end - at > 1
  // O João, A Inês; mein Bruder Jürgen.
  if (more && ((token.opens && token.text.length === 1) || RELATIONS.has(lower) || (token.opens && OPENERS_ABROAD.has(lower)))) return true
  const next = context.tokens[at + 1]?.lower ?? ''
  // Names like Will Smith, April Jones: an ordinary word before something that is no first name.
  if (more && AMBIGUOUS.has(lower) && known(lower) !== undefined && known(next) !== 'first' && context.tokens[at + 1]!.shape === 'capital') {
    return NEVER.has(next)
  }
  if (lower === 'new' && more) return !/^(?:york|zealand|delhi|orleans|jersey|mexico|hampshire|haven|england|zealanders)$/.test(next)
  if (STOP_WORDS.en.has(lower) || NEVER.has(lower) || STOP_WORDS[context.language].has(lower)) return true
  if (!token.opens) return false
  const kind = known(lower)
  if (!more) return false
  return OPENERS.has(lower) || kind === 'function' || (kind === undefined && /(?:ing|ly)$/.test(lower)) ||
    (kind === 'common' && known(next) === 'first')
}

function dropsLast(token: Token): boolean {
  return token.shape === 'lower' || (NEVER.has(token.lower) && !/^(?:may|june|april|august|english|day|internet)$/.test(token.lower))
}

function accepted(context: Context, from: number, to: number, titled: boolean): boolean {
  const { tokens, language } = context
  const run = tokens.slice(from, to)
  const first = run[0]!
  const whole = run.map((t) => t.lower).join(' ')
  if (run.length === 1 && (NEVER.has(first.lower) || first.text.length < 2 || TITLES.has(first.lower))) return false
  if (run.every((t) => known(t.lower) === 'demonym')) return false
  if (run.length === 1 && first.opens && opensAbroad(first.lower)) return false
  if (first.shouted) return false
  if (plainName(whole)) return true
  if (titled) return true
  if (run.length > 1 && known(first.lower) === 'first' && !AMBIGUOUS.has(first.lower)) return true
  if (first.heading) return false
  if (run.length > 1) {
    if (language === 'de') return run.some((t) => plainName(t.lower))
    return !run.every((t) => /^(?:function|demonym)$/.test(known(t.lower) ?? ''))
  }
  if (first.shape === 'camel') return true
  if (first.shape === 'caps') return /^[\p{Lu}\p{N}&.-]{2,8}$/u.test(first.text) && known(first.lower) === undefined && !/\d/.test(first.text)
  // English-speaking, Michelin-starred.
  if (/^\p{Lu}\p{Ll}*-\p{Ll}/u.test(first.text)) return false
  if (language === 'de') return false
  if (!first.opens) return known(first.lower) !== 'function' && !OPENERS.has(first.lower)
  return opensAsName(context, from)
}

/** Whether a word opens sentences in another language: Ayer, Dan. First names are believed. */
function opensAbroad(word: string): boolean {
  return OPENERS_ABROAD.has(word) || (known(word) !== 'first' && Object.values(STOP_WORDS).some((list) => list.has(word)))
}

/** Whether the capitalised word that opens a sentence is a name. */
function opensAsName({ tokens, capitalised, language }: Context, at: number): boolean {
  const token = tokens[at]!
  const kind = known(token.lower)
  const next = tokens[at + 1]
  if (kind === 'function' || OPENERS.has(token.lower)) return false
  if (capitalised.has(token.lower)) return true
  if (language !== 'en' || next === undefined || next.opens) return false
  const isName = kind === 'first' || kind === 'last' || kind === 'place' || kind === 'organization'
  if (kind === 'common' || (!isName && looksCommon(token.lower))) return false
  if (!next.joined) return false
  if (isName) return DEEDS.has(next.lower) || token.possessive
  return DEEDS.has(next.lower) && (!WEAK_DEEDS.has(next.lower) || /(?:[aoiu]|[^s]h|j|v|z|ez|wei|son|dra|sz)$/.test(token.lower))
}

function person({ tokens }: Context, from: number, to: number, before: string): boolean {
  const next = tokens[to]
  if (PERSON_CUES.has(before)) return true
  return next !== undefined && next.joined && DEEDS.has(next.lower) && !WEAK_DEEDS.has(next.lower) && to - from <= 3
}

/** Names written in lower case: only words that are hardly anything else, where a name is likely. */
function takeLower({ tokens, language }: Context, at: number, found: Entity[]): number {
  const token = tokens[at]!
  if (language !== 'en' || token.text.length < 2 || !/^\p{L}/u.test(token.text)) return at + 1
  const before = tokens[at - 1]?.lower ?? ''
  const next = tokens[at + 1]
  for (const length of [3, 2]) {
    const run = tokens.slice(at, at + length)
    if (run.length < length || run.some((t, i) => t.shape !== 'lower' || (i > 0 && !t.joined))) continue
    const kind = known(run.map((t) => t.lower).join(' '))
    if (kind === 'place' || kind === 'organization' || kind === 'first') {
      found.push(entity(run.map((t) => title(t.text)).join(' '), kind === 'first' ? 'person' : kind))
      return at + length
    }
  }
  const kind = known(token.lower)
  if (!plainName(token.lower) || kind === 'last') return at + 1
  const likely = CUES.has(before) || token.possessive || (next !== undefined && next.joined && DEEDS.has(next.lower)) || at === 0
  if (!likely) return at + 1
  const surname = kind === 'first' && !token.possessive && next?.joined && next.shape === 'lower' &&
    known(next.lower) === 'last' && !AMBIGUOUS.has(next.lower)
  const name = surname ? `${title(token.text)} ${title(next.text)}` : title(token.text)
  found.push(entity(name, kind === 'first' ? 'person' : kind === 'place' ? 'place' : 'organization'))
  return at + (surname ? 2 : 1)
}

function title(word: string): string {
  const [first = '', ...rest] = [...word]
  return first.toUpperCase() + rest.join('')
}

/** One entity per key, and a part of exactly one fuller name counts as that name. */
function foldNames(found: readonly Entity[]): Entity[] {
  const byKey = new Map<string, Entity>()
  for (const one of found) if (one.key !== '' && one.name !== '' && !byKey.has(one.key)) byKey.set(one.key, one)
  const all = [...byKey.values()]
  const full = all.filter((one) => one.key.includes(' ') && one.type !== 'place' && one.type !== 'organization')
  const out = new Map<string, Entity>()
  for (const one of all) {
    const fuller = one.key.includes(' ') ? [] : full.filter((f) => f.key.startsWith(`${one.key} `) || f.key.endsWith(` ${one.key}`))
    const kept = fuller.length === 1 ? fuller[0]! : one
    out.set(kept.key, kept)
  }
  return [...out.values()]
}
