/** What is supposed, wished, hedged, told by others, dreamt, joked. A sentence with one of these states nothing. */
const SUPPOSED = new RegExp(`\\b(?:${[
  'if', 'unless', 'whether', 'wish(?:es|ed|ing)?', 'hop(?:e|es|ed|ing|efully)', 'imagin(?:e|es|ed|ing)', 'suppos(?:e|ed|edly|ing)',
  'pretend(?:s|ed|ing)?', 'maybe', 'perhaps', 'probably', 'possibly', 'apparently', 'allegedly', 'as though', 'in case', 'according to',
  'rumou?rs?', 'hypothetical(?:ly)?', 'in theory', '(?:i|we) guess', 'i bet', 'dream(?:s|t|ed|ing)?', 'nightmares?', 'lyrics',
  'role ?-?play(?:ing)?', 'plays? a character', 'sarcas(?:m|tic)', 'not sure', 'feels? like', 'felt like', "let's", 'lets',
].join('|')})\\b`, 'i')
const JOKED = /\b(?:lol|lmao|rofl|haha(?:ha)*|hehe(?:he)*|jk|j\/k|just kidding|kidding|joking|just a joke)\b|😂|🤣|😜|😝|🙃|(?:^|\s)\/s(?:\s|$)/iu
const TAKEN_BACK = /\b(?:just kidding|(?:i'm|i am|im|was) (?:kidding|joking)|jk|just a joke|april fools?)\b/i

/** "I work as a nurse, can you help me to…?" */
const ASKED = /,\s+(?:and |so |but )?(?:can|could|would|will|do|does|did|is|are|what|what's|how|why|which|where|when|who|should|any|may)\b[^,;]*\?+\s*$/i

/**
 * What a sentence says to be so: the sentence, what comes before the question at its end, or, of a question, wish, supposition or joke,
 * nothing (undefined).
 */
export function statedIn(sentence: string): string | undefined {
  if (SUPPOSED.test(sentence) || JOKED.test(sentence)) return undefined
  if (!/[?？]/.test(sentence)) return sentence
  const statement = sentence.replace(ASKED, '')
  return /[?？]/.test(statement) || !/^(?:\w+,? ){0,2}(?:i|i'm|i've|we|we're|my|our)\b/i.test(statement) ? undefined : statement
}

/** Whether a text takes back what it says: "I moved to Mars. Just kidding." */
export function isTakenBack(text: string): boolean {
  return TAKEN_BACK.test(text)
}
