import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common'
import { invalid, ReverieError } from '#kernel'
import { z } from 'zod'
import { type ApiKey, RateLimits } from '#access'
import { type AccessRules, admit, type Visit } from './access'
import { parseBody } from './body'
import { errorBody, errorHeaders, loggableError, wireErrorOf } from './errors'
import { describeIssues } from './issues'
import { BootLogger } from './logging'
import { pagePolicy, playgroundPaths } from './playground'
import { MALFORMED, parseQuery } from './query-string'
import { pathOf, requestId, routeOf } from './request'
import { checkText } from './text-check'
import { NothingPipe } from './validation.pipe'

const NO_LIMITS = new RateLimits({ requests: 0, wrongKeys: 0 })

function refusal(act: () => unknown): ReverieError {
  try {
    act()
  } catch (error) {
    return error as ReverieError
  }
  throw new Error('nothing was refused')
}

describe('a body', () => {
  it('is JSON in UTF-8, or empty', () => {
    expect(parseBody(Buffer.from('{"a":"é"}'))).toEqual({ a: 'é' })
    expect(parseBody(Buffer.from('\ufeff{"a":1}'))).toEqual({ a: 1 })
    expect(parseBody(Buffer.alloc(0))).toBeUndefined()
  })

  it('is refused otherwise, and not quoted', () => {
    expect(refusal(() => parseBody(Buffer.from([0x22, 0xff, 0x22]))).message).toBe('body: is not valid UTF-8')
    expect(refusal(() => parseBody(Buffer.from('{"secret":'))).message).toBe('body: is not valid JSON')
  })
})

describe('a query string', () => {
  it('is read as UTF-8, + as a space, a repeated name as a list', () => {
    expect({ ...parseQuery('q=caf%C3%A9+au+lait&a=1&a=2&a=3&&flag&x=a=b') }).toEqual({ q: 'café au lait', a: ['1', '2', '3'], flag: '', x: 'a=b' })
  })

  it('leaves a % that begins no byte', () => {
    expect(parseQuery('q=100%&r=%zz').q).toBe('100%')
  })

  it('marks what is not UTF-8 instead of throwing', () => {
    expect(parseQuery('a=1&q=%FF')[MALFORMED]).toBe('q')
    expect(parseQuery('%FF=1')[MALFORMED]).toBe('query')
  })
})

describe('text', () => {
  it('may hold anything that can be stored', () => {
    expect(() => checkText({ a: ['🦊 漢字 \u0001', { b: null, c: 1.5, d: true }] })).not.toThrow()
  })

  it.each([
    [{ content: 'a\0' }, 'content', 'NUL'],
    [{ messages: [{}, { tags: ['x', '\ud800'] }] }, 'messages[1].tags[1]', 'lone surrogate'],
    [{ metadata: { 'a\0': 1 } }, 'metadata', 'name'],
    [{ '\udfff': 1 }, 'body', 'name'],
    [JSON.parse('{"metadata":{"__proto__":1}}'), 'metadata', '__proto__'],
    ['\0', 'body', 'NUL'],
    [{ n: JSON.parse('1e999') }, 'n', 'too large'],
    [JSON.parse(`{"deep":${'['.repeat(70)}${']'.repeat(70)}}`), 'deep', 'nested'],
  ])('is refused by its path: %#', (value, field, reason) => {
    const error = refusal(() => checkText(value))
    expect(error.details).toEqual({ field })
    expect(error.message).toContain(reason)
  })

  it('is refused however deep it is', () => {
    expect(refusal(() => checkText(JSON.parse('['.repeat(1_000_000) + ']'.repeat(1_000_000)))).code).toBe('invalid_request')
  })
})

const KEY: ApiKey = {
  id: 'k', name: 'a key', role: 'admin', userId: null, hint: 'rvk_', createdAt: new Date(), expiresAt: null, lastUsedAt: null, revokedAt: null,
}

describe('access', () => {
  const visit = (more: Partial<Visit> = {}): Visit => ({ method: 'GET', path: '/memory', route: '/memory', headers: { host: 'localhost:3000' }, peer: '127.0.0.1', ...more })
  const code = (v: Visit, rules: Partial<AccessRules> = {}): Promise<string> =>
    admit(v, { open: new Set(['/health']), find: async () => undefined, limits: NO_LIMITS, ...rules }).then(() => 'granted', (error: ReverieError) => error.code)

  it.each([
    {}, { headers: {} }, { headers: { host: '127.0.0.1' } }, { headers: { host: '[::1]:99' } }, { headers: { host: 'LOCALHOST' } }, { peer: '::1' },
    { peer: '::ffff:127.0.0.1' },
    { headers: { host: 'localhost:1', origin: 'http://localhost:5173' } }, { headers: { host: 'localhost', 'sec-fetch-site': 'same-site' } },
  ])('is granted to this machine: %j', (more) => expect(code(visit(more))).resolves.toBe('granted'))

  it.each([
    { peer: '10.0.0.1' }, { peer: undefined }, { headers: { host: 'evil.example' } }, { headers: { host: 'localhost.evil.example' } },
    { headers: { host: '' } },
    { headers: { host: 'localhost', origin: 'null' } }, { headers: { host: 'localhost', origin: 'https://evil.example' } },
    { headers: { host: 'localhost', origin: 'http://localhost@evil.example' } },
    { headers: { host: 'localhost', origin: 'http://localhost.evil.example' } }, { headers: { host: 'localhost', 'sec-fetch-site': 'cross-site' } },
    { headers: { host: 'localhost', forwarded: 'for=1' } }, { headers: { host: 'localhost', 'x-forwarded-proto': 'https' } },
    { headers: { host: 'localhost', 'x-real-ip': '1' } },
    { path: '/health', headers: { host: 'evil.example' } },
  ])('is refused to strangers without a key: %j', (more) => expect(code(visit(more))).resolves.toBe('forbidden'))

  it('is by key alone where there is one', async () => {
    const adminKey = 'sixteen letters 1'
    const shown = (headers: Visit['headers'], path = '/memory'): Promise<string> =>
      code(visit({ headers: { host: 'memory.example', ...headers }, peer: '10.0.0.1', path, route: path }), { adminKey })
    expect(await shown({})).toBe('unauthenticated')
    expect(await shown({}, '/health')).toBe('granted')
    expect(await shown({}, '/health/')).toBe('unauthenticated')
    expect(await shown({ 'x-api-key': adminKey })).toBe('granted')
    expect(await shown({ authorization: `bearer ${adminKey}` })).toBe('granted')
    for (const headers of [{ 'x-api-key': '' }, { 'x-api-key': adminKey.slice(1) }, { authorization: adminKey },
    { authorization: `Basic ${adminKey}` }]) {
      expect(await shown(headers)).toBe('unauthenticated')
    }
  })

  it('is as wide as a created key, with and without an administrator\'s', async () => {
    const find: AccessRules['find'] = async (secret) => (secret === 'rvk_service' ? { ...KEY, role: 'service' } : secret === 'rvk_ana' ? { ...KEY, role: 'user', userId: 'ana' } : undefined)
    for (const rules of [{ find }, { find, adminKey: 'sixteen letters 1' }]) {
      const shown = (key: string, more: Partial<Visit> = {}): Promise<string> => code(visit({ headers: { host: 'localhost', 'x-api-key': key }, ...more }), rules)
      for (const key of ['rvk_service', 'rvk_ana']) {
        expect(await shown(key)).toBe('granted')
        for (const route of ['/keys', '/keys/:id', '/users/:user_id', '/settings/ai', '/metrics', '/docs', '/openapi.json']) expect(await shown(key, { route })).toBe('forbidden')
        for (const route of ['/memory/consolidate', '/memory/dreams/:id/undo']) expect(await shown(key, { route, method: 'POST' })).toBe('forbidden')
        expect(await shown(key, { route: '/memory/dreams/:id', method: 'GET' })).toBe('granted')
      }
      expect(await shown('rvk_unknown')).toBe('unauthenticated')
      expect(await admit(visit({ headers: { host: 'localhost', 'x-api-key': 'rvk_ana' } }), { open: new Set(), limits: new RateLimits({ requests: 1, wrongKeys: 0 }), ...rules }))
        .toEqual({ role: 'user', keyId: KEY.id, countedAs: KEY.id, userId: 'ana' })
    }
  })
})

describe('an error', () => {
  it.each([
    ['invalid_request', 400], ['unauthenticated', 401], ['forbidden', 403], ['not_found', 404], ['conflict', 409], ['stale_preview', 409],
    ['too_large', 413], ['unprocessable', 422],
    ['rate_limited', 429], ['unavailable', 503],
  ] as const)('of code %s has status %i', (code, status) => {
    expect(wireErrorOf(new ReverieError(code, 'why', { field: 'x' }))).toEqual({ status, code, message: 'why', details: { field: 'x' } })
  })

  it.each([
    [new NotFoundException(), 404, 'not_found'], [new BadRequestException(), 400, 'invalid_request'],
    [new HttpException('', 415), 400, 'invalid_request'],
    [new HttpException('', 413), 413, 'too_large'], [new HttpException('', 503), 503, 'unavailable'], [new HttpException('', 418), 500, 'internal'],
    [Object.assign(new Error(), { name: 'FastifyError', statusCode: 415 }), 400, 'invalid_request'],
    [Object.assign(new Error(), { name: 'FastifyError', statusCode: 414 }), 400, 'invalid_request'],
    [new Error('select * from secrets'), 500, 'internal'], ['text', 500, 'internal'],
  ])('of another kind is mapped: %s', (error, status, code) => {
    expect(wireErrorOf(error)).toMatchObject({ status, code })
    expect(JSON.stringify(wireErrorOf(error))).not.toContain('secrets')
  })

  it('has its body and headers', () => {
    expect(errorBody({ status: 400, code: 'c', message: 'm' }, 'r')).toEqual({ error: { code: 'c', message: 'm', request_id: 'r' } })
    expect(errorBody(wireErrorOf(invalid('k', 'is odd')), 'r')).toEqual({ error: { code: 'invalid_request', message: 'k: is odd', details: { field: 'k' }, request_id: 'r' } })
    expect(errorHeaders({ status: 503, code: '', message: '' })).toEqual({ 'retry-after': '5' })
    expect(errorHeaders({ status: 401, code: '', message: '' })).toHaveProperty('www-authenticate')
    expect(errorHeaders({ status: 400, code: '', message: '' })).toEqual({})
  })

  it('is logged without what it quotes', () => {
    const database = Object.assign(new Error('duplicate key (content)=(I am ill)'), { name: 'QueryFailedError', code: '23505', table: 'memory_trace', parameters: ['I am ill'] })
    const logged = loggableError(new TypeError('x is not a function', { cause: database }))
    expect(logged).toMatchObject({ type: 'TypeError', message: 'x is not a function', cause: { type: 'QueryFailedError', code: '23505', table: 'memory_trace' } })
    expect(logged.stack).toEqual(expect.arrayContaining([expect.stringMatching(/^at /)]))
    expect(JSON.stringify(logged)).not.toContain('ill')
    expect(loggableError('I am ill')).toEqual({ type: 'string' })
    expect(loggableError(new SyntaxError('Unexpected token in "I am ill"')).message).toBeUndefined()
  })
})

describe('issues of a schema', () => {
  const schema = z.strictObject({
    text: z.string(), blank: z.string().min(1), n: z.int().min(1).max(9), list: z.array(z.number()).min(2).max(3), word: z.enum(['a', 'b']),
    on: z.boolean(), inner: z.object({ x: z.string() }).optional(),
    other: z.object({}).optional(), tooMuch: z.string().refine(() => false, { error: 'is too much', params: { tooLarge: true } }).optional(),
  })
  const issues = (value: unknown) => describeIssues(schema.safeParse(value, { reportInput: true }).error!.issues, 'body')
  const good = { text: 'x', blank: 'x', n: 1, list: [1, 2], word: 'a', on: true }

  it.each([
    [{ ...good, text: undefined }, 'text', 'is required'], [{ ...good, text: 1 }, 'text', 'must be text'],
    [{ ...good, blank: '' }, 'blank', 'must not be empty'],
    [{ ...good, n: 0 }, 'n', 'must be at least 1'], [{ ...good, n: 10 }, 'n', 'must be at most 9'],
    [{ ...good, n: 1.5 }, 'n', 'must be a whole number'], [{ ...good, n: 'x' }, 'n', 'must be a number'],
    [{ ...good, list: [1] }, 'list', 'must have at least 2 entries'], [{ ...good, list: [1, 2, 3, 4] }, 'list', 'must have at most 3 entries'],
    [{ ...good, list: [1, 'x'] }, 'list[1]', 'must be a number'],
    [{ ...good, list: 'x' }, 'list', 'must be a list'], [{ ...good, word: 'c' }, 'word', 'must be one of a, b'],
    [{ ...good, on: 1 }, 'on', 'must be true or false'],
    [{ ...good, inner: {} }, 'inner.x', 'is required'], [{ ...good, other: 1 }, 'other', 'must be an object'],
    [{ ...good, zzz: 1 }, 'zzz', 'is not a known field'], [[], 'body', 'must be an object'],
  ])('are told in our words: %#', (value, field, message) => expect(issues(value)).toEqual([{ field, message, tooLarge: false }]))

  it('know what is too large', () => expect(issues({ ...good, tooMuch: 'x' })).toEqual([{ field: 'tooMuch', message: 'is too much', tooLarge: true }]))
  it('are at most ten', () => expect(issues({ ...good, list: [1, 2], ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`x${i}`, 1])) })).toHaveLength(10))
})

describe('a request', () => {
  it('keeps a sane id of its caller', () => {
    expect(requestId({ headers: { 'x-request-id': 'a-B.9:_' } })).toBe('a-B.9:_')
    for (const id of ['', 'a b', 'x'.repeat(129), 'é']) expect(requestId({ headers: { 'x-request-id': id } })).toMatch(/^[\da-f-]{36}$/)
  })

  it('has a path without query, and a route without values', () => {
    expect(pathOf({ url: '/a/b?c=d' })).toBe('/a/b')
    expect(pathOf({ url: '/a' })).toBe('/a')
    expect(routeOf({ is404: true, routeOptions: {} } as never)).toBe('unmatched')
    expect(routeOf({ is404: false, routeOptions: { url: '/memory/:id' } } as never)).toBe('/memory/:id')
  })

  it('without parameters refuses those that are given', () => {
    expect(new NothingPipe().transform({})).toEqual({})
    expect(refusal(() => new NothingPipe().transform({ colour: 'red' })).details).toEqual({ field: 'colour' })
  })
})

describe('the boot log', () => {
  it('tells warnings alone', () => {
    const warn = jest.fn()
    const log = new BootLogger({ warn } as never)
    log.log()
    log.error()
    log.warn('careful')
    expect(warn.mock.calls).toEqual([['careful']])
  })
})

describe('the playground', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-pages-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('is the pages of its folder and nothing else', () => {
    for (const name of ['index.html', 'a.js', 'package.json', '.env']) writeFileSync(join(folder, name), '')
    mkdirSync(join(folder, 'sub'))
    expect([...playgroundPaths(folder).keys()].sort()).toEqual(['/', '/playground/a.js'])
    expect(playgroundPaths(join(folder, 'none')).size).toBe(0)
  })

  it('has a policy that lets in exactly its own scripts', () => {
    const policy = pagePolicy('<script src="/a.js"></script><script>alert(1)</script>')
    expect(policy).toContain("script-src 'self' 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='")
    expect(pagePolicy('<p>')).toContain("script-src 'self';")
  })
})
