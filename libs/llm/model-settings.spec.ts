import type { Sql } from '#database'
import { Secrets, SystemClock } from '#kernel'
import { AiSettings } from './ai-settings'
import { changed, inForce, type ModelDefaults } from './model-settings'

const DEFAULTS: ModelDefaults = {
  model: 'env', baseUrl: 'http://env:1/v1/', apiKey: 'sk-env', timeoutMs: 1, maxTokens: 2, callsPerRun: 3, tokensPerRun: 4, allowedHosts: [],
}

describe('the settings of a model', () => {
  it('are those of the environment, or those that were set instead', () => {
    expect(inForce(DEFAULTS, {})).toEqual({ model: 'env', baseUrl: 'http://env:1/v1', apiKey: 'sk-env', timeoutMs: 1, maxTokens: 2, callsPerRun: 3, tokensPerRun: 4 })
    expect(inForce(DEFAULTS, { model: 'own', callsPerRun: 0 })).toMatchObject({ model: 'own', callsPerRun: 0, apiKey: 'sk-env' })
    expect(inForce({ ...DEFAULTS, model: undefined, baseUrl: undefined }, {})).toMatchObject({ model: undefined, baseUrl: 'https://api.openai.com/v1' })
  })

  it("send the environment's key to the environment's endpoint alone", () => {
    expect(inForce(DEFAULTS, { baseUrl: 'http://other' }).apiKey).toBeUndefined()
    expect(inForce(DEFAULTS, { baseUrl: 'http://env:1/v1' }).apiKey).toBe('sk-env')
    expect(inForce(DEFAULTS, { baseUrl: 'http://other', apiKey: 'sk-own' }).apiKey).toBe('sk-own')
  })

  it('lose the key with the endpoint that it was for, unless a new one comes with the change', () => {
    const own = { baseUrl: 'http://a', apiKey: 'sk-own' }
    expect(changed(DEFAULTS, own, { baseUrl: 'http://b' })).toEqual({ baseUrl: 'http://b' })
    expect(changed(DEFAULTS, own, { baseUrl: null })).toEqual({})
    expect(changed(DEFAULTS, { apiKey: 'sk-own' }, { baseUrl: 'http://b' })).toEqual({ baseUrl: 'http://b' })
    expect(changed(DEFAULTS, own, { baseUrl: 'http://b', apiKey: 'sk-new' })).toEqual({ baseUrl: 'http://b', apiKey: 'sk-new' })
    expect(changed(DEFAULTS, own, { baseUrl: 'http://a', model: 'm' })).toEqual({ ...own, model: 'm' })
  })

  it('stay where nothing is said, and go back to the environment by null', () => {
    expect(changed(DEFAULTS, { model: 'own', maxTokens: 9 }, { model: undefined, maxTokens: null })).toEqual({ model: 'own' })
  })

  it('are tried out in vain where there is no model', async () => {
    const empty = { one: async () => undefined } as unknown as Sql
    const settings = new AiSettings(empty, new Secrets('x'), new SystemClock(), { ...DEFAULTS, model: undefined })
    expect(await settings.attempt({})).toMatchObject({ ok: false, fault: 'none', usage: { calls: 0 } })
  })
})
