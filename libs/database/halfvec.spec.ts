import { float16, halfvecBinary, vectorValues } from './halfvec'

/** The definition, written the slow way. */
function decode(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >>> 10) & 0x1f
  const mantissa = half & 0x3ff
  if (exponent === 0) return sign * mantissa * 2 ** -24
  if (exponent === 31) return mantissa ? NaN : sign * Infinity
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15)
}

it('returns every half-precision number unchanged', () => {
  for (let half = 0; half < 0x10000; half++) {
    const x = decode(half)
    if (Number.isNaN(x)) expect(Number.isNaN(decode(float16(x)))).toBe(true)
    else if (float16(x) !== half) throw new Error(`${x}: ${float16(x).toString(16)} instead of ${half.toString(16)}`)
  }
})

it('rounds what lies between two to the nearer, and ties to the even one', () => {
  for (let half = 0; half < 0x7bff; half++) {
    const [low, high] = [decode(half), decode(half + 1)]
    const [below, tie, above] = [low + (high - low) * 0.49, (low + high) / 2, low + (high - low) * 0.51]
    if (float16(below) !== half || float16(above) !== half + 1 || float16(tie) !== (half % 2 ? half + 1 : half)) throw new Error(`around ${low}`)
    if (float16(-below) !== (half | 0x8000)) throw new Error(`around -${low}`)
  }
})

it('makes infinity of what is too large', () => {
  expect(float16(65_519)).toBe(0x7bff)
  expect(float16(65_520)).toBe(0x7c00)
  expect(float16(-1e30)).toBe(0xfc00)
  expect(float16(Infinity)).toBe(0x7c00)
})

it('writes dimensions, zero and big-endian values', () => {
  expect(halfvecBinary(Float32Array.from([1, -2])).toString('hex')).toBe('000200003c00c000')
  expect(halfvecBinary([]).toString('hex')).toBe('00000000')
})

it('reads what it wrote, and single-precision numbers as well', () => {
  const values = Float32Array.from([1, -2, 0.5, 2 ** -20, 65_504, 0])
  expect(vectorValues(halfvecBinary(values))).toEqual(values)
  const single = Buffer.alloc(4 + 4 * 2)
  single.writeUInt16BE(2, 0)
  single.writeFloatBE(0.25, 4)
  single.writeFloatBE(-3, 8)
  expect([...vectorValues(single)]).toEqual([0.25, -3])
})
