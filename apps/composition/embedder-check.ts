import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common'
import { Settings } from '#config'
import { Embedder, EmbeddingUnavailable } from '#embeddings'

/**
 * Asks a remote embedder for one vector at the start, in the background, and says what is wrong with it: a bad key would otherwise show
 * only in answers. Not a reason to stay down, for memories are stored and found by words without it.
 */
@Injectable()
export class EmbedderCheck implements OnApplicationBootstrap {
  private readonly logger = new Logger(EmbedderCheck.name)

  constructor(private readonly embedder: Embedder, private readonly settings: Settings) {}

  onApplicationBootstrap(): void {
    if (this.settings.embedding.provider === 'openai') void this.check()
  }

  /** Resolves with what was said, or nothing when the embedder answers. */
  async check(): Promise<string | undefined> {
    try {
      await this.embedder.embed(['hello'], 'query')
      return undefined
    } catch (error) {
      const what = error instanceof EmbeddingUnavailable ? error.message : 'the embedder failed'
      const cure = /key/.test(what) ? 'Correct OPENAI_API_KEY and start again' : 'Check EMBEDDING_BASE_URL and EMBEDDING_MODEL'
      const said = `${what}. ${cure}; until then memories are stored without vectors, which follow, and found by words.`
      this.logger.warn(said)
      return said
    }
  }
}
