import type { z } from 'zod'

/** A question to a language model whose answer has a shape. */
export interface ChatRequest<T> {
  /** Who the model is and what it has to do. Nothing that users wrote belongs here. */
  readonly instructions: string
  /** What it has to do it with. */
  readonly material: string
  /** Name of the shape, letters and underscores. */
  readonly name: string
  /** The shape of the answer. Describe its fields: the model reads them. */
  readonly shape: z.ZodType<T>
  readonly signal?: AbortSignal
}

/** What a question came to cost. */
export interface Usage {
  /** Requests sent, those that failed and those made again included. */
  readonly calls: number
  /** As the endpoint counts, else a fourth of the characters. */
  readonly tokensIn: number
  readonly tokensOut: number
}

export interface ChatAnswer<T> {
  readonly value: T
  readonly usage: Usage
}

/** Why there is no answer: `none` without a model; `rejected` when the endpoint would not have the request; the others say it themselves. */
export type ModelFault =
  | 'none' | 'timeout' | 'rate_limited' | 'unauthorised' | 'rejected' | 'server_error' | 'unreachable' | 'closed'
  | 'bad_json' | 'bad_shape' | 'refused' | 'truncated' | 'empty'

/** The model did not answer what was asked. Holds nothing of the question, of the answer or of the key. */
export class ModelFailure extends Error {
  constructor(readonly fault: ModelFault, message: string, readonly usage: Usage = NO_USAGE) {
    super(message)
    this.name = 'ModelFailure'
  }
}

export const NO_USAGE: Usage = { calls: 0, tokensIn: 0, tokensOut: 0 }

/** Which model answers, and the most that the dream of one day may ask of it: requests, and tokens read and written. */
export interface ModelTerms {
  readonly model: string
  readonly callsPerRun: number
  readonly tokensPerRun: number
}

/** A language model that answers in shapes. Port and injection token. Never ask inside a transaction, nor on the way of a recall. */
export abstract class ChatModel {
  /** Undefined when there is no model: what can be done without is then done without. */
  abstract terms(): Promise<ModelTerms | undefined>

  /** @throws ModelFailure */
  abstract ask<T>(request: ChatRequest<T>): Promise<ChatAnswer<T>>

  /** Ends what is under way. */
  async close(): Promise<void> {}
}
