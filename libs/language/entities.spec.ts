import fc from 'fast-check'
import { entities, type Entity } from './index'

const names = (text: string, speaker?: string) => entities(text, speaker).map((one) => one.name)

describe('entities', () => {
  it.each([
    ['Priya and I are flying to Lisbon next Tuesday.', ['Priya', 'Lisbon']],
    ['had lunch with ana silva in new york', ['Ana Silva', 'New York']],
    ['I met Ana Silva. Ana is from Porto.', ['Ana Silva', 'Porto']],
    ['Zhang Wei\'s dog is called Biscuit.', ['Zhang Wei', 'Biscuit']],
    ['We saw Dr. Okonkwo at the University of Lagos with Vincent van Gogh.', ['Okonkwo', 'University of Lagos', 'Vincent van Gogh']],
    ['Will you be there in May?', []],
    ['Will Smith was funny.', ['Will Smith']],
    ['OMG THIS IS SO GOOD', []],
    ['My Mom and I had dinner on Sunday.', []],
    ['NASA called. GitHub is down, and so is Node.js.', ['NASA', 'GitHub', 'Node.js']],
    ['Snorkeling was fun. Groceries are expensive.', []],
    ['Thanks Johanna! Hey Lou, did Tom call?', ['Johanna', 'Lou', 'Tom']],
    ['## Project Plan For Success\n**Define Your Scope:** write it down with Ana.', ['Ana']],
    ['```ts\nconst Lisbon = new City()\n```\nIt runs in `Paris` and in Berlin.', ['Berlin']],
    ['import { Paris } from "./places"\nclass Lisbon extends City {\nreturn Porto;', []],
    ['See https://Example.com/Berlin or mail Bob@example.com', []],
    ['Dear [Your Name], we met Omar.', ['Omar']],
    ['Ich habe gestern mit meinem Bruder in Hamburg das Haus und den Garten gesehen', ['Hamburg']],
    ['昨日田中さんと会った', ['田中']],
    ['Meine Schwester Katharina wohnt seit Mai in Zürich.', ['Katharina', 'Zürich']],
    ['Morgen kommt Jürgen zu Besuch.', ['Jürgen']],
    ['Frau Doktor Weber hat mir Tabletten verschrieben.', ['Weber']],
    ['Danach gehen wir ins Schwimmbad.', []],
    ['Hier, j’ai vu Camille. Peut-être que Julien viendra.', ['Camille', 'Julien']],
    ['Après le dîner, nous avons joué aux cartes.', []],
    ['Ayer fui al mercado con Lucía. Quizás venga Íñigo.', ['Lucía', 'Íñigo']],
    ['Hoy llueve mucho. Después cenamos en casa.', []],
    ['Ontem fui à praia. O João comprou um carro.', ['João']],
    ['Fomos ao cinema com Dona Rosa.', ['Rosa']],
    ['Ieri ho visto Giulia. Oggi piove.', ['Giulia']],
    ['Vandaag regent het. Misschien komt Willemijn ook.', ['Willemijn']],
    ['Вчера я встретил Анну в Москве. Сегодня холодно.', ['Анну', 'Москве']],
    ['Анна живёт здесь.', ['Анна']],
    ['no names here at all', []],
    ['', []],
  ])('of %j', (text, expected) => {
    expect([...names(text)].sort()).toEqual([...expected].sort())
  })

  it('puts the speaker first and folds parts of the name into it', () => {
    expect(names('Ana here, I met Bob', ' Ana  Silva ')).toEqual(['Ana Silva', 'Bob'])
    expect(names('hello', 'user')).toEqual([])
    expect(names('hello', '')).toEqual([])
  })

  it('leaves a part alone that two names share', () => {
    expect(names('We met Ana Silva and Ana Costa. I like Ana.')).toEqual(['Ana Silva', 'Ana Costa', 'Ana'])
  })

  it.each<[string, string, Entity['type']]>([
    ['I met Ana Silva', 'ana silva', 'person'],
    ['We flew to São Paulo', 'sao paulo', 'place'],
    ['She works at Acme Corp', 'acme corp', 'organization'],
    ['I work with Docker and Evernote every day', 'evernote', 'other'],
    ['We saw Mr. Okonkwo', 'okonkwo', 'person'],
    ['We moved to Gbadolite', 'gbadolite', 'place'],
    ['Ayer vi a Lucía', 'lucia', 'person'],
    ['Я видел Анну', 'анн', 'person'],
    ['Доктор Соколов звонил', 'соколов', 'person'],
    ['Мы ждём Сергея Иванова', 'серг иванов', 'person'],
    ['Ask Doctor Sousa', 'sousa', 'person'],
  ])('knows the type in %j', (text, key, type) => {
    expect(entities(text)).toContainEqual(expect.objectContaining({ key, type }))
  })

  it('is bounded in time and number', () => {
    const many = Array.from({ length: 3_000 }, (_, i) => `with Nam${'abcdefghij'[i % 10]}${'klmnopqrst'[(i >> 3) % 10]}${'uvwxyzabcd'[(i >> 6) % 10]}x`).join(' ')
    expect(entities(many).length).toBeLessThanOrEqual(64)
    const start = performance.now()
    for (const evil of ['(', 'A ', 'a.', 'A.', 'import ', '`', '[', '<a', 'a=b(', ' ', '@a', 'A-', '**', 'Ana of ', '```']) entities(evil.repeat(50_000))
    expect(performance.now() - start).toBeLessThan(5_000)
  })

  it('never throws, and every entity has a name and a key', () => {
    const unit = fc.constantFrom('Ana', ' ', 'of', '.', '\ud800', '\udfff', "'s", 'Dr', '**', '`', '\n', 'İ', '猫さん', 'the', 'The', '-', 'A', 'new', 'May', ':')
    fc.assert(fc.property(fc.oneof(fc.string({ unit }), fc.string({ unit: 'binary' })), fc.option(fc.string({ unit: 'binary' }), { nil: undefined }), (text, speaker) => {
      const found = entities(text, speaker)
      return found.every((one) => one.name !== '' && one.key !== '') && new Set(found.map((one) => one.key)).size === found.length
    }), { numRuns: 500 })
  })
})
