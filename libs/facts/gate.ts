import { KIN_WORDS, PETS } from './kin'

const list = (...rows: readonly string[]): string => rows.join(' ').trim().split(/\s+/).join('|').replaceAll('_', ' ')

const VERBS = list(
  'liv(?:e|es|ed|ing) moved relocated work(?:s|ed|ing)? started stopped quit gave given left joined got lov(?:e|es) ador(?:e|es) likes? enjoys?',
  'hat(?:e|es) dislikes? detests? despises? stand prefers? speaks? learning plays? owns? bought drives? us(?:e|es|ing) stud(?:y|ies|ying)',
  'graduated major(?:s|ing) doing eats? eaten drinks? smokes? volunteer(?:s|ing)? adopted rescued turned married suffers? grew became',
)
const COMPLEMENTS = list(
  'an? from single engaged divorced widowed separated fired laid born diagnosed allergic afraid scared terrified into obsessed fond crazy',
  'passionate keen fan member vegan vegetarian pescatarian flexitarian intolerant diabetic asthmatic dyslexic epileptic autistic fluent called',
  'named my our \\d+ (?:twen|thir|for|fif|six|seven|eigh|nine)ty',
)
const THINGS_HAD = list('an? \\d+ two three four five got had asthma diabetes epilepsy migraines? insomnia anxiety depression adhd arthritis eczema hay_fever celiac coeliac type')
const NO_NAMES = list('It That This There Those These They He She You The What Glad Sounds? Yeah Yes Wow And But So Sure Always Looks? Your My Our We')

/** Each sentence that facts are read from has one of these: "I … live", "I have two", "my sister", "Marta … lives", "Marta is allergic". */
const SIGNS: readonly RegExp[] = [
  new RegExp(`\\b(?:i|we|i'm|im|i've|ive|we're|we've)\\s+(?:[\\w']+\\s+){0,3}?(?:${VERBS}|${COMPLEMENTS})\\b`, 'i'),
  new RegExp(`\\b(?:i|we|i've|ive|we've)\\s+(?:\\w+\\s+){0,2}?(?:have|had|got)?\\s*(?:${THINGS_HAD})\\b`, 'i'),
  new RegExp(`\\b(?:my|our)\\s+(?:\\w+\\s+){0,2}?(?:${[...KIN_WORDS, ...PETS].join('|')}|favou?rite|name|birthday|e-?mail|phone|number|address|car|job)\\b`, 'i'),
  new RegExp([
    `(?:^|[^\\p{L}])(?!(?:${NO_NAMES})(?!\\p{L}))\\p{Lu}[\\p{L}-]+,?\\s+(?:\\w+\\s+){0,2}?`,
    `(?:${VERBS}|(?:is|has|was)\\s+(?:\\w+\\s+)?(?:${COMPLEMENTS}|${THINGS_HAD}))(?![\\p{L}])`,
  ].join(''), 'u'),
]

/** Whether a sentence may state a fact. To tag it takes a millisecond or more; four of five need not be. */
export function isTelling(sentence: string): boolean {
  return SIGNS.some((sign) => sign.test(sentence))
}
