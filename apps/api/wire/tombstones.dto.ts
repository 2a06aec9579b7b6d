import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import { HOLDS, type Tombstone } from '#episodic-memory'

const TombstoneAnswer = z.object({
  id: z.string(), at: z.string(), reason: z.string().nullable(), memory_id: z.string().describe('Of the memory that was forgotten.'),
  holds: z.array(z.enum(HOLDS)).nullable().describe('What it keeps away: the text, the text from its source, what it says in any words. Empty: nothing; null: not known.'),
  key_id: z.string().nullable().describe('Tells which key its hashes were made with.'), key_version: z.number().describe('Tells how texts were folded for them.'),
})
export class TombstoneAnswerDto extends createZodDto(TombstoneAnswer) {}
export class TombstoneListDto extends createZodDto(z.object({ results: z.array(TombstoneAnswer), next_cursor: z.string().nullable() })) {}

/** Never what was forgotten, nor its hashes: those would let a guess be tried at leisure by whoever gets the key. */
export function presentTombstone({ id, at, reason, traceId, holds, keyId, recipe }: Tombstone): TombstoneAnswerDto {
  return { id, at: at.toISOString(), reason, memory_id: traceId, holds: holds && [...holds], key_id: keyId, key_version: recipe }
}
