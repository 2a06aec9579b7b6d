import { Secrets } from '#kernel'
import { digestOf, openToken, sealToken } from './preview-token'

const secrets = new Secrets('a secret of a test')
const now = new Date('2025-05-01T10:00:00Z')
const claim = { userId: 'u', selector: { scope: { occurredUntil: new Date('2025-01-01T00:00:00Z') } }, set: digestOf(['a', 'b']), expiresAt: now.getTime() + 1000 }

describe('a preview token', () => {
  it('gives back what it stands for, dates as dates', () => {
    expect(openToken(sealToken(claim, secrets), secrets, { userId: 'u' }, now)).toEqual(claim)
  })

  it('shows nothing of the query inside', () => {
    const token = sealToken({ ...claim, selector: { query: 'my sister' } }, secrets)
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('sister')
  })

  it('is refused by name when altered, foreign, or of another secret', () => {
    const token = sealToken(claim, secrets)
    expect(() => openToken(`A${token.slice(1)}`, secrets, { userId: 'u' }, now)).toThrow(/preview_token/)
    expect(() => openToken('nonsense', secrets, { userId: 'u' }, now)).toThrow(/preview_token/)
    expect(() => openToken(token, secrets, { userId: 'v' }, now)).toThrow(/another user/)
    expect(() => openToken(token, new Secrets('other'), { userId: 'u' }, now)).toThrow(/preview_token/)
  })

  it('is of the key that it was shown to', () => {
    const token = sealToken({ ...claim, keyId: 'mine' }, secrets)
    expect(openToken(token, secrets, { userId: 'u', keyId: 'mine' }, now)).toMatchObject({ keyId: 'mine' })
    for (const keyId of [undefined, 'another']) expect(() => openToken(token, secrets, { userId: 'u', keyId }, now)).toThrow(/another key/)
  })

  it('goes stale', () => {
    expect(() => openToken(sealToken(claim, secrets), secrets, { userId: 'u' }, new Date(now.getTime() + 2000))).toThrow(/expired/)
  })
})

describe('digestOf', () => {
  it('does not depend on order', () => {
    expect(digestOf(['b', 'a'])).toBe(digestOf(['a', 'b']))
    expect(digestOf(['a'])).not.toBe(digestOf(['a', 'b']))
  })
})
