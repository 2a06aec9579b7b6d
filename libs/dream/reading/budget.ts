import type { ModelTerms, Usage } from '#llm'

/** What a run has asked of the model, and whether it may ask again. Counts are as the diary shows them. */
export class Budget {
  private calls = 0
  private tokensIn = 0
  private tokensOut = 0
  private readonly others: Record<string, number> = {}
  private told: Readonly<Record<string, number>> = {}

  /** @param before what the phases of the run before this one have spent */
  constructor(private readonly terms: ModelTerms, private readonly before: { readonly calls: number; readonly tokens: number }) {}

  get isSpent(): boolean {
    return this.before.calls + this.calls >= this.terms.callsPerRun || this.before.tokens + this.tokensIn + this.tokensOut >= this.terms.tokensPerRun
  }

  spend({ calls, tokensIn, tokensOut }: Usage): void {
    this.calls += calls
    this.tokensIn += tokensIn
    this.tokensOut += tokensOut
  }

  count(what: string, n = 1): void {
    this.others[what] = (this.others[what] ?? 0) + n
  }

  /** What has come since the last time that was asked: one phase tells it. */
  fresh(): Record<string, number> {
    const now: Record<string, number> = { model_calls: this.calls, tokens_in: this.tokensIn, tokens_out: this.tokensOut, ...this.others }
    const news = Object.entries(now).map(([key, n]) => [key, n - (this.told[key] ?? 0)] as const).filter(([, n]) => n > 0)
    this.told = now
    return Object.fromEntries(news)
  }
}
