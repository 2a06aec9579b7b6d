import type { z } from 'zod'
import { AREAS } from './areas'
import { ABOUT, type About } from './setting'

const TITLES: Readonly<Record<keyof typeof AREAS, string>> = {
  http: 'Where requests come in',
  store: 'Where memories are kept',
  memory: 'How remembering and recalling behave',
  embedding: 'How texts become vectors',
  llm: 'The language model of the dream',
  security: 'Who may do what',
  mcp: 'How an agent is lent the memory (npm run mcp)',
  logging: 'What is written about what happens',
}

/** A setting as documents show it. */
export interface DocumentedSetting extends About {
  readonly area: keyof typeof AREAS
  /** As it would stand in the environment; undefined when there is none. */
  readonly default?: string
}

/** Every setting, in the order of its area. */
export function documentedSettings(): DocumentedSetting[] {
  return (Object.keys(AREAS) as (keyof typeof AREAS)[]).flatMap((area) =>
    Object.values(AREAS[area].shape as Record<string, z.ZodType>).map((schema) => ({ area, ...ABOUT.get(schema)!, default: defaultOf(schema) })))
}

/** The text of `.env.example`: every setting, commented out, with its default. */
export function envExample(): string {
  const lines = [
    '# Settings of Reverie. Copy to .env and uncomment what you change; the environment wins over the file.',
    '# Generated from libs/config by `npm run generate`.',
  ]
  let area = ''
  for (const setting of documentedSettings()) {
    if (setting.area !== area) lines.push('', `# --- ${TITLES[setting.area]} ---`)
    area = setting.area
    lines.push('', `# ${setting.description}${setting.secret ? ' (secret)' : ''}`, `# ${setting.env}=${setting.default ?? setting.example ?? ''}`)
  }
  return `${lines.join('\n')}\n`
}

/** The default as text: what an absent value reads as, unless that is a computed one. */
function defaultOf(schema: z.ZodType): string | undefined {
  const { data } = schema.safeParse(undefined)
  if (typeof data === 'boolean') return data ? 'on' : 'off'
  return typeof data === 'string' || typeof data === 'number' ? String(data) : undefined
}
