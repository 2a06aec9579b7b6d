import { parseTimeWindow } from './time-window'

const now = new Date('2025-05-08T12:00:00Z')
const iso = (text: string, zone = 'UTC') => {
  const { from, until } = parseTimeWindow(text, now, zone)
  return [from?.toISOString(), until?.toISOString()]
}

describe('parseTimeWindow', () => {
  it.each([
    ['7d', '2025-05-01T12:00:00.000Z', undefined],
    ['24h', '2025-05-07T12:00:00.000Z', undefined],
    ['2025-05', '2025-05-01T00:00:00.000Z', '2025-06-01T00:00:00.000Z'],
    ['2025', '2025-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
    ['2025-05-01..2025-05-31', '2025-05-01T00:00:00.000Z', '2025-06-01T00:00:00.000Z'],
    ['2025-05-01..', '2025-05-01T00:00:00.000Z', undefined],
    ['..2025-05-01', undefined, '2025-05-02T00:00:00.000Z'],
    ['2025-05-01T10:00:00Z..2025-05-01T11:00:00Z', '2025-05-01T10:00:00.000Z', '2025-05-01T11:00:00.001Z'],
  ])('reads %s', (text, from, until) => {
    expect(iso(text)).toEqual([from, until])
  })

  it('ends a span at an instant that the caller named, which it includes', () => {
    expect(parseTimeWindow('7d', now, 'UTC', true)).toEqual({ from: new Date('2025-05-01T12:00:00Z'), until: new Date('2025-05-08T12:00:00.001Z') })
  })

  it("takes whole days of the user's zone", () => {
    expect(iso('2025-05-01', 'Europe/Lisbon')).toEqual(['2025-04-30T23:00:00.000Z', '2025-05-01T23:00:00.000Z'])
    expect(iso('2025-03-30', 'Europe/Berlin')).toEqual(['2025-03-29T23:00:00.000Z', '2025-03-30T22:00:00.000Z'])
  })

  it.each(['', '..', 'yesterday', '7', '7x', '2025-13', '2025-02-30', '2025-05-01..x', '2025-05-31..2025-05-01', '1..2..3', '99999y'])('refuses %p by name', (text) => {
    expect(() => parseTimeWindow(text, now, 'UTC')).toThrow(/time_window/)
  })
})
