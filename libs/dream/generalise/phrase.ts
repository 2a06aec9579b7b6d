import { contentWords } from '#language'

/** Where the phrase after a verb ends. */
const END = /[,.;:!?()[\]—–…]| - |\s(?:because|but|so that|when|whenever|while|since|which|who|where|although|though|even|especially|as|just|right|that's|it's|and (?:i|i'm|i've|we|it|it's|they|he|she|you|that|then|also|how|what|have|am|feel|love|hate|like)|so)(?=\s|$)/iu
/** What adds nothing at its end. */
const TAIL = /\s+(?:a lot|so much|very much|too|as well|either|these days|nowadays|right now|at the moment|anyway|lol|haha|now|again|more|most|the most|of all|today|yesterday|tonight|though|together|best|better|all the time|everywhere|forever|to death|to bits|actually|really|honestly)$/iu
/** What a phrase cannot be about when it begins so, for it points at something that the phrase does not hold. */
const POINTS = /^(?:it|its|it's|that|this|these|those|them|they|him|her|he|she|his|their|you|your|yours|how|what|when|where|why|who|everything|anything|something|nothing|all|both|everyone|everybody|some|any|one|the way|the idea|the fact|being able|getting to|hearing|seeing (?:you|it|that|them|how|all)|to (?:hear|see (?:you|it|that|them|how)|know|say|think|be)|so|such|another|others|here|there|doing (?:it|that|this)|when|each other|working on it|having (?:you|them|it)|also|not)\b/iu
/** Who is spoken to, and what the phrase does not name. */
const OTHERS = /\b(?:you|your|yours|yourself|guys|this|these|those|them|it)\b/iu
const LONGEST_WORDS = 9

/** "simple, minimal dependencies": a lone word before a comma is the first of several about one thing, unless a new clause begins. */
const MORE_OF_IT = /^\p{Ll}+, (?!(?:and|but|so|or|i|i'm|we|it|you|they|he|she|can|could|how|what|do|is|are|my|the|then|because|which)\b)(?=\p{L})/u

function clauseOf(text: string): string {
  const lead = MORE_OF_IT.exec(text)?.[0] ?? ''
  const rest = text.slice(lead.length)
  const end = END.exec(rest)
  return (lead + (end ? rest.slice(0, end.index) : rest)).trim()
}

/**
 * The phrase that begins a text, to where its clause ends, without an article: "the green tea from Uji, because…" → "green tea from Uji".
 * Undefined when it stands for something that was said before ("it", "that idea", "the colours"), is about who is spoken to, is long, or is empty. Pure.
 */
export function phrase(text: string): string | undefined {
  const begin = text.trim()
  if (POINTS.test(begin) || begin.startsWith('…')) return undefined
  let words = clauseOf(begin)
  for (let cut = words.replace(TAIL, ''); cut !== words; cut = words.replace(TAIL, '')) words = cut
  // "the colours" were there to be seen; "the Alps", "the music of Bach" are there for everybody.
  if (/^the\s/iu.test(words) && !/^the\s.*(?:\p{Lu}|\bof\b)|^the (?:sea|ocean|beach|outdoors|mountains|piano|guitar|violin|cello|gym|cold|heat|rain|dark|sun|snow|summer|winter|city|countryside)\b/u.test(words)) return undefined
  words = words.replace(/^(?:a|an|the|some)\s+/iu, '').replace(/^(?:a )?good\s+(?=\p{Ll})/u, '')
  if (OTHERS.test(words) || words.split(' ').length > LONGEST_WORDS || contentWords(words).length === 0) return undefined
  return /\s(?:to|of|for|with|and|or|in|at|on|by|from|the|a|my|is|are|was)$/iu.test(words) ? undefined : words
}
