import type { Sql } from '#database'
import { type Clock, invalid, type Secrets } from '#kernel'
import { baseUrlFault, baseUrlOf } from '#openai'
import { z } from 'zod'
import { ModelFailure, type ModelFault, type Usage } from './chat-model'
import { changed, inForce, type ModelDefaults, type ModelInForce, type OwnSettings, type SettingsPatch } from './model-settings'
import { OpenAiChatModel } from './openai.chat-model'

const NAME = 'ai'
const PURPOSE = 'key of the language model'
/** A trial is waited for by somebody. */
const TRIAL_MS = 20_000

/** As the store keeps them: the key sealed, and bound to the endpoint that it is for. */
type Stored = Omit<OwnSettings, 'apiKey'> & { readonly sealedKey?: string }

export interface AiSettingsView {
  readonly model: ModelInForce
  /** Which of them were set here rather than by the environment. */
  readonly own: readonly (keyof OwnSettings)[]
}

/** Whether the model answers what it is asked, and why not. */
export type Trial = { readonly usage: Usage } & ({ readonly ok: true } | { readonly ok: false; readonly fault: ModelFault; readonly message: string })

/** The language model's settings: those of the environment, and those that an administrator has set instead, which outlive a restart. */
export class AiSettings {
  constructor(private readonly sql: Sql, private readonly secrets: Secrets, private readonly clock: Clock, private readonly defaults: ModelDefaults) {}

  async view(): Promise<AiSettingsView> {
    return this.shown(await this.read())
  }

  /** @throws ReverieError invalid_request for a base URL that is not allowed */
  async change(patch: SettingsPatch): Promise<AiSettingsView> {
    const checked = this.checked(patch)
    return this.sql.transaction('maintenance', async () => {
      // Two changes at once both count: the second one waits for the row.
      await this.sql.run('maintenance', 'insert into setting (name, value, updated_at) values ($1, $2, $3) on conflict (name) do nothing', [NAME, '{}', this.clock.now()])
      const next = changed(this.defaults, await this.read('for update'), checked)
      const { apiKey, ...plain } = next
      const stored: Stored = apiKey === undefined ? plain : { ...plain, sealedKey: this.secrets.seal(PURPOSE, apiKey, this.endpointOf(plain)) }
      await this.sql.run('maintenance', 'update setting set value = $2, updated_at = $3 where name = $1', [NAME, JSON.stringify(stored), this.clock.now()])
      return this.shown(next)
    })
  }

  /** Asks the model for a word, with a change that is not kept. Never call inside a transaction. @throws ReverieError as `change` */
  async attempt(patch: SettingsPatch): Promise<Trial> {
    const { model, ...options } = inForce(this.defaults, changed(this.defaults, await this.read(), this.checked(patch)))
    if (!model) return { ok: false, fault: 'none', message: 'there is no language model', usage: { calls: 0, tokensIn: 0, tokensOut: 0 } }
    const chat = new OpenAiChatModel({ ...options, model, timeoutMs: Math.min(TRIAL_MS, options.timeoutMs), maxRetries: 0 })
    try {
      const { usage } = await chat.ask({ name: 'trial', instructions: 'Say that you are ready.', material: 'Are you?', shape: z.object({ ready: z.boolean() }) })
      return { ok: true, usage }
    } catch (error) {
      if (!(error instanceof ModelFailure)) throw error
      return { ok: false, fault: error.fault, message: error.message, usage: error.usage }
    } finally {
      await chat.close()
    }
  }

  private checked(patch: SettingsPatch): SettingsPatch {
    const { baseUrl } = patch
    if (!baseUrl) return patch
    // The environment's own endpoint is allowed by being named there.
    const known = URL.canParse(baseUrl) && baseUrlOf(baseUrl) === this.endpointOf({})
    const fault = known ? undefined : baseUrlFault(baseUrl, this.defaults.allowedHosts)
    if (fault) throw invalid('base_url', fault)
    return { ...patch, baseUrl: baseUrlOf(baseUrl) }
  }

  private async read(lock: '' | 'for update' = ''): Promise<OwnSettings> {
    const row = await this.sql.one<{ value: Stored }>('maintenance', `select value from setting where name = $1 ${lock}`, [NAME])
    if (!row) return {}
    const { sealedKey, ...plain } = row.value
    // What another secret sealed, or what was sealed for another endpoint, is no key.
    const apiKey = sealedKey && this.secrets.unseal(PURPOSE, sealedKey, this.endpointOf(plain))
    return apiKey ? { ...plain, apiKey } : plain
  }

  private endpointOf(own: OwnSettings): string {
    return inForce(this.defaults, own).baseUrl
  }

  private shown(own: OwnSettings): AiSettingsView {
    return { model: inForce(this.defaults, own), own: Object.keys(own).sort() as (keyof OwnSettings)[] }
  }
}
