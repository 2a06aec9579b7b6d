import { meanDirection } from '#kernel'
import { readQuestion } from './question'

describe('readQuestion', () => {
  it('keeps a single line as it is, label and all', () => {
    expect(readQuestion('Note: where is my key?').lines).toEqual(['Note: where is my key?'])
  })

  it('asks by what people in a dialogue say, without their labels and without the assistant', () => {
    const q = readQuestion('Bart: I watched a film yesterday!\nAssistant: How was it?\nBart: About the stars.')
    expect(q.lines).toEqual(['I watched a film yesterday!', 'About the stars.'])
    expect(q.terms.length).toBeGreaterThan(4)
  })

  it('falls back to every line when only the assistant speaks', () => {
    expect(readQuestion('Assistant: Hello\nAssistant: How are you?').lines).toHaveLength(2)
  })

  it('has no words for stop words alone, yet something to embed', () => {
    const q = readQuestion('what is the')
    expect(q.terms).toEqual([])
    expect(q.lines).toEqual(['what is the'])
  })

  it('embeds a question without the names of people in it, which are sought as words', () => {
    const q = readQuestion("What did Johanna's sister cook for Ana Silva?")
    expect(q.lines).toEqual(['What did sister cook for ?'])
    expect(q.terms.map(({ term }) => term)).toEqual(expect.arrayContaining(['johanna', 'ana', 'silva', 'cook']))
  })

  it('keeps a name where nothing else is asked for', () => {
    expect(readQuestion('Who is Johanna?').lines).toEqual(['Who is Johanna?'])
  })

  it('keeps places, which say what a scene is about', () => {
    expect(readQuestion('What happened in Lisbon?').lines).toEqual(['What happened in Lisbon?'])
  })

  it('names each word once', () => {
    expect(readQuestion('tea tea tea').terms).toHaveLength(1)
  })
})

describe('meanDirection', () => {
  it('is the unit vector between two directions', () => {
    const mean = meanDirection([Float32Array.of(1, 0), Float32Array.of(0, 1)])
    expect([...mean].map((x) => Math.round(x * 1e4) / 1e4)).toEqual([0.7071, 0.7071])
  })

  it('stays finite for opposite directions', () => {
    expect([...meanDirection([Float32Array.of(1, 0), Float32Array.of(-1, 0)])]).toEqual([0, 0])
  })
})
