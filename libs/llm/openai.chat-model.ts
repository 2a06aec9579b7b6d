import { Endpoint, EndpointFailure } from '#openai'
import { z } from 'zod'
import { readAnswer, tokensOf } from './answer'
import { type ChatAnswer, ChatModel, type ChatRequest, ModelFailure, type ModelFault, type ModelTerms } from './chat-model'

export interface OpenAiChatModelOptions extends ModelTerms {
  /** Name of the model as the endpoint knows it. */
  readonly model: string
  /** Root of the API, with its `/v1`. Default: that of OpenAI. */
  readonly baseUrl?: string
  readonly apiKey?: string
  /** Limit of one attempt, answer's body included, in milliseconds. */
  readonly timeoutMs: number
  /** Most tokens of an answer. */
  readonly maxTokens: number
  /** Attempts after the first. Default: 2. */
  readonly maxRetries?: number
}

/** Low, for one wants what the sources say and not what might be. */
const TEMPERATURE = 0.2
const LONGEST_PAUSE_MS = 20_000

/** How requests are worded: endpoints and models differ in what they know. */
interface Wording {
  readonly format: 'json_schema' | 'json_object' | 'none'
  readonly limit: 'max_tokens' | 'max_completion_tokens'
  readonly temperature: boolean
}

const SAID: Readonly<Record<ModelFault, string>> = {
  none: 'is none', timeout: 'timed out', rate_limited: 'is busy', unauthorised: 'refused the key', rejected: 'would not have the request',
  server_error: 'failed', unreachable: 'could not be reached', closed: 'is closed', bad_json: 'answered something that is not JSON',
  bad_shape: 'answered JSON of another shape', refused: 'refused to answer', truncated: 'had more to say than it may', empty: 'answered nothing',
}

/**
 * Any endpoint that speaks OpenAI's POST /chat/completions. Asks for structured output; an endpoint that does not know that is asked for JSON,
 * and one that does not know that either is told the shape in words alone. What it does not know is remembered.
 */
export class OpenAiChatModel extends ChatModel {
  private readonly endpoint: Endpoint
  private wording: Wording = { format: 'json_schema', limit: 'max_tokens', temperature: true }

  constructor(private readonly options: OpenAiChatModelOptions) {
    super()
    const { baseUrl, apiKey, timeoutMs, maxRetries = 2 } = options
    this.endpoint = new Endpoint({ baseUrl, apiKey, timeoutMs, maxRetries, longestPauseMs: LONGEST_PAUSE_MS })
  }

  async terms(): Promise<ModelTerms> {
    return this.options
  }

  async ask<T>(request: ChatRequest<T>): Promise<ChatAnswer<T>> {
    let { wording } = this
    let calls = 0
    for (;;) {
      let completion: unknown
      try {
        completion = await this.complete(request, wording, () => void calls++)
      } catch (error) {
        if (!(error instanceof EndpointFailure)) throw error
        const other = error.fault === 'rejected' ? otherWording(wording, error.complaint()) : undefined
        if (!other) throw failure(error.fault, { calls, tokensIn: 0, tokensOut: 0 })
        wording = other
        continue
      }
      this.wording = wording
      const usage = { calls, ...tokensOf(completion, request.instructions + request.material) }
      const read = readAnswer(completion, request.shape)
      if ('fault' in read) throw failure(read.fault, usage)
      return { value: read.value, usage }
    }
  }

  override async close(): Promise<void> {
    this.endpoint.close()
  }

  private complete<T>({ instructions, material, name, shape, signal: outer }: ChatRequest<T>, wording: Wording, onSent: () => void): Promise<unknown> {
    const schema = z.toJSONSchema(shape) as Record<string, unknown>
    const told = wording.format === 'json_schema' ? '' : `\n\nAnswer with one JSON object and nothing else, of this JSON schema:\n${JSON.stringify(schema)}`
    return this.endpoint.call((client, signal) => client.chat.completions.create({
      model: this.options.model,
      messages: [{ role: 'system', content: instructions + told }, { role: 'user', content: material }],
      [wording.limit]: this.options.maxTokens,
      ...(wording.temperature ? { temperature: TEMPERATURE } : {}),
      ...(wording.format === 'json_schema' ? { response_format: { type: 'json_schema', json_schema: { name, schema, strict: true } } } : {}),
      ...(wording.format === 'json_object' ? { response_format: { type: 'json_object' } } : {}),
    }, { signal }), outer, onSent)
  }
}

function failure(fault: ModelFault, usage: ModelFailure['usage']): ModelFailure {
  return new ModelFailure(fault, `the language model ${SAID[fault]}`, usage)
}

/** What to try after a request was rejected; undefined when nothing is left. Each part is given up at most once or twice, so this ends. */
function otherWording(wording: Wording, complaint: string): Wording | undefined {
  if (wording.limit === 'max_tokens' && /max_(completion_)?tokens/.test(complaint)) return { ...wording, limit: 'max_completion_tokens' }
  if (wording.temperature && /temperature/.test(complaint)) return { ...wording, temperature: false }
  if (wording.format === 'json_schema') return { ...wording, format: 'json_object' }
  return wording.format === 'json_object' ? { ...wording, format: 'none' } : undefined
}
