import { meanDirection, type Vector } from '#kernel'

/** The direction of those vectors that there are; undefined when there are none, or they cancel each other out. */
export function direction(vectors: readonly (Vector | undefined)[]): Vector | undefined {
  const known = vectors.filter((vector) => vector !== undefined)
  if (known.length === 0) return undefined
  const mean = meanDirection(known)
  return mean.some((x) => x !== 0) ? mean : undefined
}
