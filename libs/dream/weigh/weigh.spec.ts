import fc from 'fast-check'
import { weigh } from './weigh'

describe('weighing', () => {
  it('leaves what is average as it was', () => {
    expect(weigh([{ first: 0.6, distance: 0.4, degree: 3 }, { first: 0.5, distance: 0.4, degree: 3 }])).toEqual([0.6, 0.5])
    expect(weigh([{ first: 0.6, distance: 0, degree: 0 }])).toEqual([0.6])
    expect(weigh([])).toEqual([])
  })

  it('gives more to what is far from the usual, and to what has more edges', () => {
    const [near, far] = weigh([{ first: 0.5, distance: 0.1, degree: 2 }, { first: 0.5, distance: 0.7, degree: 2 }])
    expect(far).toBeGreaterThan(0.5)
    expect(near).toBeLessThan(0.5)
    const [lone, tied] = weigh([{ first: 0.5, distance: 0.4, degree: 0 }, { first: 0.5, distance: 0.4, degree: 8 }])
    expect(tied).toBeGreaterThan(0.5)
    expect(lone).toBe(0.4)
  })

  it('goes by edges alone where there is no vector', () => {
    expect(weigh([{ first: 0.5, distance: undefined, degree: 1 }, { first: 0.5, distance: 0.4, degree: 1 }])).toEqual([0.5, 0.5])
  })

  it('stays within 0 and 1, and within a fifth of what was', () => {
    const trace = fc.record({ first: fc.double({ min: 0, max: 1, noNaN: true }), distance: fc.option(fc.double({ min: 0, max: 2, noNaN: true }), { nil: undefined }), degree: fc.nat(1000) })
    fc.assert(fc.property(fc.array(trace), (traces) => weigh(traces).every((salience, i) =>
      salience >= 0 && salience <= 1 && Math.abs(salience - traces[i]!.first) <= 0.2 + 1e-3)))
  })
})
