import { checked, type CitedSource, coverage } from './cited'

const sources: CitedSource[] = [
  { id: 'a', content: 'We met Marta at the station of Porto at 18:30 and paid 12.50 for three tickets.', aside: 'Ana Thursday 8 May 2025 2025-05-08 09:00' },
  { id: 'b', content: 'The cello is tuned.', aside: 'Bo Thursday 8 May 2025 2025-05-08 09:05' },
]
const of = (text: string, ...numbers: number[]): string => {
  const result = checked({ text, sources: numbers }, sources)
  return 'drop' in result ? result.drop : result.sources.join('')
}

describe('a sentence of a model', () => {
  it.each([
    ['Ana met Marta in Porto.', [1], 'a'], ['On 8 May 2025 Ana paid 12.50 for 3 tickets.', [1], 'a'], ['Ana met Marta, and Bo tuned the cello.', [1, 2], 'ab'],
    ['Bo tuned the cello.', [2, 2], 'b'], ['They met on a Thursday.', [1], 'a'],
  ])('is kept when it cites sources that say its names and numbers: "%s"', (text, numbers, ids) => {
    expect(of(text, ...numbers)).toBe(ids)
  })

  it.each([
    ['Ana met Marta in Porto.', [], 'uncited'], ['   ', [1], 'uncited'], ['Ana met Marta in Porto.', [3], 'unknown_source'], ['Ana met Marta in Porto.', [1, 0], 'unknown_source'],
    ['Ana met Marta in Porto.', [-1], 'unknown_source'], ['Ana met Marta in Lisbon.', [1], 'invented'], ['Ana paid 99 euros for the tickets.', [1], 'invented'],
    ['Marta plays the cello.', [2], 'invented'], ['On 9 May Ana met Marta.', [1], 'invented'],
    ['met '.repeat(200), [1], 'too_long'],
  ])('is dropped when it does not: "%s" %j', (text, numbers, drop) => {
    expect(of(text, ...numbers)).toBe(drop)
  })

  it('loses the marks by which some models cite in the text, too', () => {
    expect(checked({ text: 'Ana met  Marta [1, 2].', sources: [1] }, sources)).toEqual({ text: 'Ana met Marta.', sources: ['a'] })
    expect(checked({ text: 'Ana met Marta (source 1).', sources: [1] }, sources)).toMatchObject({ text: 'Ana met Marta.' })
  })

  it('is in the words of its sources to a degree', () => {
    expect(coverage('the station of Porto', sources)).toBe(1)
    expect(coverage('Marta skied at the station', sources)).toBeCloseTo(2 / 3, 5)
    expect(coverage('the', sources)).toBe(1)
  })
})
