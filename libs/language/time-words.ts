import { Info } from 'luxon'
import { detect, plausible } from './detect'
import type { Language } from './language'

/** Words that tell of a time or a number. */
export interface Vocabulary {
  readonly times: ReadonlySet<string>
  readonly numbers: ReadonlySet<string>
}

const list = (text: string): readonly string[] => text.split(' ')
const TIMES: Readonly<Record<Language, readonly string[]>> = {
  en: list('yesterday today tomorrow tonight last next ago week weeks weekend month months year years'),
  de: list('gestern vorgestern heute morgen übermorgen letzte letzten letztes letzter nächste nächsten nächstes nächster woche wochen wochenende monat monate monaten jahr jahre jahren'),
  fr: list('hier aujourdhui demain dernier dernière prochain prochaine semaine semaines mois an ans année années'),
  es: list('ayer anteayer anoche hoy mañana pasado pasada próximo próxima hace semana semanas mes meses año años'),
  pt: list('ontem anteontem hoje amanhã passado passada próximo próxima há semana semanas mês meses ano anos'),
  it: list('ieri oggi domani scorso scorsa prossimo prossima fa settimana settimane mese mesi anno anni'),
  nl: list('gisteren eergisteren vandaag morgen vorige vorig volgende volgend geleden week weken weekend maand maanden jaar jaren'),
  ru: list('вчера позавчера сегодня завтра прошлый прошлая прошлой прошлом следующий следующей назад неделя неделю недели неделе месяц месяца месяцев год года году лет'),
}
const NUMBERS: Readonly<Record<Language, readonly string[]>> = {
  en: list('one two three four five six seven eight nine ten eleven twelve dozen couple few several first second third'),
  de: list('zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dutzend paar mehrere'),
  fr: list('deux trois quatre cinq six sept huit neuf dix onze douze dizaine douzaine plusieurs'),
  es: list('dos tres cuatro cinco seis siete ocho nueve diez once doce docena varios varias'),
  pt: list('dois duas três quatro cinco seis sete oito nove dez onze doze dúzia vários várias'),
  it: list('due tre quattro cinque sei sette otto nove dieci undici dodici dozzina parecchi diversi'),
  nl: list('twee drie vier vijf zes zeven acht negen tien elf twaalf dozijn paar enkele'),
  ru: list('два две три четыре пять шесть семь восемь девять десять одиннадцать двенадцать дюжина несколько'),
}
const known = new Map<Language, Vocabulary>()

/** The words of a language that tell of times (its calendar, and words like yesterday and next) and of numbers. */
export function vocabulary(language: Language): Vocabulary {
  let found = known.get(language)
  if (found === undefined) {
    const calendar = [Info.months('long', { locale: language }), Info.monthsFormat('long', { locale: language }), Info.weekdays('long', { locale: language })]
    const times = new Set([...TIMES[language], ...calendar.flat().map((name) => name.toLowerCase())])
    // A verb far more often than a month.
    if (language === 'en') times.delete('may')
    known.set(language, (found = { times, numbers: new Set(NUMBERS[language]) }))
  }
  return found
}

/** The language in which a text speaks of times: where its words leave that open, the first that has a word for one. */
export function languageOfTimes(text: string, said: readonly string[]): Language {
  if (/\p{Script=Cyrillic}/u.test(text)) return 'ru'
  const { language, sure } = detect(said)
  if (sure) return language
  return [language, ...plausible(said)].find((one) => said.some((word) => vocabulary(one).times.has(word))) ?? language
}
