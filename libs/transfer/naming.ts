import { entityUuid, userUuid } from '#kernel'
import type { TraceLine } from './format'

/**
 * Ids that are made of the user and of what they name (entities, named collections, fragments that came with the product) are made anew when
 * the import is another user's; all others are kept, for keys begin with the user.
 */
export class Naming {
  private readonly source: string
  private readonly changed = new Map<string, string>()

  constructor(exportedFrom: string, private readonly target: string) {
    this.source = userUuid(exportedFrom)
  }

  /** The trace with the ids that it has here. */
  trace(trace: TraceLine): TraceLine {
    const key = this.keyOf(trace)
    if (key !== undefined && this.source !== this.target) this.changed.set(trace.id, entityUuid(this.target, key))
    const superseded = trace.superseded_by
    return { ...trace, id: this.of(trace.id), superseded_by: superseded === null ? null : this.of(superseded) }
  }

  /** The id here of one whose trace was seen. */
  of(id: string): string {
    return this.changed.get(id) ?? id
  }

  /** Whether a trace, as it came, stands for a name and nothing else: one that is there already is the same, whenever it was made. */
  isName(trace: TraceLine): boolean {
    return (trace.kind === 'entity' || (trace.kind === 'collection' && this.source !== this.target)) && this.keyOf(trace) !== undefined
  }

  /** What its id is made of, if that is so. */
  private keyOf({ id, kind, content, metadata }: TraceLine): string | undefined {
    const keys = [metadata.key, ...(kind === 'collection' ? [`collection:${content}`] : [])]
    return keys.find((key): key is string => typeof key === 'string' && entityUuid(this.source, key) === id)
  }
}
