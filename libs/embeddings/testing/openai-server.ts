import type { ServerResponse } from 'node:http'
import { type Fault, reply, ScriptedServer } from '../../openai/testing'
import { bagOfWords } from './bag-of-words'

/** Vectors that are not what was asked for. */
type Spoiled = 'wrong-count' | 'duplicate-index' | 'nan' | 'zero' | 'wrong-length'
/** What the server can do instead of answering well. */
export type Misbehaviour = Fault | Spoiled

interface Asked {
  model?: string
  input?: string[]
  dimensions?: number
  encoding_format?: string
}

export interface OpenAiServerOptions {
  /** Length of the vectors when the request does not ask for another. Default: 768. */
  dim?: number
  /** When given, requests with another bearer token are answered with 401. */
  apiKey?: string
}

interface Entry {
  object: 'embedding'
  index?: number
  embedding: (number | null)[]
}

/** Plays POST /v1/embeddings: answers bags of hashed words. */
export class OpenAiServer extends ScriptedServer<Asked, 'shuffled' | 'no-index' | Spoiled> {
  private constructor(private readonly dim: number, apiKey?: string) {
    super('/v1/embeddings', apiKey)
  }

  static async start({ dim = 768, apiKey }: OpenAiServerOptions = {}): Promise<OpenAiServer> {
    return new OpenAiServer(dim, apiKey).listen()
  }

  protected answer(behaviour: 'ok' | 'shuffled' | 'no-index' | Spoiled, body: Asked, response: ServerResponse): void {
    const data = (body.input ?? []).map((text, index): Entry => ({ object: 'embedding', index, embedding: Array.from(bagOfWords(text, body.dimensions ?? this.dim)) }))
    reply(response, { object: 'list', model: body.model, data: spoil(behaviour, data) })
  }
}

/** The last vector is the spoiled one, where one is enough. */
function spoil(behaviour: 'ok' | 'shuffled' | 'no-index' | Spoiled, data: Entry[]): Entry[] {
  const last = data.at(-1)!
  switch (behaviour) {
    case 'shuffled': return [...data].reverse()
    case 'no-index': return data.map(({ object, embedding }) => ({ object, embedding }))
    case 'wrong-count': return data.slice(0, -1)
    case 'duplicate-index': return data.map((entry) => ({ ...entry, index: 0 }))
    case 'nan':
      last.embedding[0] = null // what JSON.stringify makes of NaN
      return data
    case 'zero':
      last.embedding.fill(0)
      return data
    case 'wrong-length':
      last.embedding.push(1)
      return data
    case 'ok': return data
  }
}
