import { placesOf } from './session.store'

const at = (iso: string): Date => new Date(iso)

describe('placesOf', () => {
  it('puts turns that follow each other on adjacent places', () => {
    expect(placesOf([at('2025-05-01T10:00Z'), at('2025-05-01T10:01Z'), at('2025-05-01T11:00Z')])).toEqual([0, 1, 2])
  })

  it('continues right after the last turn of the session', () => {
    expect(placesOf([at('2025-05-01T10:00Z')], at('2025-05-01T09:59Z'))).toEqual([0])
  })

  it('leaves a gap after a pause of more than a day, in either direction', () => {
    expect(placesOf([at('2025-05-01T10:00Z'), at('2025-05-03T10:00Z'), at('2025-01-01T10:00Z')])).toEqual([0, 16, 32])
    expect(placesOf([at('2025-05-05T10:00Z')], at('2025-05-01T10:00Z'))).toEqual([16])
  })
})
