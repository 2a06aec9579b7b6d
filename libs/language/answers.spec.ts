import { ANSWERS, asksFor, tellsOf } from './answers'
import { entities } from './entities'

const tells = (text: string): string[] => {
  const bits = tellsOf(text, entities(text))
  return Object.entries(ANSWERS).filter(([, bit]) => bits & bit).map(([kind]) => kind)
}
const asks = (question: string): string | undefined => Object.entries(ANSWERS).find(([, bit]) => bit === asksFor(question))?.[0]

describe('asksFor', () => {
  it.each([
    ['time', 'When did Ana move?', 'How long did it take?', 'In which month was the fair?', 'Seit wann lernt er Geige?', 'Wie lange war sie dort?', 'Quand est-elle partie ?',
      '¿Cuándo se mudó?', 'Quando é a festa?', 'In che anno sono partiti?', 'Wanneer was het feest?', 'Когда она уехала?'],
    ['number', 'How many cats has Bo?', 'How old is she?', 'Wie viele Katzen hat sie?', 'Combien de chats a-t-elle ?', '¿Cuántos gatos tiene ella?',
      'Quantos gatos ela tem?', 'Quanti gatti ha lei?', 'Hoeveel katten heeft ze?', 'Сколько у неё кошек?'],
    ['place', 'Where does my sister live?', 'Which city did they visit?', 'Wo wohnt meine Schwester?', "D'où vient-elle ?", 'Où habite-t-elle ?', '¿Dónde vive mi hermana?', 'Onde ela mora?',
      'Dove abita mia sorella?', 'Waar woont mijn zus?', 'Где живёт моя сестра?'],
  ])('hears that a %s is asked for', (kind, ...questions) => expect(questions.map((q) => [q, asks(q)])).toEqual(questions.map((q) => [q, kind])))

  it.each(['What did Ana paint?', 'Why did they leave?', 'I wonder when it was', 'Was hat sie gemalt?', '', '???'])('hears none in "%s"', (question) =>
    expect(asks(question)).toBeUndefined())
})

describe('tellsOf', () => {
  it.each([
    ['We went there yesterday.', ['time']],
    ['It was in 2019, with three friends.', ['time', 'number']],
    ['The fair is in October.', ['time']],
    ['You may take it.', []],
    ['She moved to Lisbon.', ['place']],
    ['I have 2 cats.', ['number']],
    ['Gestern war ich bei der Ärztin.', ['time']],
    ['Elle habite ici depuis trois ans, avec ses chats.', ['time', 'number']],
    ['Мы приехали вчера.', ['time']],
    ['Painting calms me.', []],
  ])('"%s" tells of %j', (text, kinds) => expect(tells(text)).toEqual(kinds))
})
