const FLOAT = new Float32Array(1)
const BITS = new Uint32Array(FLOAT.buffer)

/** 2^-24, the smallest positive half-precision number; those below 2^-14 are multiples of it. */
const SUBNORMAL_STEP = 2 ** -24

/** The 16 bits of the half-precision number nearest to `x` (ties to even); what is too large becomes infinity. */
export function float16(x: number): number {
  FLOAT[0] = x
  const bits = BITS[0]!
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00 // not a number
  if (magnitude >= 0x477ff000) return sign | 0x7c00 // rounds to 65,536 or more
  if (magnitude < 0x38800000) return sign | roundToEven(Math.abs(FLOAT[0]) / SUBNORMAL_STEP)
  // 13 bits of the mantissa go. Adding just under their half rounds ties to even; a carry raises the exponent, as it should.
  const odd = (magnitude >>> 13) & 1
  return sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13)
}

function roundToEven(x: number): number {
  const floor = Math.floor(x)
  const rest = x - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}

/**
 * A vector as a binary parameter (`$1::halfvec`): int16 dimensions, int16 0, then each value as a big-endian half.
 * A sixth of the time of the text form.
 */
export function halfvecBinary(v: ArrayLike<number>): Buffer {
  const out = Buffer.allocUnsafe(4 + 2 * v.length)
  out.writeUInt16BE(v.length, 0)
  out.writeUInt16BE(0, 2)
  for (let i = 0, at = 4; i < v.length; i++, at += 2) {
    const half = float16(v[i]!)
    out[at] = half >>> 8
    out[at + 1] = half & 0xff
  }
  return out
}

/** Every half-precision number by its bits. */
let halves: Float32Array | undefined

function half(bits: number): number {
  halves ??= Float32Array.from({ length: 0x10000 }, (_, h) => {
    const [sign, exponent, mantissa] = [h & 0x8000 ? -1 : 1, (h >>> 10) & 0x1f, h & 0x3ff]
    if (exponent === 31) return mantissa ? NaN : sign * Infinity
    return sign * (exponent === 0 ? mantissa * SUBNORMAL_STEP : (1 + mantissa / 1024) * 2 ** (exponent - 15))
  })
  return halves[bits]!
}

/** The values of what `halfvec_send` or `vector_send` answers: a head of four bytes as above, then halves or single-precision numbers. */
export function vectorValues(sent: Buffer): Float32Array {
  const out = new Float32Array(sent.readUInt16BE(0))
  const halves = sent.length === 4 + 2 * out.length
  for (let i = 0; i < out.length; i++) out[i] = halves ? half(sent.readUInt16BE(4 + 2 * i)) : sent.readFloatBE(4 + 4 * i)
  return out
}
