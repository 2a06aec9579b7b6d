/** The query of a URL, from `?` on; empty without any field. Those that are undefined are left out. */
export function queryOf(fields: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined)).toString()
  return query === '' ? '' : `?${query}`
}
