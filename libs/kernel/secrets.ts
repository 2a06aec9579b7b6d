import { createHmac, hkdfSync } from 'node:crypto'

/** Version of the derivation; kept beside every keyed hash, so that a later one can be told apart. */
export const KEY_VERSION = 1

/** Keys for each purpose, derived from APP_SECRET by HKDF-SHA256 (RFC 5869): one secret to keep, none shared between uses. */
export class Secrets {
  private readonly keys = new Map<string, Buffer>()

  constructor(private readonly appSecret: string) {}

  /** The 32-byte key of a purpose. */
  key(purpose: string): Buffer {
    let key = this.keys.get(purpose)
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', this.appSecret, 'reverie', `${purpose} v${KEY_VERSION}`, 32))
      this.keys.set(purpose, key)
    }
    return key
  }

  /** HMAC-SHA256 of a value under the key of a purpose, 32 bytes. */
  hash(purpose: string, value: string): Buffer {
    return createHmac('sha256', this.key(purpose)).update(value).digest()
  }
}
