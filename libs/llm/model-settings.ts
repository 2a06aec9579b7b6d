import { baseUrlOf, OPENAI_URL } from '#openai'
import type { OpenAiChatModelOptions } from './openai.chat-model'

/** A language model as the environment has it: `model` undefined where it names none. */
export interface ModelDefaults extends Omit<OpenAiChatModelOptions, 'model' | 'maxRetries'> {
  readonly model?: string
  /** Hosts that a base URL may be set to, as for `baseUrlFault`. */
  readonly allowedHosts: readonly string[]
}

/** What an administrator has set instead; what is not there is as the environment says. */
export type OwnSettings = Partial<Pick<ModelDefaults, 'model' | 'baseUrl' | 'apiKey' | 'timeoutMs' | 'maxTokens' | 'callsPerRun' | 'tokensPerRun'>>

/** A change of them: null goes back to the environment, what is not there stays. */
export type SettingsPatch = { readonly [K in keyof OwnSettings]: OwnSettings[K] | null }

/** What is in force. */
export type ModelInForce = Omit<ModelDefaults, 'allowedHosts' | 'baseUrl'> & { readonly baseUrl: string }

/** The environment's model with what was set instead. The environment's key goes to the environment's endpoint only. Pure. */
export function inForce({ allowedHosts: _, ...defaults }: ModelDefaults, own: OwnSettings): ModelInForce {
  const theirs = baseUrlOf(defaults.baseUrl ?? OPENAI_URL)
  const baseUrl = own.baseUrl ?? theirs
  return { ...defaults, ...own, baseUrl, apiKey: own.apiKey ?? (baseUrl === theirs ? defaults.apiKey : undefined) }
}

/** A key that was set belongs to the endpoint that it was set for: it goes when that becomes another, unless a new one comes with it. Pure. */
export function changed(defaults: ModelDefaults, own: OwnSettings, patch: SettingsPatch): OwnSettings {
  const said = Object.entries(patch).filter(([, value]) => value !== undefined)
  const next = Object.fromEntries([...Object.entries(own), ...said].filter(([name]) => patch[name as keyof OwnSettings] !== null)) as OwnSettings
  if (patch.apiKey || inForce(defaults, own).baseUrl === inForce(defaults, next).baseUrl) return next
  const { apiKey: _, ...rest } = next
  return rest
}
