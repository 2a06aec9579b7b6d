import { z } from 'zod'

const count = z.int().nonnegative()

/** How much was forgotten, tier by tier. In this order a receipt's digest is over it, whatever order a store or a file has it in. */
export const ForgetCounts = z.strictObject({
  traces: count, embeddings: count, terms: count, edges: count, focus: count, derived: count, rewritten: count,
})
export type ForgetCounts = Readonly<z.infer<typeof ForgetCounts>>
