import { Secrets } from './index'

describe('a sealed text', () => {
  const sealed = new Secrets('x').seal('keys', 'sk-ünï', 'https://a')

  it('is opened by the same secret for the same purpose, and shows nothing', () => {
    expect(new Secrets('x').unseal('keys', sealed, 'https://a')).toBe('sk-ünï')
    expect(Buffer.from(sealed, 'base64').toString()).not.toContain('sk-')
    expect(new Secrets('x').seal('keys', 'sk-ünï', 'https://a')).not.toBe(sealed)
  })

  it('is opened by no other secret, for no other purpose, beside nothing else, and not when it was changed', () => {
    expect(new Secrets('y').unseal('keys', sealed, 'https://a')).toBeUndefined()
    expect(new Secrets('x').unseal('other', sealed, 'https://a')).toBeUndefined()
    expect(new Secrets('x').unseal('keys', sealed, 'https://b')).toBeUndefined()
    const bytes = Buffer.from(sealed, 'base64')
    bytes[bytes.length - 1]! ^= 1
    expect(new Secrets('x').unseal('keys', bytes.toString('base64'), 'https://a')).toBeUndefined()
    for (const short of ['', 'AAAA', sealed.slice(0, 20)]) expect(new Secrets('x').unseal('keys', short, 'https://a')).toBeUndefined()
  })
})
