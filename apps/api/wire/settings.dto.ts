import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import type { Settings } from '#config'
import type { AiSettingsView, SettingsPatch, Trial } from '#llm'
import * as field from './fields'

const LONGEST = { url: 2_048, key: 4_096 } as const
const FIELDS = {
  model: 'model', baseUrl: 'base_url', apiKey: 'api_key', timeoutMs: 'timeout_ms', maxTokens: 'max_tokens', callsPerRun: 'calls_per_run', tokensPerRun: 'tokens_per_run',
} as const

/** Body of `PUT /settings/ai`, and of a trial. */
export class AiSettingsDto extends createZodDto(z.strictObject({
  model: field.name().nullable().optional().describe('Name of the language model. Null, here and below: as the environment says.'),
  base_url: field.text(LONGEST.url).nullable().optional()
    .describe('Root of its OpenAI-compatible endpoint, with its /v1; of a host that LLM_ALLOWED_HOSTS allows. Another one clears the key.'),
  api_key: z.string().regex(/^[\x21-\x7e]+$/, 'must consist of printable ASCII without spaces').max(LONGEST.key).nullable().optional()
    .describe('Its key; kept sealed, never answered.'),
  timeout_ms: field.whole(1, 3_600_000).nullable().optional().describe('Milliseconds that one attempt may take.'),
  max_tokens: field.whole(1, 1_000_000).nullable().optional().describe('Most tokens of one answer.'),
  calls_per_run: field.whole(0, 1_000_000).nullable().optional().describe('Most requests in the dream of one day.'),
  tokens_per_run: field.whole(0, 1_000_000_000).nullable().optional().describe('Most tokens, read and written, in the dream of one day.'),
})) {}

export class AiSettingsAnswerDto extends createZodDto(z.object({
  model: z.string().nullable().describe('Null: there is none, and dreams do without.'),
  base_url: z.string(), api_key_set: z.boolean(), timeout_ms: z.int(), max_tokens: z.int(), calls_per_run: z.int(), tokens_per_run: z.int(),
  set_here: z.array(z.enum(Object.values(FIELDS))).describe('The fields that are not as the environment says.'),
  embedding: z.object({ provider: z.enum(['local', 'openai']), model: z.string(), dim: z.int(), base_url: z.string().nullable(), api_key_set: z.boolean() })
    .describe('Of the environment alone: the vectors in the store belong to their model.'),
})) {}

export class AiTrialDto extends createZodDto(z.object({
  ok: z.boolean(), fault: z.string().optional().describe('Why not: unauthorised, timeout, unreachable, …'), message: z.string().optional(),
  took_ms: z.number(), calls: z.int(), tokens_in: z.int(), tokens_out: z.int(),
})) {}

export function toPatch(body: AiSettingsDto): SettingsPatch {
  return Object.fromEntries(Object.entries(FIELDS).map(([name, wire]) => [name, body[wire]]))
}

export function presentAiSettings({ model: { model, baseUrl, apiKey, timeoutMs, maxTokens, callsPerRun, tokensPerRun }, own }: AiSettingsView,
  { embedding }: Settings): AiSettingsAnswerDto {
  return {
    model: model ?? null, base_url: withoutSecrets(baseUrl), api_key_set: apiKey !== undefined, timeout_ms: timeoutMs, max_tokens: maxTokens, calls_per_run: callsPerRun,
    tokens_per_run: tokensPerRun, set_here: own.map((name) => FIELDS[name]),
    embedding: {
      provider: embedding.provider, model: embedding.model, dim: embedding.dim, base_url: embedding.baseUrl ? withoutSecrets(embedding.baseUrl) : null,
      api_key_set: embedding.apiKey !== undefined,
    },
  }
}

export function presentTrial(trial: Trial, tookMs: number): AiTrialDto {
  const { calls, tokensIn, tokensOut } = trial.usage
  return { ok: trial.ok, ...(trial.ok ? {} : { fault: trial.fault, message: trial.message }), took_ms: Math.round(tookMs), calls, tokens_in: tokensIn, tokens_out: tokensOut }
}

/** An address of the environment may hold a password. */
function withoutSecrets(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`.replace(/\/+$/, '')
}
