/** Superscripts, fractions and the like, which NFKC would glue to their neighbours: 5² would become 52. */
const OTHER_NUMBERS = /(\p{No}+)/u
const ASCII = /^[\x00-\x7f]*$/

/** The text in NFKC, but for numbers that are no digits, which stay as they are. */
export function compatible(text: string): string {
  if (ASCII.test(text)) return text
  return text.split(OTHER_NUMBERS).map((part, i) => (i % 2 ? part : part.normalize('NFKC'))).join('')
}
