import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Every file below a folder. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesOf(path) : entry.isFile() ? [path] : []
  })
}

/** What a file holds; nothing where it was removed since it was listed. */
function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}

/** Those of the words that stand in the bytes of some file below the folders, whatever the case of their ASCII letters. */
export function wordsOnDisk(folders: readonly string[], words: readonly string[]): string[] {
  const wanted = words.map((word) => [word, Buffer.from(word.toLowerCase(), 'utf8').toString('latin1')] as const)
  const found = new Set<string>()
  for (const path of folders.flatMap(filesOf)) {
    const text = bytesOf(path).toString('latin1').toLowerCase()
    for (const [word, bytes] of wanted) if (text.includes(bytes)) found.add(word)
  }
  return words.filter((word) => found.has(word))
}

/** Words of four letters and more. */
export function longWords(text: string): string[] {
  return [...new Set(text.match(/\p{L}{4,}/gu) ?? [])]
}
