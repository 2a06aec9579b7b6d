import { isDeepStrictEqual } from 'node:util'
import type { JsonObject, Kind } from '#episodic-memory'
import { instructs } from '#language'

/** What metadata say, under `flags`, of a text that speaks to the agent that will read it. */
const INSTRUCTION: JsonObject = { flags: ['instruction'] }

/** Metadata with our flag where the text deserves it. A caller's own `flags` stay; procedures are instructions. */
export function flagged(metadata: JsonObject, content: string, kind: Kind): JsonObject {
  return 'flags' in metadata || kind === 'procedure' || !instructs(content) ? metadata : { ...metadata, ...INSTRUCTION }
}

/** Metadata without the flag that we gave them for the text that they are of. */
export function unflagged(metadata: JsonObject, content: string): JsonObject {
  const { flags, ...rest } = metadata
  return isDeepStrictEqual({ flags }, INSTRUCTION) && instructs(content) ? rest : metadata
}
