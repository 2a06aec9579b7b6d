import { z } from 'zod'
import { type ChatModel, ModelFailure, type ModelFault, NoChatModel, OpenAiChatModel, type OpenAiChatModelOptions } from '.'
import { type ChatFault, ChatServer, type Quirk } from './testing'

const KEY = 'sk-test-very-secret'
const SHAPE = z.object({ lines: z.array(z.string()).describe('what was said') })
const REQUEST = { instructions: 'Repeat.', material: 'Ana hides the diary under the stairs', name: 'lines', shape: SHAPE }

describe('OpenAiChatModel', () => {
  let server: ChatServer
  const open: ChatModel[] = []
  const model = (options: Partial<OpenAiChatModelOptions> = {}): ChatModel => {
    const made = new OpenAiChatModel({ model: 'some-model', baseUrl: server.url, apiKey: KEY, timeoutMs: 2_000, maxTokens: 500, maxRetries: 0, callsPerRun: 9, tokensPerRun: 99, ...options })
    open.push(made)
    return made
  }
  beforeAll(async () => { server = await ChatServer.start({ apiKey: KEY }) })
  beforeEach(() => { server.say = () => ({ lines: ['one', 'two'] }) })
  afterEach(async () => {
    server.reset()
    for (const one of open.splice(0)) await one.close()
  })
  afterAll(async () => { await server.close() })

  it('asks for the shape at a low temperature, with a limit and the key, and counts', async () => {
    expect(await model().ask(REQUEST)).toEqual({ value: { lines: ['one', 'two'] }, usage: { calls: 1, tokensIn: 100, tokensOut: 20 } })
    expect(server.requests).toEqual([{
      method: 'POST', path: '/v1/chat/completions', authorization: `Bearer ${KEY}`,
      body: {
        model: 'some-model', max_tokens: 500, temperature: 0.2,
        messages: [{ role: 'system', content: 'Repeat.' }, { role: 'user', content: REQUEST.material }],
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'lines', strict: true, schema: expect.objectContaining({ type: 'object', required: ['lines'], additionalProperties: false }) },
        },
      },
    }])
  })

  it('asks for any JSON where shapes are not known, for words where JSON is not, and remembers', async () => {
    server.limits = { noSchema: true }
    const one = model()
    expect((await one.ask(REQUEST)).usage.calls).toBe(2)
    expect((await one.ask(REQUEST)).usage.calls).toBe(1)
    expect(server.requests.map(({ body }) => body.response_format?.type)).toEqual(['json_schema', 'json_object', 'json_object'])
    expect(server.requests.at(-1)!.body.messages[0]!.content).toContain('"what was said"')
    server.limits = { noFormat: true }
    expect((await one.ask(REQUEST)).usage.calls).toBe(2)
    expect(server.requests.at(-1)!.body.response_format).toBeUndefined()
  })

  it('leaves out what a model does not know', async () => {
    server.limits = { noMaxTokens: true, noTemperature: true }
    const one = model()
    expect((await one.ask(REQUEST)).usage.calls).toBe(3)
    const { body } = server.requests.at(-1)!
    expect([body.max_completion_tokens, body.temperature, body.response_format!.type]).toEqual([500, undefined, 'json_schema'])
  })

  it.each<Quirk>(['fenced', 'thinking', 'no-usage'])('understands an answer that is %s', async (quirk) => {
    server.next(quirk)
    const { value, usage } = await model().ask(REQUEST)
    expect(value).toEqual({ lines: ['one', 'two'] })
    if (quirk === 'no-usage') expect(usage).toEqual({ calls: 1, tokensIn: 11, tokensOut: 6 })
  })

  it.each<[ChatFault, ModelFault]>([
    ['error-500', 'server_error'], ['rate-limited', 'rate_limited'], ['busy-for-long', 'rate_limited'], ['unauthorised', 'unauthorised'],
    ['dropped', 'unreachable'], ['redirect', 'unreachable'], ['bad-json', 'bad_json'], ['not-a-list', 'empty'], ['no-choices', 'empty'], ['empty', 'empty'],
    ['refusal', 'refused'], ['filtered', 'refused'], ['truncated', 'truncated'], ['prose', 'bad_json'], ['broken-json', 'bad_json'],
    ['other-shape', 'bad_shape'], ['context-too-long', 'rejected'],
  ])('turns %s into the failure %s, which tells neither key nor text', async (behaviour, fault) => {
    server.always(behaviour)
    server.say = () => ({ lines: [REQUEST.material] })
    const error = await model().ask(REQUEST).catch((e: unknown) => e) as ModelFailure
    expect(error).toBeInstanceOf(ModelFailure)
    expect(error.fault).toBe(fault)
    expect(error.usage.calls).toBe(server.requests.length)
    const told = [error, error.cause].map((e) => `${(e as Error)?.stack} ${JSON.stringify(e)}`).join()
    expect(told).not.toContain(KEY)
    expect(told).not.toContain('diary')
  })

  it.each<ChatFault>(['hang', 'stalled-body'])('gives up on %s after the limit', async (behaviour) => {
    server.always(behaviour)
    await expect(model({ timeoutMs: 100 }).ask(REQUEST)).rejects.toMatchObject({ fault: 'timeout' })
  })

  it.each<ChatFault>(['error-500', 'rate-limited', 'dropped', 'hang'])('tries again after %s, and counts that', async (behaviour) => {
    server.next(behaviour)
    expect((await model({ maxRetries: 1, timeoutMs: 500 }).ask(REQUEST)).usage.calls).toBe(2)
  })

  it('ends what is under way when it is closed, and when who asked has enough', async () => {
    server.always('hang')
    const one = model()
    const asked = expect(one.ask(REQUEST)).rejects.toMatchObject({ fault: 'closed' })
    await one.close()
    await asked
    const enough = new AbortController()
    const other = expect(model().ask({ ...REQUEST, signal: enough.signal })).rejects.toMatchObject({ fault: 'closed' })
    enough.abort()
    await other
  })

  it('is none where there is none', async () => {
    const none = new NoChatModel()
    expect(await none.terms()).toBeUndefined()
    await expect(none.ask(REQUEST)).rejects.toMatchObject({ fault: 'none', usage: { calls: 0 } })
  })
})
