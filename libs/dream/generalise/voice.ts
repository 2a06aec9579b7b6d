/** How a person without a name is spoken of. */
const NOBODY = 'The user'

const PRONOUNS: Readonly<Record<string, string>> = {
  "i'm": "they're", "i've": "they've", "i'll": "they'll", "i'd": "they'd", i: 'they', me: 'them', my: 'their', mine: 'theirs', myself: 'themselves',
  we: 'they', us: 'them', our: 'their', ours: 'theirs', ourselves: 'themselves', "we're": "they're", "we've": "they've", "we'll": "they'll", "we'd": "they'd",
}
const FIRST_PERSON = new RegExp(`(?<![\\p{L}'])(?:${Object.keys(PRONOUNS).sort((a, b) => b.length - a.length).join('|')})(?![\\p{L}'])`, 'giu')

/** English words of a person about themselves, as somebody else would say them: "my cat and me" → "their cat and them". Pure. */
export function reported(words: string): string {
  return words.replace(FIRST_PERSON, (pronoun) => PRONOUNS[pronoun.toLowerCase()]!)
    .replace(/\bthey am\b/giu, 'they are').replace(/\bthey was\b/giu, 'they were')
}

const THIRD: Readonly<Record<string, string>> = { am: 'is', are: 'is', have: 'has', do: 'does', go: 'goes', "don't": "doesn't", "haven't": "hasn't" }

/** An English verb with its ending of the third person: "take" → "takes". Pure. */
export function third(verb: string): string {
  const lower = verb.toLowerCase()
  if (THIRD[lower]) return THIRD[lower]
  if (/^(?:can|can't|cannot|will|won't|never|must)$/.test(lower)) return lower
  if (/(?:s|x|z|ch|sh|o)$/.test(lower)) return `${lower}es`
  return /[^aeiou]y$/.test(lower) ? `${lower.slice(0, -1)}ies` : `${lower}s`
}

/** A sentence about whoever is the holder. */
export function sentence(holder: string | null, rest: string): string {
  return `${holder ?? NOBODY} ${rest.trim()}.`
}
