/** What a recall spent on embedding its query, read from the `timings` of the answer. Pure. */

const EXACT = ['embed', 'embed_ms', 'embedding', 'embedding_ms', 'query_embedding', 'query_embedding_ms', 'embed_query', 'embed_query_ms']

/**
 * @param {unknown} timings
 * @returns {{ field: string, ms: number } | null} null when no field speaks of embedding
 */
function embedding(timings) {
  if (!timings || typeof timings !== 'object') return null
  const entries = Object.entries(timings).filter(([, value]) => typeof value === 'number')
  const found = entries.find(([key]) => EXACT.includes(key)) ?? entries.find(([key]) => /embed/i.test(key))
  return found ? { field: found[0], ms: found[1] } : null
}

module.exports = { embedding }
