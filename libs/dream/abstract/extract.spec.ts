import fc from 'fast-check'
import { extract } from './extract'
import { sentencesOf } from './sentences'

const sources = (...texts: string[]) => texts.map((content, i) => ({ id: String(i), content, salience: 0.5 }))
const texts = async (...day: string[]): Promise<string[]> => (await extract(sources(...day))).map((sentence) => sentence.text)

describe('sentences', () => {
  it('end at marks and line breaks, and are verbatim', () => {
    expect(sentencesOf(' One is here. Two is there!\nThree ')).toEqual(['One is here.', 'Two is there!', 'Three'])
    expect(sentencesOf('猫が好きです。犬も好きです。')).toEqual(['猫が好きです。', '犬も好きです。'])
    expect(sentencesOf('Look at this. [a photo of a lake] It [the lake] was cold.')).toEqual(['Look at this.', '[a photo of a lake] It [the lake] was cold.'])
    expect(sentencesOf(' \n ')).toEqual([])
  })
})

describe('a summary', () => {
  it('says what the day was about, and says it once', async () => {
    const said = await texts(
      'The surgeon in Coimbra operated on my left knee on Monday.', 'ok', 'How are you?', 'The surgeon operated on my knee, the left one, on Monday in Coimbra.',
      'My knee hurts when I climb the stairs to the flat.', 'Someone parked in front of the gate.', 'Wow, how nice!', 'The knee needs six weeks of rest, says the surgeon.',
    )
    expect(said[0]).toContain('Coimbra')
    expect(said.filter((line) => line.includes('operated'))).toHaveLength(1)
    expect(said).not.toContain('How are you?')
  })

  it('would rather quote what stands by itself than captions, appeals, and what leans on a line before', async () => {
    const said = await texts(
      'The kiln of the pottery in Ghent was fired on Tuesday.', 'Look. [a photo of the kiln of the pottery in Ghent, fired]', 'It was the kiln of the pottery that was fired.',
      "Let's keep the kiln of the pottery fired for Ghent.", 'Hey Marta, the kiln of the pottery, fired at last.',
    )
    expect(said).toEqual(['The kiln of the pottery in Ghent was fired on Tuesday.'])
  })

  it('takes common words of a user for what they are', async () => {
    const day = sources('I am glad about the support that friends give.', 'Glad for all the support of my friends today.', 'The telescope of the observatory was repaired by Ines.')
    const background = { texts: 1000, frequency: new Map([['glad', 600], ['support', 600], ['friend', 600], ['give', 500], ['today', 500]]) }
    expect((await extract(day, background)).map((s) => s.source)).toEqual(['2'])
  })

  it('stands in the order of the day, with the source of each sentence', async () => {
    const all = await extract(sources(...Array.from({ length: 40 }, (_, i) => `On day ${i} Marta painted wall number ${i} of the old house in colour ${i * 7}.`)))
    const order = all.map((s) => Number(s.source))
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(all.length).toBeGreaterThan(3)
  })

  it('is none of what cannot be said more shortly', async () => {
    expect(await texts()).toEqual([])
    expect(await texts('Only this was said')).toEqual([])
    expect(await texts('I met Bo', 'I had soup')).toHaveLength(1)
  })

  it('is always verbatim, shorter than the day, and the same again', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme', maxLength: 80 }), { maxLength: 20 }), async (day) => {
      const made = await extract(sources(...day))
      expect(made).toEqual(await extract(sources(...day)))
      for (const { text, source } of made) expect(day[Number(source)]).toContain(text)
      if (made.length > 0) expect(made.map((s) => s.text).join('\n').length).toBeLessThan(day.join('').length)
    }))
  })

  it('leaves room for requests while a long day is read', async () => {
    const day = sources(...Array.from({ length: 2000 }, (_, i) => `Marta painted wall number ${i} of the old house in Porto.`))
    let turns = 0
    let reading = true
    const turn = (): void => {
      turns++
      if (reading) setImmediate(turn)
    }
    setImmediate(turn)
    await extract(day)
    reading = false
    // Each of the steps over all 2,000 lets go every 32 of them.
    expect(turns).toBeGreaterThan(4 * 2000 / 32)
  })
})
