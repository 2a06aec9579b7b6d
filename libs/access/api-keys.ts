import { randomBytes } from 'node:crypto'
import { Injectable, Logger } from '@nestjs/common'
import { type Row, Sql } from '#database'
import { Clock, invalid, kindOfError, newId, Secrets, type User } from '#kernel'

/** What a key opens: everything; everything but administration; the memory of one user. */
export const KEY_ROLES = ['admin', 'service', 'user'] as const
export type KeyRole = (typeof KEY_ROLES)[number]

/** How keys of ours begin, so that people and scanners of secrets know them. */
export const KEY_MARK = 'rvk_'

export interface ApiKey {
  readonly id: string
  readonly name: string
  readonly role: KeyRole
  /** Whose memory it opens, as callers name them; null unless its role is user. */
  readonly userId: string | null
  /** The first characters of the key, to tell it by. */
  readonly hint: string
  readonly createdAt: Date
  readonly expiresAt: Date | null
  /** To the minute. */
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
}

export interface NewKey {
  readonly name: string
  readonly role: KeyRole
  readonly user?: User
  readonly expiresAt?: Date
}

/** A key and its secret, which is told once and kept nowhere. */
export interface IssuedKey {
  readonly key: ApiKey
  readonly secret: string
}

/** 256 bits cannot be guessed, so a keyed hash without salt or stretching is enough. */
const SECRET_BYTES = 32
const HINT_LENGTH = KEY_MARK.length + 4
/** So long after a key was revoked at one process others may still take it. */
const KNOWN_MS = 2_000
const MOST_KNOWN = 1_000
const USED_MS = 60_000

const COLUMNS = `id, name, role, user_name as "userId", hint, created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt"`

/** Keys of callers. A key is kept as its hash, keyed with a secret that is not in the store: who reads the store can use none. */
@Injectable()
export class ApiKeys {
  private readonly logger = new Logger(ApiKeys.name)
  private readonly known = new Map<string, { readonly key: ApiKey; readonly until: number }>()

  constructor(private readonly sql: Sql, private readonly secrets: Secrets, private readonly clock: Clock) {}

  /** @throws ReverieError invalid_request for an end that has passed */
  async create({ name, role, user, expiresAt }: NewKey): Promise<IssuedKey> {
    const now = this.clock.now()
    if (expiresAt && expiresAt <= now) throw invalid('expires_at', 'has passed')
    const secret = newSecret()
    const key = await this.sql.one<ApiKey>('maintenance', `insert into api_key (id, name, hash, role, user_id, user_name, hint, created_at, expires_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${COLUMNS}`,
    [newId(now), name, this.hash(secret), role, user?.id ?? null, user?.externalId ?? null, secret.slice(0, HINT_LENGTH), now, expiresAt ?? null])
    return { key: key!, secret }
  }

  /** All of them, the newest first. */
  list(): Promise<ApiKey[]> {
    return this.sql.many<ApiKey & Row>('maintenance', `select ${COLUMNS} from api_key order by created_at desc, id desc`)
  }

  /** Makes a key open nothing any more; it stays in the list. Undefined when there is none of that id. */
  async revoke(id: string): Promise<ApiKey | undefined> {
    this.known.clear()
    const key = await this.sql.one<ApiKey>('maintenance', `update api_key set revoked_at = coalesce(revoked_at, $2) where id = $1 returning ${COLUMNS}`, [id, this.clock.now()])
    this.known.clear()
    return key
  }

  /** Gives a live key a new secret; the old one opens nothing any more. Undefined when there is none of that id, or it was revoked. */
  async rotate(id: string): Promise<IssuedKey | undefined> {
    const secret = newSecret()
    const key = await this.sql.one<ApiKey>('maintenance', `update api_key set hash = $2, hint = $3, last_used_at = null where id = $1 and revoked_at is null returning ${COLUMNS}`,
      [id, this.hash(secret), secret.slice(0, HINT_LENGTH)])
    this.known.clear()
    return key && { key, secret }
  }

  /** Erases the keys of a user who is forgotten: their name stands in them. */
  async eraseOf(user: User): Promise<void> {
    await this.sql.run('maintenance', 'delete from api_key where user_id = $1', [user.id])
    this.known.clear()
  }

  /** The live key that a caller shows, if it is one. */
  async find(secret: string): Promise<ApiKey | undefined> {
    if (!secret.startsWith(KEY_MARK)) return undefined
    const now = this.clock.now()
    const hash = this.hash(secret)
    const name = hash.toString('base64')
    const known = this.known.get(name)
    const key = known && known.until > now.getTime() ? known.key : await this.read(hash)
    if (!key || (key.expiresAt !== null && key.expiresAt <= now)) return undefined
    if (known?.key !== key) this.keep(name, key, now)
    return key
  }

  private async read(hash: Buffer): Promise<ApiKey | undefined> {
    return this.sql.one<ApiKey>('maintenance', `select ${COLUMNS} from api_key where hash = $1 and revoked_at is null`, [hash])
  }

  private keep(name: string, key: ApiKey, now: Date): void {
    if (this.known.size >= MOST_KNOWN) this.known.clear()
    this.known.set(name, { key, until: now.getTime() + KNOWN_MS })
    if (key.lastUsedAt !== null && now.getTime() - key.lastUsedAt.getTime() < USED_MS) return
    this.sql.run('maintenance', 'update api_key set last_used_at = $2 where id = $1', [key.id, now])
      .catch((error: unknown) => this.logger.warn(`when a key was last used could not be noted: ${kindOfError(error)}`))
  }

  private hash(secret: string): Buffer {
    return this.secrets.hash('api key', secret)
  }
}

function newSecret(): string {
  return KEY_MARK + randomBytes(SECRET_BYTES).toString('base64url')
}
