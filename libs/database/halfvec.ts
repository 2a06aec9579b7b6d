const float32 = new Float32Array(1)
const bits32 = new Uint32Array(float32.buffer)

/** IEEE 754 binary16 of a number, rounded to nearest even; beyond its range, infinity. */
export function float16(x: number): number {
  float32[0] = x
  const bits = bits32[0]!
  const sign = (bits >>> 16) & 0x8000
  const exponent = (bits >>> 23) & 0xff
  const mantissa = bits & 0x7fffff
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa ? 0x200 : 0)
  const e = exponent - 112
  if (e >= 0x1f) return sign | 0x7c00
  if (e <= 0) {
    if (e < -10) return sign
    const m = mantissa | 0x800000
    const shift = 14 - e
    const half = m >>> shift
    const rest = m & ((1 << shift) - 1)
    const middle = 1 << (shift - 1)
    return sign | (half + (rest > middle || (rest === middle && (half & 1)) ? 1 : 0))
  }
  const half = (e << 10) | (mantissa >>> 13)
  const rest = mantissa & 0x1fff
  return sign | (half + (rest > 0x1000 || (rest === 0x1000 && (half & 1)) ? 1 : 0))
}

/** pgvector's binary form of halfvec: int16 dimensions, int16 zero, then big-endian float16 values. */
export function halfvecBinary(v: ArrayLike<number>): Buffer {
  const out = Buffer.allocUnsafe(4 + 2 * v.length)
  out.writeUInt16BE(v.length, 0)
  out.writeUInt16BE(0, 2)
  for (let i = 0; i < v.length; i++) out.writeUInt16BE(float16(v[i]!), 4 + 2 * i)
  return out
}
