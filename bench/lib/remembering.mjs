/** Remembering a conversation of an evaluation file. */
import dataset from './dataset.cjs'

/**
 * @param {import('./client.mjs').Client} client @param {string} user @param {import('./dataset.cjs').Conversation} conversation
 * @param {{ captions: boolean, size: number }} options
 */
export async function remember(client, user, conversation, { captions, size }) {
  const ledger = new dataset.Ledger()
  let ms = 0
  let degraded = 0
  for (const batch of dataset.batches(conversation, { captions, size })) {
    const { session_id, messages } = batch
    const answer = await client.remember({ user_id: user, ...(session_id ? { session_id } : {}), messages })
    ledger.add(batch.docs, answer.body.results)
    if (answer.body.degraded?.length) degraded++
    ms += answer.ms
  }
  return { ledger, ms, degraded }
}
