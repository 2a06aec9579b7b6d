import type { ServerResponse } from 'node:http'
import { type Fault, refuse, reply, ScriptedServer } from '../../openai/testing'

/** Answers that are none, and what some endpoints and models do not know. */
export type ChatFault = Fault | 'refusal' | 'filtered' | 'truncated' | 'empty' | 'no-choices' | 'prose' | 'broken-json' | 'other-shape' | 'context-too-long'
export type Quirk = 'fenced' | 'thinking' | 'no-usage'

export interface ChatBody {
  model?: string
  messages: { role: string; content: string }[]
  temperature?: number
  max_tokens?: number
  max_completion_tokens?: number
  response_format?: { type: string; json_schema?: { name: string; schema: object; strict: boolean } }
}

/** What the endpoint of this server does not know. */
export interface ChatLimits {
  readonly noSchema?: boolean
  readonly noFormat?: boolean
  readonly noMaxTokens?: boolean
  readonly noTemperature?: boolean
}

/** Plays POST /v1/chat/completions: answers what `reply` makes of the request. */
export class ChatServer extends ScriptedServer<ChatBody, Exclude<ChatFault, Fault> | Quirk> {
  /** What it says, as an object, to a well-formed request. */
  say: (body: ChatBody) => object = () => ({})
  limits: ChatLimits = {}

  private constructor(apiKey?: string) {
    super('/v1/chat/completions', apiKey)
  }

  static async start({ apiKey }: { apiKey?: string } = {}): Promise<ChatServer> {
    return new ChatServer(apiKey).listen()
  }

  override reset(): void {
    super.reset()
    this.say = () => ({})
    this.limits = {}
  }

  protected answer(behaviour: 'ok' | Exclude<ChatFault, Fault> | Quirk, body: ChatBody, response: ServerResponse): void {
    const unknown = this.unknown(body)
    if (unknown) return refuse(response, 400, `Unsupported parameter: '${unknown}'`, {}, unknown)
    const said = JSON.stringify(this.say(body))
    switch (behaviour) {
      case 'refusal': return complete(response, body, null, 'stop', { refusal: `I cannot do that: ${said}` })
      case 'filtered': return complete(response, body, '', 'content_filter')
      case 'truncated': return complete(response, body, said.slice(0, -1), 'length')
      case 'empty': return complete(response, body, '  ', 'stop')
      case 'no-choices': return reply(response, { object: 'chat.completion', choices: [] })
      case 'prose': return complete(response, body, 'Certainly! Here is what I found about the day.', 'stop')
      case 'broken-json': return complete(response, body, `{"sentences": [${said}`, 'stop')
      case 'other-shape': return complete(response, body, '{"sentences": "none", "clusters": 7, "facts": {}}', 'stop')
      case 'context-too-long': return refuse(response, 400, `This model's maximum context length is 10 tokens, not ${said}`, {}, 'messages')
      case 'fenced': return complete(response, body, `Here you are:\n\`\`\`json\n${said}\n\`\`\``, 'stop')
      case 'thinking': return complete(response, body, `<think>{"hm": 1}</think>\n${said}`, 'stop')
      case 'no-usage': return reply(response, { choices: [{ index: 0, message: { role: 'assistant', content: said } }] })
      case 'ok': return complete(response, body, said, 'stop')
    }
  }

  private unknown(body: ChatBody): string | undefined {
    const { limits } = this
    if (limits.noMaxTokens && body.max_tokens !== undefined) return 'max_tokens'
    if (limits.noTemperature && body.temperature !== undefined) return 'temperature'
    if (limits.noFormat && body.response_format) return 'response_format'
    return limits.noSchema && body.response_format?.type === 'json_schema' ? 'response_format.type' : undefined
  }
}

function complete(response: ServerResponse, body: ChatBody, content: string | null, reason: string, more: object = {}): void {
  reply(response, {
    id: 'chatcmpl-1', object: 'chat.completion', created: 0, model: body.model,
    choices: [{ index: 0, finish_reason: reason, message: { role: 'assistant', content, ...more } }],
    usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
  })
}
