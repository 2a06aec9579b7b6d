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

/** Words of the Spanish and the Russian list that people ask about: work, days, numbers, places, verbs of doing and knowing. */
const ASKED_ABOUT: Readonly<Partial<Record<Language, string>>> = {
  es: `acuerdo añadió antano antaño bajo cerca cinco conocer cosas cuatro cuenta deprisa despacio dia dias día días dos ejemplo empleais emplean emplear
empleas empleo final general gran grandes hablan horas informo informó intenta intentais intentamos intentan intentar intentas intento lado
largo lejos lugar mal mayor mejor menudo momento nueva nuevas nuevo nuevos ocho pais paìs país parte pasada pasado pesar poner pronto
próximo proximo realizado realizar realizó saber salvo seis siete tarde temprano tiempo total trabaja trabajais trabajamos trabajan
trabajar trabajas trabajo tres ultimo uno usa usais usamos usan usar usas uso valor verdad verdadera verdadero veces vez última últimas último
últimos arriba atras atrás ayer claro buena buenas bueno buenos hoy propia propias propio propios primer primera primero primeros segunda
segundo tercera solas solos sola solo`,
  ru: 'человек жизнь сказал сказала сказать говорил три два хорошо лучше сегодня конечно большой больше хорошая',
}

/** Words that say how rather than what, by language, lower case, with their accents and (as people type them) without. */
export const STOP_WORDS: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: new Set(ENGLISH.split(/\s+/)),
  de: list('de', german, `bist wär wäre hätte gibt mal halt wann wer wen wem wessen warum wieso woher wohin worüber womit
ja nein seit gerade schon hatten hast habt seid sei kannst kennst weißt willst musst sollst magst möchte möchtest`),
  fr: list('fr', french, `jai cest quil quelle très plus aussi bien comme quand où fait aujourdhui ça donc alors comment pourquoi combien quoi chez
dont lorsque si déjà cela tout tous toute toutes avant après depuis entre vers contre sous vais vas va oui non`),
  es: list('es', spanish, 'muy también cuándo cuanto adónde adonde ningún tengo mi mis voy'),
  pt: list('pt', portuguese, 'muito você vocês pra é onde aonde porque porquê por que quê pois lá aqui então ainda vai vou vamos nunca sempre cada todo toda todos todas'),
  it: list('it', italian, 'cosa sono anche molto quando dove chi mentre poi già ancora allora però quindi mai sempre ogni essere avere stato stata'),
  nl: list('nl', dutch, 'jij jullie wij we hij zij een gaan gaat ga jouw onze waar wanneer waarom welke welk wel niet nee ook heel nog bent'),
  ru: list('ru', russian, 'это очень почему сколько откуда который которая которое которые моего моей моему моих мое моё мои твой твоя твои наш наша наши ваш ваша свой'),
}

function list(language: Language, words: readonly string[], more: string): ReadonlySet<string> {
  const asked = new Set((ASKED_ABOUT[language] ?? '').split(/\s+/))
  const set = new Set<string>()
  for (const raw of [...words.filter((word) => !asked.has(word)), ...more.split(/\s+/)]) {
    const word = raw.trim().toLowerCase()
    if (word === '') continue
    set.add(word)
    set.add(foldAccents(word))
  }
  return set
}
