import 'reflect-metadata'
import { Inject, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { CachedEmbedder } from './cached.embedder'
import { Embedder } from './embedder'
import { createEmbedder, EmbeddingsModule } from './embeddings.module'
import { LocalEmbedder } from './local.embedder'
import { OpenAiEmbedder } from './openai.embedder'
import { OpenAiServer } from './testing'

class User {
  constructor(@Inject(Embedder) readonly embedder: Embedder) {}
}

@Module({ providers: [User] })
class UserModule {}

describe('EmbeddingsModule', () => {
  it('provides one cached embedder everywhere and closes it with the application', async () => {
    const server = await OpenAiServer.start()
    const options = { provider: 'openai', model: 'm', dim: 768, baseUrl: server.url, timeoutMs: 2_000, cacheSize: 10 } as const
    class AppModule {}
    Module({ imports: [EmbeddingsModule.forRoot(options), UserModule] })(AppModule)
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false })
    const { embedder } = app.get(User, { strict: false })
    expect(embedder).toBeInstanceOf(CachedEmbedder)
    await embedder.embed(['Ana'], 'query')
    await embedder.embed(['Ana'], 'query')
    expect(server.requests).toHaveLength(1)
    await app.close()
    await expect(embedder.embed(['Ana'], 'query')).rejects.toThrow('is closed')
    await server.close()
  })

  it('makes the embedder that the options name', () => {
    const rest = { dim: 768, timeoutMs: 1_000, cacheSize: 0 }
    expect(createEmbedder({ provider: 'local', model: 'use-lite', ...rest })).toBeInstanceOf(LocalEmbedder)
    const remote = createEmbedder({ provider: 'openai', model: 'text-embedding-3-small', ...rest })
    expect(remote).toBeInstanceOf(OpenAiEmbedder)
    expect(remote.model).toBe('text-embedding-3-small')
    expect(() => createEmbedder({ provider: 'local', model: 'use-lite', ...rest, dim: 256 })).toThrow('512')
  })
})
