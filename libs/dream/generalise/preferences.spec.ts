import { preferencesIn } from './preferences'
import { statementsOf } from './statement'

let n = 0
const said = (content: string, more: { speaker?: string | null; role?: string } = {}) =>
  ({ id: `t${++n}`, content, role: more.role ?? 'user', speaker: more.speaker === undefined ? 'Ana' : more.speaker, occurredAt: new Date(n * 1000) })
const told = (...contents: string[]): string[] => preferencesIn(contents.flatMap((content) => statementsOf(said(content)))).map((one) => one.content)

describe('preferences', () => {
  it.each([
    ['I love green tea.', 'Ana loves green tea.'],
    ['Honestly, I really prefer trains to planes.', 'Ana prefers trains to planes.'],
    ["I've always loved the sea, you know.", 'Ana loves sea.'],
    ["I can't stand loud restaurants!", "Ana can't stand loud restaurants."],
    ["I don't like my boss.", "Ana doesn't like their boss."],
    ["I'm allergic to hazelnuts, so no nougat.", 'Ana is allergic to hazelnuts.'],
    ["I'm a huge fan of brass bands because they are loud.", 'Ana is a fan of brass bands.'],
    ["I'm vegetarian.", 'Ana is vegetarian.'],
    ["I'm a night owl, sadly.", 'Ana is a night owl.'],
    ['My favourite colour is teal.', "Ana's favourite colour: teal."],
    ['Porto is my favourite city.', "Ana's favourite city: Porto."],
    ['I always take my coffee black.', 'Ana always takes their coffee black.'],
    ['I never watch horror films.', 'Ana never watches horror films.'],
    ['Please always answer in metric units.', 'Ana asks: “always answer in metric units”.'],
    ['From now on, keep your answers under ten lines.', 'Ana asks: “keep your answers under ten lines”.'],
    ['You can call me Nina.', 'Ana wants to be called Nina.'],
    ['I prefer short, clear sentences, so can you rewrite it?', 'Ana prefers short, clear sentences.'],
  ])('are read from "%s"', (content, preference) => {
    expect(told(content)).toEqual([preference])
  })

  it.each([
    ['Ich trinke gern Kamillentee.'], ["J'adore les gâteaux aux noix."], ['Me encanta bailar salsa.'], ['Eu adoro queijo da serra.'], ['Mi piace il gelato al limone.'],
    ['Ik hou van fietsen langs het kanaal.'], ['Я люблю чёрный чай.'],
  ])('of other languages are quoted: "%s"', (content) => {
    expect(told(content)).toEqual([`Ana: “${content}”`])
  })

  it.each([
    ['Do you love green tea?'], ['I would love a green tea.'], ["I'd love to visit Kyoto."], ['If I liked tea I would drink it.'], ['Maybe I like tea.'],
    ['I loved the concert yesterday.'],
    ['I love it!'], ['I love that idea.'],
    ['I love your hat.'], ['I love the colours.'], ['I love how you did that.'], ['Marta said I love green tea.'], ['She sang "I love green tea" all day.'],
    ['I used to love skiing.'], ['I wish I liked tea.'], ['> I love green tea'], ['[a photo of a person who says I love tea]'], ['I like to think so.'], ['```\nI love green tea\n```'],
  ])('are not read from "%s"', (content) => {
    expect(told(content)).toEqual([])
  })

  it('are of people, not of assistants', () => {
    expect(statementsOf(said('I love helping with code.', { role: 'assistant' }))).toEqual([])
    const [one] = preferencesIn(statementsOf(said('I love green tea.', { speaker: null })))
    expect(one).toMatchObject({ holder: null, content: 'The user loves green tea.' })
  })

  it('are surer the more often they are said, and keep each statement', () => {
    const [one, ...others] = preferencesIn(['I love green tea.', 'Yes, I love green tea!', 'I really like green tea.'].flatMap((content) => statementsOf(said(content))))
    expect(others).toEqual([])
    expect(one).toMatchObject({ key: 'green tea', value: 'loves', mind: 'for', confidence: 0.85 })
    expect(one!.sources).toHaveLength(3)
  })

  it('follow a change of mind, each holder apart', () => {
    const talk = [
      said('I love green tea.'), said('I love green tea.', { speaker: 'Bo' }), said('I hate green tea.'),
      said('My favourite colour is teal.'), said('My favorite colour is plum.'),
    ]
    expect(preferencesIn(talk.flatMap(statementsOf)).map((one) => [one.content, one.sources])).toEqual([
      ['Bo loves green tea.', [talk[1]!.id]], ['Ana hates green tea.', [talk[2]!.id]], ["Ana's favourite colour: plum.", [talk[4]!.id]],
    ])
  })
})
