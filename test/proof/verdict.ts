import type { Api } from '../support/api'
import type { ListBody, Memory, RecallBody } from '../support/wire'
import type { Load } from './load'

const AT_ONCE = 8

export interface Findings {
  /** Acknowledged memories that are not there, or not as they were said. */
  readonly lost: readonly string[]
  /** Acknowledged memories that recall does not find. */
  readonly unfound: readonly string[]
  /** Forgotten memories that are there. */
  readonly risen: readonly string[]
  /** Memories that nobody was told of: a write that was done twice, or one that was refused and stored all the same. */
  readonly unknown: readonly string[]
  readonly daysLost: readonly string[]
  readonly daysTwice: readonly string[]
}

interface Dreams {
  readonly user: string
  readonly days: readonly string[]
  readonly runs: readonly { day: string; status: string }[]
}

/** Compares what was acknowledged with what every api answers: by id, by list and by recall. */
export async function check(apis: readonly Api[], load: Load, dreams: Dreams): Promise<Findings> {
  const api = (n: number): Api => apis[n % apis.length]!
  const kept = [...load.kept]
  const gone = [...load.gone]
  const lost = await those(kept, async ([id, { user, content }], n) => (await api(n).get<Memory>(`/memory/${id}`, { user_id: user })).body?.content !== content)
  const found = async ([id, { user, content }]: (typeof kept)[number], n: number): Promise<boolean> => {
    const { body } = await api(n).post<RecallBody>('/memory/recall', { user_id: user, q: content, k: 5, reinforce: false })
    return body.results.some((result) => result.id === id)
  }
  const unfound = await those(kept, async (entry, n) => !await found(entry, n))
  const risen = await those(gone, async (entry, n) => (await api(n).get(`/memory/${entry[0]}`, { user_id: entry[1].user })).status !== 404 || found(entry, n))
  const listed = (await Promise.all(load.users.map((user, n) => listOf(api(n), { user_id: user })))).flat()
  const summaries = await listOf(api(0), { user_id: dreams.user, kind: 'summary' })
  const completed = dreams.runs.filter((run) => run.status === 'completed').map((run) => run.day)
  const days = summaries.map((summary) => String(summary.metadata.day))
  const twice = (all: readonly string[]): string[] => all.filter((day, i) => all.indexOf(day) !== i)
  return {
    lost: lost.map(([id]) => id), unfound: unfound.map(([id]) => id), risen: risen.map(([id]) => id),
    unknown: listed.filter((memory) => memory.kind === 'episode' && !load.kept.has(memory.id)).map((memory) => memory.id),
    daysLost: dreams.days.filter((day) => !completed.includes(day) || !days.includes(day)), daysTwice: [...new Set([...twice(completed), ...twice(days)])],
  }
}

/** Those of which it is so, some asked of at once. */
async function those<T>(all: readonly T[], so: (one: T, n: number) => Promise<boolean>): Promise<T[]> {
  const left = [...all.entries()]
  const found: T[] = []
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let next = left.pop(); next; next = left.pop()) if (await so(next[1], next[0])) found.push(next[1])
  }))
  return found
}

async function listOf(api: Api, query: Record<string, string>): Promise<Memory[]> {
  const all: Memory[] = []
  let cursor: string | undefined
  do {
    const { body } = await api.get<ListBody>('/memory', { ...query, limit: 100, cursor })
    all.push(...body.results)
    cursor = body.next_cursor ?? undefined
  } while (cursor !== undefined)
  return all
}
