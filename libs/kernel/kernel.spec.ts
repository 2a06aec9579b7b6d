import fc from 'fast-check'
import { bitSignature, cosine, entityUuid, FixedClock, invalid, isUuid, newId, normalise, retrievability, Secrets, sessionUuid, SystemClock, timedId, userOf, vectorText } from './index'

describe('ids', () => {
  it('sort by time, then by order of creation', () => {
    const t = new Date('2025-05-01T10:00:00Z')
    const ids = [newId(t), newId(t), newId(new Date(t.getTime() + 1))]
    expect([...ids].sort()).toEqual(ids)
    expect(ids.every(isUuid)).toBe(true)
  })

  it('are the same for the same name and different for another', () => {
    expect(userOf('ana').id).toBe(userOf('ana').id)
    expect(new Set([userOf('ana').id, userOf('Ana').id, sessionUuid('u', 'a'), sessionUuid('v', 'a'), entityUuid('u', 'a')]).size).toBe(5)
  })
})

describe('an id of a time and a name', () => {
  const at = new Date('2025-05-08T12:00:00Z')

  it('is the same again, another for another name or time, and a uuid of version 7', () => {
    expect(timedId(at, 'a')).toBe(timedId(new Date(at), 'a'))
    expect(new Set([timedId(at, 'a'), timedId(at, 'b'), timedId(new Date(0), 'a')]).size).toBe(3)
    expect([timedId(at, 'a'), timedId(new Date(-1), 'a'), timedId(new Date(8.64e15), 'a')].every((id) => isUuid(id) && id[14] === '7')).toBe(true)
  })

  it('stands among ids of the store where others of its time do', () => {
    const [before, after] = [newId(new Date(at.getTime() - 1)), newId(new Date(at.getTime() + 1))]
    expect([after, timedId(at, 'a'), before].sort()).toEqual([before, timedId(at, 'a'), after])
  })
})

describe('retrievability', () => {
  it('is 1 at once, 1/e after S days, fades more slowly for the stronger, and does not rise before its time', () => {
    expect(retrievability(0, 1)).toBe(1)
    expect(retrievability(-3, 1)).toBe(1)
    expect(retrievability(5, 5)).toBeCloseTo(Math.exp(-1))
    expect(retrievability(5, 10)).toBeGreaterThan(retrievability(5, 5))
    expect(retrievability(1, 0)).toBe(0)
  })
})

describe('normalise', () => {
  it('pads with zeros to unit length', () => {
    expect([...normalise([3, 4], 4)].map((x) => Math.round(x * 100) / 100)).toEqual([0.6, 0.8, 0, 0])
  })

  it('truncates only where allowed', () => {
    expect(() => normalise([1, 2, 3], 2)).toThrow(/3 dimensions/)
    expect(cosine(normalise([1, 0, 5], 2, true), normalise([1, 0], 2))).toBeCloseTo(1)
  })

  it.each([[[NaN]], [[Infinity, 1]], [[0, 0]], [[]]])('refuses %p', (raw) => {
    expect(() => normalise(raw, 4)).toThrow(RangeError)
  })

  it('gives a unit vector for whatever it accepts', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }).filter((x) => Math.abs(x) > 1e-3), { minLength: 1, maxLength: 20 }), (raw) => {
      const v = normalise(raw, 20)
      return Math.abs(cosine(v, v) - 1) < 1e-4
    }))
  })
})

describe('text forms', () => {
  it('are those of Postgres', () => {
    expect(bitSignature(Float32Array.of(1, -1, 0))).toBe('100')
    expect(vectorText(Float32Array.of(0.5, -0.25))).toBe('[0.5,-0.25]')
  })
})

describe('secrets', () => {
  it('give one key a purpose, the same each time', () => {
    const secrets = new Secrets('x')
    expect(secrets.hash('a', 'v')).toEqual(new Secrets('x').hash('a', 'v'))
    expect(secrets.hash('a', 'v')).not.toEqual(secrets.hash('b', 'v'))
    expect(secrets.hash('a', 'v')).not.toEqual(new Secrets('y').hash('a', 'v'))
  })
})

describe('clocks', () => {
  it('tell the time, or the one that was set', () => {
    expect(Math.abs(new SystemClock().now().getTime() - Date.now())).toBeLessThan(1000)
    const clock = new FixedClock(new Date(0))
    clock.advance(5)
    expect(clock.now().getTime()).toBe(5)
    clock.set(new Date(9))
    expect(clock.now().getTime()).toBe(9)
  })
})

describe('errors', () => {
  it('name the field', () => {
    expect(invalid('k', 'must be 1 to 200')).toMatchObject({ code: 'invalid_request', message: 'k: must be 1 to 200', details: { field: 'k' } })
  })
})
