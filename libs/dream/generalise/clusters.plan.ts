import { contentWords } from '#language'
import type { Change } from '../change'
import type { Dream } from '../phase'
import type { Cited } from '../reading/reader'
import type { Cluster, Node } from './clusters'
import { gist } from './gist'
import type { StoredCluster } from './neighbourhood.store'

/** A name's topics. */
const NAMING = 3

/** What there is before. */
export interface Before {
  readonly stored: readonly StoredCluster[]
  /** Members of those that are found again, by id. */
  readonly sizes: ReadonlyMap<string, number>
}

/** New clusters, and what joins those that there are. Pure. @param names what a model called some of them, by their place */
export function planClusters(dream: Dream, found: readonly Cluster[], { stored, sizes }: Before, names: ReadonlyMap<number, Cited>): Change[] {
  const byId = new Map(stored.map((one) => [one.id, one]))
  return found.flatMap((cluster, i) => (cluster.is ? joined(cluster, byId.get(cluster.is)!, sizes.get(cluster.is) ?? 0) : made(dream, cluster, names.get(i))))
}

function made(dream: Dream, { members, topics, confidence }: Cluster, name: Cited | undefined): Change[] {
  const ids = members.map((member) => member.id)
  const forms = topics.map((topic) => topic.form)
  const id = dream.id(`cluster:${ids.join(' ')}`)
  return [
    {
      op: 'create', trace: {
        id, kind: 'collection', ...gist(dream, ids), sources: ids, confidence, occurredAt: latest(members),
        // Its name, then its topics one a line: forgetting takes out the lines whose words nobody says any more.
        content: [name?.text ?? forms.slice(0, NAMING).join(', '), ...forms].join('\n'),
        metadata: {
          origin: 'dream', collection_type: 'cluster', importance: importanceOf(members.length, members),
          ...(name ? { sentences: [[...name.sources], ...forms.map(() => [])] } : {}),
        },
      },
    },
    ...ids.map((src) => memberOf(src, id)),
  ]
}

function joined({ members, confidence }: Cluster, stored: StoredCluster, size: number): Change[] {
  // What has joined the talk about it joins the cluster only with a word of its own topics.
  const topics = stored.content.split('\n').slice(1).flatMap(contentWords)
  const more = members.filter(({ id, matters }) => !stored.members.includes(id) && topics.some((term) => matters.has(term))).map((member) => member.id)
  // What a caller has amended is the caller's.
  if (more.length === 0 || stored.metadata.origin !== 'dream') return []
  const importance = importanceOf(size + more.length, members)
  return [
    ...more.flatMap((src) => [memberOf(src, stored.id), { op: 'create' as const, edge: { src: stored.id, dst: src, type: 'derived_from', weight: 1 } }]),
    {
      op: 'update', trace: stored.id, before: { confidence: stored.confidence, metadata: stored.metadata },
      after: { confidence, metadata: { ...stored.metadata, importance } },
    },
  ]
}

function memberOf(src: string, dst: string): Change {
  return { op: 'create', edge: { src, dst, type: 'member_of', weight: 1 } }
}

function latest(members: readonly Node[]): Date {
  return new Date(Math.max(...members.map((member) => member.at.getTime())))
}

/** 0..1: half by how salient its members are, half by how many there are (100 are as important as it gets). */
function importanceOf(size: number, members: readonly Node[]): number {
  const mean = members.reduce((sum, member) => sum + member.salience, 0) / members.length
  return Math.round((mean / 2 + Math.min(1, Math.log10(size) / 2) / 2) * 100) / 100
}
