import { stopwords as german } from '@orama/stopwords/german'
import { stopwords as french } from '@orama/stopwords/french'
import { stopwords as spanish } from '@orama/stopwords/spanish'
import { stopwords as portuguese } from '@orama/stopwords/portuguese'
import { stopwords as italian } from '@orama/stopwords/italian'
import { stopwords as dutch } from '@orama/stopwords/dutch'
import { stopwords as russian } from '@orama/stopwords/russian'
import { foldAccents } from './fold'
import type { Language } from './language'

/** Written without apostrophes, as words reach the list; measured on conversations, so do not shorten it lightly. */
const ENGLISH = `a an the and or but if then else of at by for with about against between into through during before after above
below to from up down in out on off over under again further once here there all any both each few more most other some such no
nor not only own same so than too very s t can will just don should now i me my myself we our ours ourselves you your yours
yourself yourselves he him his himself she her hers herself it its itself they them their theirs themselves what which who whom
this that these those am is are was were be been being have has had having do does did doing would could ought im youre hes shes
its were theyre ive youve weve theyve id youd hed shed wed theyd ill youll hell shell well theyll isnt arent wasnt werent hasnt
havent hadnt doesnt dont didnt wont wouldnt shant shouldnt cant cannot couldnt mustnt lets thats whos whats heres theres whens
wheres whys hows when where why how as until while also get got`

/** Words that say how rather than what, by language, lower case, with their accents and (as people type them) without. */
export const STOP_WORDS: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: new Set(ENGLISH.split(/\s+/)),
  de: withFolded(german, 'bist wär wäre hätte gibt mal halt'),
  fr: withFolded(french, 'jai cest quil très plus aussi bien comme quand où fait aujourdhui ça donc alors'),
  es: withFolded(spanish, 'muy también'),
  pt: withFolded(portuguese, 'muito você vocês pra'),
  it: withFolded(italian, 'cosa sono anche molto'),
  nl: withFolded(dutch, 'jij jullie wij we hij zij een gaan gaat jouw onze'),
  ru: withFolded(russian, 'это очень'),
}

function withFolded(words: readonly string[], more: string): ReadonlySet<string> {
  const set = new Set<string>()
  for (const raw of [...words, ...more.split(' ')]) {
    const word = raw.trim().toLowerCase()
    if (word === '') continue
    set.add(word)
    set.add(foldAccents(word))
  }
  return set
}
