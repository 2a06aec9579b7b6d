/**
 * A deterministic stand-in for an embedding: the sum of one pseudo-random ±1 vector for each different word, by letters
 * and digits without regard to case. Texts that share words are near; texts that share none have a cosine of about 0.
 * Not normalised.
 */
export function bagOfWords(text: string, dim: number): Float32Array {
  const words = new Set(text.toLowerCase().normalize('NFKC').match(/[\p{L}\p{N}]+/gu) ?? ['\0'])
  const sum = new Float32Array(dim)
  for (const word of words) {
    let state = fnv1a(word)
    for (let i = 0; i < dim; i++) {
      // xorshift32 (Marsaglia 2003)
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      sum[i]! += state & 0x10000 ? 1 : -1
    }
  }
  // An even number of words can cancel out everywhere only when dim is tiny; the first word decides then.
  if (sum.every((x) => x === 0)) sum[0] = 1
  return sum
}

/** FNV-1a; never 0, which xorshift could not leave. */
function fnv1a(word: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193)
  return hash || 1
}
