import { lead, rougeL } from './rouge.cjs'

describe('ROUGE-L', () => {
  it('is one for the same words in the same order, and nothing for none in common', () => {
    expect(rougeL('The kiln cooled. It rained.', 'the kiln cooled; it rained')).toEqual({ recall: 1, precision: 1, f1: 1 })
    expect(rougeL('A mast', 'the kiln')).toEqual({ recall: 0, precision: 0, f1: 0 })
    expect(rougeL('', 'the kiln')).toEqual({ recall: 0, precision: 0, f1: 0 })
  })

  it('counts the longest common subsequence, by hand', () => {
    const { recall, precision, f1 } = rougeL('police killed the gunman', 'police kill the gunman')
    expect([recall, precision, f1]).toEqual([0.75, 0.75, 0.75])
    expect(rougeL('the gunman kill police', 'police kill the gunman').recall).toBe(0.5)
    expect(rougeL('the kiln', 'The kiln. The kiln. The kiln.')).toMatchObject({ recall: 1 / 3, precision: 1 })
  })

  it('joins what several sentences have of one of the reference', () => {
    expect(rougeL('w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5', 'w1 w2 w3 w4 w5')).toMatchObject({ recall: 4 / 5, precision: 4 / 10 })
  })
})

describe('the first sentences', () => {
  it('are as many as fit, and one at least', () => {
    expect(lead(['One is. Two is.', 'Three is.'], 15)).toBe('One is.\nTwo is.')
    expect(lead(['A long sentence is here.', 'Two.'], 5)).toBe('A long sentence is here.')
    expect(lead([], 5)).toBe('')
  })
})
