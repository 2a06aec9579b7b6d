import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { Secrets, type User } from '#kernel'
import { tombstoneKeys, tripleKey } from './tombstone-keys'
import type { Json } from './trace'

/** A text that somebody wants stored. */
export interface Arrival {
  readonly content: string
  readonly source?: Json
  /** Of a fact: it is known by this, however it is worded. */
  readonly triple?: Json
}

/** What was forgotten and is kept away. */
@Injectable()
export class Tombstones {
  constructor(private readonly sql: Sql, private readonly secrets: Secrets) {}

  /** For each text whether a tombstone keeps it away. */
  async block(user: User, texts: readonly Arrival[]): Promise<boolean[]> {
    const keys = texts.map(({ content, source, triple }) => {
      if (triple) return [tripleKey(this.secrets, triple)]
      const { content: text, source: both } = tombstoneKeys(this.secrets, content, source)
      return [text, both].filter((key) => key !== null)
    })
    const wanted = keys.flat()
    if (wanted.length === 0) return texts.map(() => false)
    const rows = await this.sql.many<{ key: string }>({ userId: user.id }, `select encode(content_key, 'hex') as key from memory_tombstone
        where user_id = $1 and content_key = any($2::bytea[])
      union select encode(source_key, 'hex') from memory_tombstone where user_id = $1 and source_key = any($2::bytea[])`, [user.id, wanted])
    const held = new Set(rows.map((row) => row.key))
    return keys.map((own) => own.some((key) => held.has(key.toString('hex'))))
  }
}
