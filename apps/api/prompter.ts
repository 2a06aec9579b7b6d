import { Injectable } from '@nestjs/common'
import { TraceReader } from '#episodic-memory'
import type { User } from '#kernel'
import { tokensOf } from '#recall'
import { asData, fenced } from './fence'
import { saying } from './learnt'
import { Recaller } from './recaller'
import { userFrom } from './wire/aliases'
import type { RecallAnswerDto } from './wire/answers'
import type { ContextAnswerDto, ContextDto } from './wire/context.dto'
import { DEFAULTS, type FragmentAnswer, presentFragment, TIERS } from './wire/fragments.dto'

const PAGE = 200
const BETWEEN = '\n\n'
/** Characters of a fence around nothing. */
const EMPTY_FENCE = fenced([]).length

/** Puts a prompt together: the fragments that say how to behave, and what is remembered about a question, as data. */
@Injectable()
export class Prompter {
  constructor(private readonly recaller: Recaller, private readonly traces: TraceReader) {}

  async context({ context_tier: tier = DEFAULTS.context_tier, agent_type: agent, ...asked }: ContextDto, query: { user_id?: string }): Promise<ContextAnswerDto> {
    const { results, degraded } = await this.recaller.recall(asked, query, true)
    const budget = asked.max_tokens ?? Infinity
    let length = 0
    const takes = (more: number): boolean => {
      const fits = tokensOf(length + more) <= budget
      if (fits) length += more
      return fits
    }
    const gap = (): number => (length === 0 ? 0 : BETWEEN.length)
    const fragments = (await this.fragments(userFrom(query, asked), tier, agent)).filter(({ content }) => takes(gap() + content.length))
    const memories: { id: string; data: object }[] = []
    for (const memory of results) {
      const data = shown(memory)
      // The first one brings the fence.
      const fence = memories.length === 0 ? gap() + EMPTY_FENCE : 0
      if (takes(fence + 1 + asData(data).length)) memories.push({ id: memory.id, data })
    }
    const prompt = [...fragments.map(({ content }) => content), ...(memories.length > 0 ? [fenced(memories.map(({ data }) => data))] : [])].join(BETWEEN)
    return { prompt, memories: memories.map(({ id }) => id), fragments: fragments.map(({ id }) => id), tokens: tokensOf(prompt.length), degraded }
  }

  /** The active ones of this tier and smaller ones, for all agents and for this one; the most important first, then the oldest. */
  private async fragments(user: User, tier: (typeof TIERS)[number], agent: string | undefined): Promise<FragmentAnswer[]> {
    const filter = { kind: ['procedure' as const], expression: saying('active', true, DEFAULTS.active) }
    const found: FragmentAnswer[] = []
    let cursor: string | undefined
    do {
      const { traces, nextCursor } = await this.traces.list(user, filter, { cursor, limit: PAGE })
      found.push(...traces.map(presentFragment))
      cursor = nextCursor ?? undefined
    } while (cursor !== undefined)
    return found.filter((one) => TIERS.indexOf(one.context_tier) <= TIERS.indexOf(tier) && (one.agent_type === null || one.agent_type === agent))
      .sort((a, b) => b.priority - a.priority || a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id))
  }
}

function shown({ content, speaker, role, kind, occurred_at }: RecallAnswerDto['results'][number]): object {
  return { content, speaker: speaker ?? undefined, role, kind, occurred_at }
}
