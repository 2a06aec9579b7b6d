import { z } from 'zod'

/** What is known of a setting beside its schema. */
export interface About {
  /** Name of the environment variable. */
  readonly env: string
  readonly description: string
  /** Never printed, not even when it is wrong. */
  readonly secret?: boolean
  /** What `.env.example` shows when there is no plain default. */
  readonly example?: string
}

/** Settings by their schema; apart from zod's own registry, because OpenAPI has no use for them. */
export const ABOUT = z.registry<About>()

/** Names and explains a setting. */
export function setting<S extends z.ZodType>(schema: S, env: string, description: string, more: Omit<About, 'env' | 'description'> = {}): S {
  ABOUT.add(schema, { env, description, ...more })
  return schema
}

/** A whole number as text. */
export function whole(min: number, max: number): z.ZodType<number, string> {
  const message = `must be a whole number from ${min} to ${max}`
  return z.string().regex(/^\d{1,15}$/, message).transform(Number).refine((n) => n >= min && n <= max, message)
}

/** A number as text. */
export function fraction(min: number, max: number): z.ZodType<number, string> {
  const message = `must be a number from ${min} to ${max}`
  return z.string().regex(/^\d+(\.\d+)?$/, message).transform(Number).refine((n) => n >= min && n <= max, message)
}

/** One of a few words. */
export function oneOf<const W extends readonly [string, ...string[]]>(...words: W): z.ZodEnum<{ [K in W[number]]: K }> {
  return z.enum(words, `must be ${words.join(' or ')}`)
}

/** An address with one of these schemes. Postgres alone may do without a host: a local socket. */
export function address(...schemes: string[]): z.ZodType<string, string> {
  const begins = (text: string): boolean => schemes.some((scheme) => text.startsWith(`${scheme}://`))
  const isOne = (text: string): boolean => begins(text) && URL.canParse(text)
  const complete = (text: string): boolean => !isOne(text) || schemes.includes('postgresql') || new URL(text).hostname !== ''
  const numbered = (text: string): boolean => !schemes.includes('redis') || !isOne(text) || /^\/?\d*$/.test(new URL(text).pathname)
  return z.string()
    .refine(begins, `must be an address that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`)
    .refine((text) => !begins(text) || isOne(text), 'must have a host after :// (and its user), a port up to 65535, and %2F, %3F and %23 for /, ? and # in a password')
    .refine(complete, 'must name a host')
    .refine(numbered, 'must end with the number of a database, or with nothing, after the host')
}

/** A secret that nobody guesses. */
export function secretText(): z.ZodType<string, string> {
  return z.string().min(16, 'must have at least 16 characters').regex(/^[\x20-\x7e]+$/, 'must consist of printable ASCII')
}
