import { Injectable } from '@nestjs/common'
import type { User } from '#kernel'
import { tokensOf } from '#recall'
import { fenced } from './fence'
import { Learnt, saying } from './learnt'
import { Recaller } from './recaller'
import { userFrom } from './wire/aliases'
import type { RecallAnswerDto } from './wire/answers'
import type { ContextAnswerDto, ContextDto } from './wire/context.dto'
import { DEFAULTS, type FragmentAnswer, presentFragment, TIERS } from './wire/fragments.dto'

const PAGE = 200
const BETWEEN = '\n\n'

/** Puts a prompt together: the fragments that say how to behave, and what is remembered about a question, as data. */
@Injectable()
export class Prompter {
  constructor(private readonly recaller: Recaller, private readonly learnt: Learnt) {}

  async context({ context_tier: tier = DEFAULTS.context_tier, agent_type: agent, ...asked }: ContextDto, query: { user_id?: string }): Promise<ContextAnswerDto> {
    const budget = asked.max_tokens ?? Infinity
    const { results, degraded } = await this.recaller.recall(asked, query, true)
    const fragments: FragmentAnswer[] = []
    for (const one of await this.fragments(userFrom(query, asked), tier, agent)) {
      if (tokensOf(promptOf([...fragments, one], [])) <= budget) fragments.push(one)
    }
    const memories: RecallAnswerDto['results'] = []
    for (const one of results) {
      if (tokensOf(promptOf(fragments, [...memories, one])) <= budget) memories.push(one)
    }
    const prompt = promptOf(fragments, memories)
    return { prompt, memories: memories.map(({ id }) => id), fragments: fragments.map(({ id }) => id), tokens: tokensOf(prompt), degraded }
  }

  /** The active ones of this tier and smaller ones, for all agents and for this one; the most important first, then the oldest. */
  private async fragments(user: User, tier: (typeof TIERS)[number], agent: string | undefined): Promise<FragmentAnswer[]> {
    const found: FragmentAnswer[] = []
    let cursor: string | undefined
    do {
      const { results, nextCursor } = await this.learnt.list(user, 'procedure', { cursor, limit: PAGE }, { expression: saying('active', true, DEFAULTS.active) })
      found.push(...results.map(({ trace }) => presentFragment(trace)))
      cursor = nextCursor ?? undefined
    } while (cursor !== undefined)
    return found.filter((one) => TIERS.indexOf(one.context_tier) <= TIERS.indexOf(tier) && (one.agent_type === null || one.agent_type === agent))
      .sort((a, b) => b.priority - a.priority || a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id))
  }
}

function promptOf(fragments: readonly FragmentAnswer[], memories: RecallAnswerDto['results']): string {
  const data = memories.map(({ content, speaker, role, kind, occurred_at }) => ({ content, speaker: speaker ?? undefined, role, kind, occurred_at }))
  return [...fragments.map(({ content }) => content), ...(data.length > 0 ? [fenced(data)] : [])].join(BETWEEN)
}
