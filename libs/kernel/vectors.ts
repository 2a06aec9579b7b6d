/** Vectors are Float32Array, L2-normalised, of the store's dimension unless a docstring says otherwise. */
export type Vector = Float32Array

/**
 * Brings a model's raw vector to the store's form: `dim` long and of unit length. Shorter vectors are padded with
 * zeros (cosine is unchanged); longer ones are truncated and re-normalised, which only some models allow.
 * @throws RangeError when a value is NaN or infinite, all are zero, or it is longer than `dim` and `truncatable` is false.
 */
export function normalise(raw: ArrayLike<number>, dim: number, truncatable = false): Vector {
  if (raw.length === 0) throw new RangeError('the vector is empty')
  if (raw.length > dim && !truncatable) throw new RangeError(`the vector has ${raw.length} dimensions, the store ${dim}`)
  const out = new Float32Array(dim)
  let sum = 0
  for (let i = 0; i < raw.length; i++) {
    const x = raw[i]!
    if (!Number.isFinite(x)) throw new RangeError(`the vector holds ${x} at ${i}`)
    if (i < dim) {
      out[i] = x
      sum += x * x
    }
  }
  if (sum === 0) throw new RangeError('the vector is zero')
  const length = Math.sqrt(sum)
  for (let i = 0; i < dim; i++) out[i] = out[i]! / length
  return out
}

/** Cosine of two unit vectors of the same length. */
export function cosine(a: Vector, b: Vector): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

/** The direction of the mean of some unit vectors; all zero where they cancel each other out. */
export function meanDirection(vectors: readonly Vector[]): Vector {
  const sum = new Float32Array(vectors[0]!.length)
  for (const v of vectors) for (let i = 0; i < v.length; i++) sum[i] = sum[i]! + v[i]!
  const length = Math.sqrt(sum.reduce((squares, x) => squares + x * x, 0)) || 1
  return sum.map((x) => x / length)
}

/**
 * The sign of each dimension as a string of 0 and 1, the same as pgvector's `binary_quantize` (1 where positive).
 * Text form of Postgres' `bit(dim)`.
 */
export function bitSignature(v: Vector): string {
  let bits = ''
  for (const x of v) bits += x > 0 ? '1' : '0'
  return bits
}

/** Text form of pgvector's `vector` and `halfvec`. */
export function vectorText(v: Vector): string {
  return `[${v.join(',')}]`
}
