import fc from 'fast-check'
import { type Derived, remaining } from './remaining'

const of = (more: Partial<Derived>): string[] => remaining({ content: '', sentences: null, goneIds: [], gone: [], kept: ['Ana'], ...more }).content.split('\n').filter(Boolean)

describe('what remains of a derived trace', () => {
  it('are the lines that a source still says word for word', () => {
    const content = 'I like soup.\nI like bread.\nWe met.'
    expect(of({ content, gone: ['Hm. I like soup. I like bread.'], kept: ['I like bread. Yes.', 'We met.'] })).toEqual(['I like bread.', 'We met.'])
  })

  it('are, of lines that cite, those that cite none of the forgotten', () => {
    const content = 'Ana met Bo.\nAna and Bo sail.\nBo cooks.'
    const sentences = [['a'], ['a', 'b'], ['b']]
    expect(remaining({ content, sentences, goneIds: ['b'], gone: ['Bo'], kept: ['Ana'] })).toEqual({ content: 'Ana met Bo.', sentences: [['a']] })
  })

  it('are, of lines in words of nobody, those without a word that only the forgotten say', () => {
    const content = 'kiln, glaze, Ghent\nkiln\nglaze\nGhent'
    expect(of({ content, gone: ['The glaze of Ghent'], kept: ['A kiln', 'Kilns of Ghent'] })).toEqual(['kiln', 'Ghent'])
    expect(of({ content: 'Ana loves tea.', gone: ['Ana\nI love tea'], kept: ['Ana\nOh, I love tea so much'] })).toEqual(['Ana loves tea.'])
  })

  it('is the whole of a fact, as long as somebody says it', () => {
    expect(of({ content: 'Ana lives in Bern', whole: true, gone: ['I live in Bern'], kept: ['Ana\nI moved to Bern'] })).toEqual(['Ana lives in Bern'])
    expect(of({ content: 'Ana lives in Bern', whole: true, gone: ['I live in Bern'], kept: [] })).toEqual([])
  })

  it('is nothing where no source is left, whatever the lines say', () => {
    expect(of({ content: 'Something in other words', gone: ['x'], kept: [] })).toEqual([])
  })

  it('mixes lines that cite with lines that do not, and takes citations that do not fit for none', () => {
    expect(of({ content: 'A group\nsoup', sentences: [['a', 'b'], []], goneIds: ['b'], gone: ['bread'], kept: ['soup'] })).toEqual(['soup'])
    expect(of({ content: 'soup\nbread', sentences: [['b']], goneIds: ['b'], gone: ['bread'], kept: ['soup'] })).toEqual(['soup'])
  })

  it('never holds a word that only the forgotten say, unless a line cites others for it', () => {
    const word = fc.constantFrom('kiln', 'glaze', 'mast', 'sail', 'soup', 'bread')
    const text = fc.array(word, { minLength: 1, maxLength: 4 }).map((all) => all.join(' '))
    fc.assert(fc.property(fc.array(text, { minLength: 1 }), fc.array(text), fc.array(text, { minLength: 1 }), (lines, gone, kept) => {
      const left = of({ content: lines.join('\n'), gone, kept }).flatMap((line) => line.split(' '))
      const lost = gone.flatMap((one) => one.split(' ')).filter((one) => !kept.some((other) => other.split(' ').includes(one)))
      expect(left.filter((one) => lost.includes(one))).toEqual([])
    }))
  })
})
