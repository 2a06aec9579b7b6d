import type { z } from 'zod'
import type { ModelFault } from './chat-model'

/** What of a completion is looked at; endpoints leave much of it out. */
interface Completion {
  readonly choices?: readonly { readonly finish_reason?: unknown; readonly message?: { readonly content?: unknown; readonly refusal?: unknown } | null }[]
  readonly usage?: { readonly prompt_tokens?: unknown; readonly completion_tokens?: unknown } | null
}

export type ReadAnswer<T> = { readonly value: T } | { readonly fault: ModelFault }

/** The value of a completion, or why there is none. Pure. */
export function readAnswer<T>(completion: unknown, shape: z.ZodType<T>): ReadAnswer<T> {
  const choice = (completion as Completion | null)?.choices?.[0]
  const text = textOf(completion)
  if (choice?.message?.refusal || choice?.finish_reason === 'content_filter') return { fault: 'refused' }
  if (choice?.finish_reason === 'length') return { fault: 'truncated' }
  if (text.trim() === '') return { fault: 'empty' }
  const json = parsed(text)
  if (json === undefined) return { fault: 'bad_json' }
  const read = shape.safeParse(json)
  return read.success ? { value: read.data } : { fault: 'bad_shape' }
}

/** Tokens by the endpoint's count, else by a fourth of the characters. */
export function tokensOf(completion: unknown, question: string): { tokensIn: number; tokensOut: number } {
  const usage = (completion as Completion | null)?.usage
  const count = (told: unknown, text: string): number => (typeof told === 'number' && told >= 0 ? told : Math.ceil(text.length / 4))
  return { tokensIn: count(usage?.prompt_tokens, question), tokensOut: count(usage?.completion_tokens, textOf(completion)) }
}

function textOf(completion: unknown): string {
  const content = (completion as Completion | null)?.choices?.[0]?.message?.content
  return typeof content === 'string' ? content : ''
}

/** The JSON of an answer, which models that were not made to answer so wrap in thoughts, prose and fences. */
function parsed(text: string): unknown {
  const plain = text.replace(/^\s*<think>[\s\S]*?<\/think>/, '')
  const from = plain.indexOf('{')
  const to = plain.lastIndexOf('}')
  if (from < 0 || to < from) return undefined
  try {
    return JSON.parse(plain.slice(from, to + 1))
  } catch {
    return undefined
  }
}
