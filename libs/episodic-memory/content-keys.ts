import { entityUuid, type Secrets } from '#kernel'
import { fold } from '#language'

/** Keyed hash under which a text that somebody said is found again: equal for duplicates. */
export function saidKey(secrets: Secrets, content: string): Buffer {
  return secrets.hash('content', fold(content))
}

/** Of what is nobody's utterance: no text is a duplicate of it. */
export function ownKey(secrets: Secrets, kind: string, id: string): Buffer {
  return secrets.hash('content', `${kind}:${id}`)
}

/** Of a collection, by its name: the id that it has when no other had the name before it. */
export function collectionKey(secrets: Secrets, userId: string, name: string): Buffer {
  return ownKey(secrets, 'collection', collectionId(userId, name))
}

export function collectionId(userId: string, name: string): string {
  return entityUuid(userId, `collection:${name}`)
}
