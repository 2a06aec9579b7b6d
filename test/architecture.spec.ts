import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const ROOT = resolve(__dirname, '..')
const IMPORT = /(?:^|[;\s])(?:import|export)\s(?:[^'"]*?\sfrom\s)?\s*'([^']+)'|\b(?:import|require)\('([^']+)'\)/g

const walk = (dir: string): string[] => readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? (entry.name === 'node_modules' ? [] : walk(join(dir, entry.name))) : [join(dir, entry.name)])
const within = (...tops: string[]): string[] => tops.map((top) => join(ROOT, top)).filter((top) => existsSync(top)).flatMap(walk)
const shown = (file: string): string => relative(ROOT, file)
const importsOf = (file: string): string[] => [...readFileSync(file, 'utf8').matchAll(IMPORT)].map((match) => (match[1] ?? match[2])!)
const isTest = (file: string): boolean => /\.(spec|contract)\.ts$|\/testing\//.test(file)

const libs = readdirSync(join(ROOT, 'libs')).filter((name) => statSync(join(ROOT, 'libs', name)).isDirectory())
const sources = within('apps', 'libs', 'migrations').filter((file) => file.endsWith('.ts') && !isTest(file))

/** The table of ARCHITECTURE.md: what each lib may import of ours. */
function table(): Map<string, string[]> {
  const rows = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8').split('\n').filter((line) => line.startsWith('| libs/')).map((line) => line.split('|').map((cell) => cell.trim()))
  const allowed = new Map(rows.flatMap(([, folders, , may]) => folders!.replace('libs/', '').split(/,\s*/).map((lib) => [lib, may!] as const)))
  const stores = [...allowed.keys()].filter((lib) => lib.endsWith('-memory'))
  const platform = [...allowed].filter(([lib, may]) => !lib.endsWith('-memory') && lib !== 'config' && !may.startsWith('stores')).map(([lib]) => lib)
  return new Map([...allowed].map(([lib, may]) => [lib, may === 'nothing' ? [] : may.startsWith('stores') ? [...platform, ...stores] : may.split(/,\s*/)]))
}

/** The first circle found in a graph, as the way around it. */
function circle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>()
  const visit = (node: string, way: string[]): string[] => {
    if (way.includes(node)) return [...way.slice(way.indexOf(node)), node]
    if (done.has(node)) return []
    for (const next of graph.get(node) ?? []) {
      const found = visit(next, [...way, node])
      if (found.length > 0) return found
    }
    done.add(node)
    return []
  }
  return [...graph.keys()].map((node) => visit(node, [])).find((way) => way.length > 0) ?? []
}

/** The file that an import of ours means. */
function target(from: string, name: string): string | undefined {
  if (name.startsWith('#')) return join(ROOT, 'libs', name.slice(1), 'index.ts')
  if (!name.startsWith('.')) return undefined
  const base = resolve(dirname(from), name)
  return [`${base}.ts`, join(base, 'index.ts'), base].find((file) => existsSync(file) && statSync(file).isFile())
}

describe('the architecture', () => {
  it('gives every lib one door, its index.ts', () => {
    expect(libs.filter((lib) => !existsSync(join(ROOT, 'libs', lib, 'index.ts')))).toEqual([])
  })

  it('has a row for every lib in the table of ARCHITECTURE.md, and a lib for every row', () => {
    expect([...table().keys()].sort()).toEqual([...libs].sort())
  })

  it('lets each lib import only what the table says', () => {
    const allowed = table()
    const strangers = sources.filter((file) => shown(file).startsWith('libs/')).flatMap((file) => {
      const own = shown(file).split('/')[1]!
      const doors = importsOf(file).filter((name) => name.startsWith('#')).map((name) => name.slice(1))
      return doors.filter((lib) => lib !== own && !allowed.get(own)?.includes(lib)).map((lib) => `${shown(file)} imports #${lib}`)
    })
    expect(strangers).toEqual([])
  })

  it('has no circle among libs', () => {
    const graph = new Map(libs.map((lib) => [lib, within(`libs/${lib}`).filter((file) => file.endsWith('.ts') && !isTest(file)).flatMap(importsOf)
      .filter((name) => name.startsWith('#')).map((name) => name.slice(1).split('/')[0]!)]))
    expect(circle(graph)).toEqual([])
  })

  it('has no circle among files', () => {
    const graph = new Map(sources.map((file) => [shown(file), importsOf(file).map((name) => target(file, name)).filter((to) => to !== undefined).map(shown)]))
    expect(circle(graph)).toEqual([])
  })

  it('keeps every file under 300 lines', () => {
    const long = within('apps', 'libs', 'migrations', 'test', 'scripts', 'bench').filter((file) => /\.(ts|mjs|cjs)$/.test(file))
      .map((file) => [shown(file), readFileSync(file, 'utf8').split('\n').length - 1] as const).filter(([, lines]) => lines > 300)
    expect(long).toEqual([])
  })

  it('names no folder common, shared or core', () => {
    const folders = new Set(within('apps', 'libs', 'migrations', 'test').flatMap((file) => shown(dirname(file)).split('/')))
    expect([...folders].filter((name) => ['common', 'shared', 'core', 'utils', 'helpers'].includes(name))).toEqual([])
  })
})
