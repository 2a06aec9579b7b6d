/** What a path of API.md answered. */
export interface ApiAnswer {
  readonly status: number
  readonly body: unknown
}

/**
 * POST to the HTTP API, in this process or another one: tools are its clients like any other, so that keys, users, limits and errors are the
 * same everywhere. Throws when nobody answers.
 */
export type MemoryApi = (path: string, body: object) => Promise<ApiAnswer>

/** What the API refused, in its own words; they name the field and what to do, and never content. */
export class Refusal extends Error {}

/**
 * The body of an answer.
 * @throws Refusal when it is an error
 */
export async function ask<T>(api: MemoryApi, path: string, body: object): Promise<T> {
  const answer = await api(path, body)
  if (answer.status < 300) return answer.body as T
  throw refusal(answer)
}

/** What an error of the API says; without its code where only people read it. */
export function refusal({ status, body }: ApiAnswer, { coded = true } = {}): Refusal {
  const { error } = (body ?? {}) as { error?: { code: string; message: string } }
  if (!error) return new Refusal(`the memory answered ${status}`)
  return new Refusal(coded ? `${error.code}: ${error.message}` : error.message)
}
