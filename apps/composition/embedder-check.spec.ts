import { loadSettings } from '#config'
import { createEmbedder } from '#embeddings'
import { OpenAiServer } from '../../libs/embeddings/testing'
import { EmbedderCheck } from './embedder-check'

describe('the check of a remote embedder at the start', () => {
  let server: OpenAiServer
  beforeAll(async () => {
    server = await OpenAiServer.start({ apiKey: 'the-right-key' })
  })
  afterAll(() => server.close())

  const said = (env: Record<string, string>): Promise<string | undefined> => {
    const settings = loadSettings({ EMBEDDING_MODEL: 'hash', EMBEDDING_BASE_URL: server.url, ...env })
    return new EmbedderCheck(createEmbedder(settings.embedding), settings).check()
  }

  it('is quiet when it answers', async () => {
    expect(await said({ OPENAI_API_KEY: 'the-right-key' })).toBeUndefined()
  })

  it('names a bad key by its setting and not by its value', async () => {
    const text = await said({ OPENAI_API_KEY: 'hunter2' })
    expect(text).toMatch(/refused the key.*OPENAI_API_KEY/)
    expect(text).not.toContain('hunter2')
  })

  it('names an endpoint that is not there by its setting', async () => {
    expect(await said({ EMBEDDING_BASE_URL: 'http://127.0.0.1:1/v1' })).toMatch(/could not be reached.*EMBEDDING_BASE_URL/)
  })
})
