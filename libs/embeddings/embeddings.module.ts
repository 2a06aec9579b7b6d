import { Module, type DynamicModule } from '@nestjs/common'
import { CachedEmbedder } from './cached.embedder'
import { Embedder } from './embedder'
import { LocalEmbedder } from './local.embedder'
import { OpenAiEmbedder } from './openai.embedder'

export interface EmbeddingsOptions {
  /** `local`: the model in this process; `openai`: any endpoint that speaks OpenAI's API. */
  provider: 'local' | 'openai'
  /** Name of the endpoint's model; the local one is always `use-lite`. */
  model: string
  /** Length of the store's vectors. */
  dim: number
  /** Root of the endpoint, with its `/v1`. */
  baseUrl?: string
  apiKey?: string
  /** Limit of one attempt (openai) or of one run of the model (local), in milliseconds. */
  timeoutMs: number
  /** Most vectors kept in memory. */
  cacheSize: number
  /** The ONNX file of the local model. */
  modelPath?: string
}

/** The embedder that the options ask for, without a cache. @throws StartupError when model and `dim` do not go together */
export function createEmbedder(options: EmbeddingsOptions): Embedder {
  const { model, dim, baseUrl, apiKey, timeoutMs, modelPath } = options
  return options.provider === 'local'
    ? new LocalEmbedder({ dim, modelPath, timeoutMs })
    : new OpenAiEmbedder({ model, dim, baseUrl, apiKey, timeoutMs })
}

/** Provides one Embedder, with a cache, to the whole application. */
@Module({})
export class EmbeddingsModule {
  static forRoot(options: EmbeddingsOptions): DynamicModule {
    return {
      module: EmbeddingsModule,
      global: true,
      providers: [
        { provide: Embedder, useFactory: () => new CachedEmbedder(createEmbedder(options), options.cacheSize) },
      ],
      exports: [Embedder],
    }
  }
}
