import { DreamSchedule, localDay } from './schedule'
import { offsetOf } from './night'

const at = (text: string): Date => new Date(text)

describe('the schedule of dreams', () => {
  const nightly = new DreamSchedule('0 3 * * *')

  it('has the last night where the user lives', () => {
    expect(nightly.lastNight(at('2025-05-08T12:00:00Z'), 'UTC')).toEqual(at('2025-05-08T03:00:00Z'))
    expect(nightly.lastNight(at('2025-05-08T12:00:00Z'), 'Asia/Kathmandu')).toEqual(at('2025-05-07T21:15:00Z'))
    expect(nightly.lastNight(at('2025-05-08T03:00:00Z'), 'UTC')).toEqual(at('2025-05-08T03:00:00Z'))
    expect(nightly.lastNight(at('2025-05-08T02:59:59Z'), 'UTC')).toEqual(at('2025-05-07T03:00:00Z'))
  })

  it('has one night on the days when clocks change', () => {
    const nights = (from: string): number => new Set(Array.from({ length: 48 }, (_, i) => nightly.lastNight(new Date(at(from).getTime() + i * 1_800_000), 'Europe/Lisbon')!.getTime())).size
    expect(nights('2025-03-30T00:00:00Z')).toBe(2)
    expect(nights('2025-10-26T00:00:00Z')).toBe(2)
  })

  it('has none when it is off', () => {
    expect(new DreamSchedule(undefined).off).toBe(true)
    expect(new DreamSchedule(undefined).lastNight(at('2025-05-08T12:00:00Z'), 'UTC')).toBeUndefined()
  })

  it('says when it is, and how to turn it off', () => {
    expect(nightly.describe()).toMatch(/every night at 03:00 in each user's time zone.*DREAM_SCHEDULE=off/)
    expect(new DreamSchedule('*/20 1-4 * * 1').describe()).toContain('by the schedule */20 1-4 * * 1')
    expect(new DreamSchedule(undefined).describe()).toContain('DREAM_SCHEDULE=off')
  })

  it('knows the local day of an instant', () => {
    expect(localDay(at('2025-05-08T23:30:00Z'), 'Europe/Lisbon')).toBe('2025-05-09')
    expect(localDay(at('2025-05-08T23:30:00Z'), 'America/Lima')).toBe('2025-05-08')
  })

  it('begins each user\'s dream within an hour, always at the same time', () => {
    expect(offsetOf('00000000-0000-5000-8000-000000000000')).toBe(0)
    expect(offsetOf('80000000-0000-5000-8000-000000000000')).toBe(1_800_000)
    expect(offsetOf('ffffffff-0000-5000-8000-000000000000')).toBeLessThan(3_600_000)
  })
})
