const UTF8 = new TextDecoder('utf-8', { fatal: true })
const NEWLINE = 0x0a

/** Longest line in bytes: as a request's body. A trace's content has at most 512 KiB, of which JSON may make six times as much. */
export const LONGEST_LINE = 16 * 1024 * 1024

/** A line that is not blank, counted from 1, or what is wrong with it as such. */
export type RawLine = { readonly number: number } & ({ readonly text: string } | { readonly fault: string })

/** Splits bytes into lines, of which it keeps one at a time. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<RawLine> {
  let number = 0
  let parts: Uint8Array[] = []
  let length = 0
  const take = (part: Uint8Array): void => {
    length += part.length
    // What is too long is counted on and let go.
    if (length > LONGEST_LINE) parts = []
    else if (part.length > 0) parts.push(part)
  }
  const end = (): RawLine | undefined => {
    const line = read(++number, parts, length)
    parts = []
    length = 0
    return line
  }
  for await (const chunk of bytes) {
    let from = 0
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      take(chunk.subarray(from, at))
      from = at + 1
      const line = end()
      if (line) yield line
    }
    take(chunk.subarray(from))
  }
  const last = end()
  if (last) yield last
}

function read(number: number, parts: readonly Uint8Array[], length: number): RawLine | undefined {
  if (length > LONGEST_LINE) return { number, fault: 'is longer than 16 MiB' }
  try {
    const text = UTF8.decode(Buffer.concat(parts))
    return text.trim() === '' ? undefined : { number, text }
  } catch {
    return { number, fault: 'is not valid UTF-8' }
  }
}
