import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** Version of the derivation; kept beside every keyed hash, so that a later one can be told apart. */
export const KEY_VERSION = 1

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** A key among several of one purpose. */
export interface NamedKey {
  /** 16 hexadecimal digits that tell it from others and nothing about it. */
  readonly id: string
  /** 32 bytes. */
  readonly key: Buffer
}

/** Keys for each purpose, derived from APP_SECRET by HKDF-SHA256 (RFC 5869): one secret to keep, none shared between uses. */
export class Secrets {
  private readonly keys = new Map<string, Buffer>()
  private readonly rings = new Map<string, readonly NamedKey[]>()

  /** @param own by purpose, secrets of its own, which are used before APP_SECRET */
  constructor(private readonly appSecret: string, private readonly own: Readonly<Record<string, readonly string[]>> = {}) {}

  /** The 32-byte key of a purpose. */
  key(purpose: string): Buffer {
    let key = this.keys.get(purpose)
    if (!key) this.keys.set(purpose, (key = derived(this.appSecret, purpose)))
    return key
  }

  /** Every key that may have been in use for a purpose: those of its own secrets, then that of APP_SECRET. The first one writes, all are asked. */
  ring(purpose: string): readonly NamedKey[] {
    let ring = this.rings.get(purpose)
    if (!ring) {
      const keys = [...(this.own[purpose] ?? []).map((secret) => derived(secret, purpose)), this.key(purpose)]
      this.rings.set(purpose, (ring = keys.map((key) => ({ id: keyedHash(key, 'which key').subarray(0, 8).toString('hex'), key }))))
    }
    return ring
  }

  /** HMAC-SHA256 of a value under the key of a purpose, 32 bytes. */
  hash(purpose: string, value: string): Buffer {
    return keyedHash(this.key(purpose), value)
  }

  /**
   * A text that only the key of a purpose opens again, by AES-256-GCM, as base64url.
   * @param about what the text belongs to: it opens beside nothing else
   */
  seal(purpose: string, text: string, about: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.key(purpose), nonce).setAAD(Buffer.from(about))
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
  }

  /** What was sealed; undefined when it was sealed with another secret, for another purpose, beside something else, or was changed. */
  unseal(purpose: string, sealed: string, about: string): string | undefined {
    // Reads base64 too, in which keys were sealed before.
    const bytes = Buffer.from(sealed, 'base64url')
    const [nonce, tag, body] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES), bytes.subarray(NONCE_BYTES + TAG_BYTES)]
    if (tag.length < TAG_BYTES) return undefined
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key(purpose), nonce).setAAD(Buffer.from(about)).setAuthTag(tag)
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
    } catch {
      return undefined
    }
  }
}

/** HMAC-SHA256, 32 bytes. */
export function keyedHash(key: Buffer, value: string): Buffer {
  return createHmac('sha256', key).update(value).digest()
}

function derived(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'reverie', `${purpose} v${KEY_VERSION}`, 32))
}
