import { Injectable } from '@nestjs/common'
import { EdgeReader } from '#graph-memory'
import { words } from '#language'
import type { DayTrace, Dream, PhasePlan } from '../phase'
import { DreamPhase } from '../phase'
import { type Cited, DayReader } from '../reading/reader'
import { mapInTurns } from '../turns'
import { Vocabulary } from '../vocabulary'
import { type Cluster, clustersIn, type Neighbourhood, type Node } from './clusters'
import { type Before, planClusters } from './clusters.plan'
import type { Tie } from './communities'
import { type Known, KnowledgeStore } from './knowledge.store'
import { NeighbourhoodStore, type StoredCluster } from './neighbourhood.store'
import { type Noticed, notice } from './notice'
import { type Pattern, patternsIn } from './patterns'
import { identityOf, planPatterns } from './patterns.plan'
import type { Preference } from './preferences'
import { planPreferences } from './preferences.plan'
import { timesOf } from './rhythm'
import { statementsOf } from './statement'
import { actionsIn } from './actions'
import { type Matters, mattersOf } from './topics'
import { unwritten, writtenPatterns, writtenPreferences } from './written'

interface Read {
  readonly statements: number
  readonly preferences: readonly Preference[]
  readonly patterns: readonly Pattern[]
  readonly known: readonly Known[]
  readonly clusters: readonly Cluster[]
  readonly before: Before
  /** What a model called some of the clusters, by their place. */
  readonly names: ReadonlyMap<number, Cited>
  /** What was asked of the model. */
  readonly asked: Readonly<Record<string, number>>
}

/** Traces of a day that are grouped, the most salient ones; doings looked up; words by which neighbours are found, the rarest ones. */
const MOST_NODES = 1_500
const MOST_DOINGS = 40
const MOST_WORDS = 200
/** Words in more of the user's traces than this share find too many neighbours. */
const COMMON = 0.05
/** Turns of one episode that follow each other: a weak tie. */
const NEXT = 0.05
/** Texts that a memory is thought to have beside those that it has. */
const OTHER_TEXTS = 20
/** Members of a cluster that a model is shown, to name it. */
const SHOWN = 12

/** Finds what many memories have in common: clusters of what is about the same, preferences, patterns. */
@Injectable()
export class GeneralisePhase extends DreamPhase<Read> {
  readonly name = 'generalise'

  constructor(
    private readonly knowledge: KnowledgeStore, private readonly near: NeighbourhoodStore, private readonly reader: DayReader, private readonly vocabulary: Vocabulary,
    private readonly edges: EdgeReader,
  ) {
    super()
  }

  async read(dream: Dream): Promise<Read> {
    const { user, now, traces } = dream
    const reading = await this.reader.read(dream)
    const noticed = await notice(traces)
    const [told, habits] = [writtenPreferences(reading), writtenPatterns(reading)]
    const preferences = [...told, ...unwritten(noticed.preferences, told)]
    const near = this.neighbourhood(dream)
    const patterns = this.patterns(dream, { ...noticed, decisions: unwritten(noticed.decisions, habits) })
      .then((found) => [...habits, ...found.filter((one) => !one.told || unwritten([one], habits).length > 0)])
    const [seen, { neighbourhood, stored }, ...known] = await Promise.all([
      patterns, near,
      this.knowledge.known(user, now, 'key', [...new Set(preferences.map((one) => one.key))]),
      patterns.then((all) => this.knowledge.known(user, now, 'identity', all.map((one) => identityOf(user.id, one)))),
    ])
    const clusters = clustersIn(neighbourhood)
    const before = { stored, sizes: await this.edges.countTo(user, clusters.flatMap((cluster) => cluster.is ?? []), 'member_of') }
    const names = await this.names(dream, clusters)
    return { statements: noticed.statements, preferences, patterns: seen, known: known.flat(), clusters, before, names, asked: reading?.budget.fresh() ?? {} }
  }

  plan(dream: Dream, { statements, preferences, patterns, known, clusters, before, names, asked }: Read): PhasePlan {
    const planned = [
      planPreferences(dream, preferences, known.filter((one) => one.kind === 'preference')),
      planPatterns(dream, patterns, known.filter((one) => one.kind === 'pattern')),
      planClusters(dream, clusters, before, names),
    ] as const
    const [liked, often, groups] = planned.map((changes) => changes.filter((c) => c.op === 'create' && 'trace' in c).length) as [number, number, number]
    return { changes: planned.flat(), counts: { statements, preferences: liked, patterns: often, clusters: groups, ...asked } }
  }

  /** Has a model name the new clusters, by what their members said on the day. */
  private async names(dream: Dream, clusters: readonly Cluster[]): Promise<Map<number, Cited>> {
    const said = new Map(dream.traces.map((trace) => [trace.id, trace]))
    const fresh = [...clusters.keys()].filter((i) => clusters[i]!.is === undefined)
    const named = await this.reader.name(dream, fresh.map((i) => ({
      topics: clusters[i]!.topics.map((topic) => topic.form),
      members: clusters[i]!.members.flatMap(({ id }) => said.get(id) ?? []).slice(0, SHOWN).map(({ id, content, speaker }) => ({ id, content, aside: speaker ?? '' })),
    })))
    return new Map([...named].map(([i, name]) => [fresh[i]!, name]))
  }

  private async patterns({ user, now, zone, traces }: Dream, { decisions, actions }: Noticed): Promise<Pattern[]> {
    const until = traces.at(-1)!.occurredAt
    const doings = [...new Map(actions.map((action) => [action.key, action.words])).values()].slice(0, MOST_DOINGS)
    const past = (await this.knowledge.tellings(user, now, until, doings)).flatMap(statementsOf).flatMap(actionsIn)
    const speakers = new Set(traces.flatMap((trace) => (trace.speaker ? [trace.speaker.toLowerCase()] : [])))
    const mentions = (await this.knowledge.mentions(user, now, until, traces.map((trace) => trace.id))).filter(({ name }) => !speakers.has(name.toLowerCase()))
    const usual = mentions.length + past.length > 0 ? await this.knowledge.hours(user, zone, until) : []
    return patternsIn({ decisions, actions, past, mentions, usual: timesOf(usual, zone), zone })
  }

  private async neighbourhood(dream: Dream): Promise<{ neighbourhood: Neighbourhood; stored: StoredCluster[] }> {
    const { user, now, traces, episodes, planned } = dream
    const day = traces.length <= MOST_NODES ? traces : [...traces].sort((a, b) => b.salience - a.salience).slice(0, MOST_NODES)
    const speakers = [...new Set(traces.flatMap((trace) => (trace.speaker ? words(trace.speaker) : [])))]
    const matters = await mapInTurns(day, (trace) => mattersOf(trace.content, speakers))
    const forms = new Map(matters.flatMap((one) => [...one]))
    const { texts, frequency } = await this.vocabulary.of(dream, [...forms.keys()])
    const rarity = (term: string): number => rarityOf(frequency.get(term) ?? 1, texts)
    const shared = (term: string): boolean => (frequency.get(term) ?? 0) > 1 && (frequency.get(term) ?? 0) <= Math.max(12, COMMON * texts)
    const telling = [...forms.keys()].filter(shared)
      .sort((a, b) => rarity(b) - rarity(a) || (a < b ? -1 : 1)).slice(0, MOST_WORDS)
    const neighbours = await this.near.neighbours(user, now, day.map((trace) => trace.id), telling)
    const ids = [...day.map((trace) => trace.id), ...neighbours.map((one) => one.id)]
    const [stored, ties] = await Promise.all([this.near.clusters(user, now, ids), this.near.ties(user, ids)])
    const memberships = new Map<string, string[]>()
    for (const { id, members } of stored) for (const member of members) memberships.set(member, [...memberships.get(member) ?? [], id])
    const node = (id: string, about: Matters, salience: number, at: Date): Node => ({ id, matters: about, salience, at, clusters: memberships.get(id) ?? [] })
    return {
      stored,
      neighbourhood: {
        rarity,
        nodes: [
          ...day.map((trace, i) => node(trace.id, matters[i]!, trace.salience, trace.occurredAt)),
          ...neighbours.map((one) => node(one.id, new Map(one.words.map((term) => [term, forms.get(term)!])), one.salience, one.occurredAt)),
        ],
        ties: [...ties, ...planned.edges('similar').map(({ src, dst, weight }) => ({ a: src, b: dst, weight })), ...episodes.flatMap(following)],
      },
    }
  }
}

/** As BM25 has it; a small memory is taken for a part of a larger one, so that what all of it is about counts. */
function rarityOf(df: number, texts: number): number {
  return Math.log(1 + Math.max(0, texts + OTHER_TEXTS - df + 0.5) / (df + 0.5))
}

function following(turns: readonly DayTrace[]): Tie[] {
  return turns.slice(1).map((turn, i) => ({ a: turns[i]!.id, b: turn.id, weight: NEXT }))
}
