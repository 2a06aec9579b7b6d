import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { type ChatAnswer, ChatModel, type ChatRequest, ModelFailure, type ModelTerms } from '#llm'
import type { Dream } from '../phase'
import { Budget } from './budget'
import { checked, type CitedSource, type Claimed } from './cited'
import { fence, fenced, type Material, materials } from './material'
import { DAY, type DayNotes, NAMES } from './questions'

/** Lines of a day's summary, and fewest of one question. */
const MOST_LINES = 12
const FEWEST_LINES = 2

/** What a model noted of some turns; each note cites sources that there are, and names nothing else. */
export interface Notes {
  readonly material: Material
  readonly summary: readonly Cited[]
  readonly preferences: readonly (Cited & Pick<DayNotes['preferences'][number], 'holder' | 'matter' | 'stance'>)[]
  readonly patterns: readonly (Cited & Pick<DayNotes['patterns'][number], 'kind' | 'about'>)[]
}

/** A sentence, with the ids of the traces that it is from. */
export interface Cited {
  readonly text: string
  readonly sources: readonly string[]
}

/** A day as a model has read it. */
export interface Reading {
  /** By question; undefined where there is none, and the turns are there for other means. */
  readonly parts: readonly { readonly material: Material; readonly notes: Notes | undefined }[]
  readonly budget: Budget
}

/**
 * Has the language model read days, once for all phases, within the limits of a run. A model that fails, refuses, or answers nonsense is no reason
 * to fail: what it would have said is then not there, and the counts say why.
 */
@Injectable()
export class DayReader {
  /** By the turns of a day, for as long as somebody dreams of them. */
  private readonly readings = new WeakMap<Dream['traces'], Promise<Reading>>()

  constructor(private readonly model: ChatModel, private readonly sql: Sql) {}

  /** Undefined without a model. */
  async read(dream: Dream): Promise<Reading | undefined> {
    const known = this.readings.get(dream.traces)
    const terms = known ? undefined : await this.model.terms()
    const reading = known ?? (terms && this.readNow(dream, terms))
    if (!reading) return undefined
    this.readings.set(dream.traces, reading)
    return reading
  }

  /** A name for each group that the model names well, by its place in the list. @param groups some of what their members say */
  async name(dream: Dream, groups: readonly { readonly topics: readonly string[]; readonly members: readonly CitedSource[] }[]): Promise<Map<number, Cited>> {
    const reading = groups.length > 0 ? await this.read(dream) : undefined
    const names = new Map<number, Cited>()
    const lines = groups.map(({ topics, members }, i) => fenced({ number: i + 1, topics, memories: members.map((member) => member.content.slice(0, 200)) }))
    const answer = reading && await this.ask(reading.budget, { name: NAMES.name, instructions: NAMES.instructions, shape: NAMES.shape, material: fence(lines), signal: dream.signal })
    for (const { name, sources } of answer?.names ?? []) {
      const group = sources.length === 1 ? groups[sources[0]! - 1] : undefined
      const kept = this.keep(reading!.budget, { text: name, sources: group ? group.members.map((_, i) => i + 1) : sources }, group?.members ?? [])
      if (group && kept) names.set(sources[0]! - 1, kept)
    }
    return names
  }

  private async readNow(dream: Dream, terms: ModelTerms): Promise<Reading> {
    const spent = (name: string): number => dream.done.reduce((sum, phase) => sum + (phase.counts[name] ?? 0), 0)
    const budget = new Budget(terms, { calls: spent('model_calls'), tokens: spent('tokens_in') + spent('tokens_out') })
    const all = materials(dream.episodes, dream.zone)
    const lines = Math.max(FEWEST_LINES, Math.ceil(MOST_LINES / all.length))
    const parts: { material: Material; notes: Notes | undefined }[] = []
    for (const material of all) {
      const answer = await this.ask(budget, { name: DAY.name, instructions: DAY.instructions(lines), shape: DAY.shape, material: material.text, signal: dream.signal })
      parts.push({ material, notes: answer && this.notes(budget, material, answer) })
    }
    return { parts, budget }
  }

  private notes(budget: Budget, material: Material, answer: DayNotes): Notes {
    const kept = <T extends { sources: readonly number[] }, R>(items: readonly T[], text: (item: T) => string, made: (item: T, cited: Cited) => R): R[] =>
      items.flatMap((item) => {
        const cited = this.keep(budget, { text: text(item), sources: item.sources }, material.sources)
        return cited ? [made(item, cited)] : []
      })
    return {
      material,
      summary: kept(answer.summary, (item) => item.sentence, (_, cited) => cited),
      preferences: kept(answer.preferences, (item) => item.sentence, ({ holder, matter, stance }, cited) => ({ ...cited, holder, matter, stance })),
      patterns: kept(answer.patterns, (item) => item.sentence, ({ kind, about }, cited) => ({ ...cited, kind, about })),
    }
  }

  private keep(budget: Budget, claimed: Claimed, sources: readonly CitedSource[]): Cited | undefined {
    const result = checked(claimed, sources)
    if (!('drop' in result)) return result
    budget.count(`dropped_${result.drop}`)
    return undefined
  }

  /** Undefined when there is no answer, or none may be asked for any more. */
  private async ask<T>(budget: Budget, request: ChatRequest<T>): Promise<T | undefined> {
    // A store with one session would have everybody wait for the model.
    if (this.sql.inTransaction) throw new Error('a language model was asked inside a transaction')
    if (budget.isSpent) {
      budget.count('capped')
      return undefined
    }
    try {
      const answer: ChatAnswer<T> = await this.model.ask(request)
      budget.spend(answer.usage)
      return answer.value
    } catch (error) {
      request.signal?.throwIfAborted()
      if (!(error instanceof ModelFailure)) throw error
      budget.spend(error.usage)
      budget.count(`failed_${error.fault}`)
      return undefined
    }
  }
}
