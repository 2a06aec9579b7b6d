/** Around a form that is one thing; plain characters have none of them. */
const [OPEN, CLOSE] = ['\u0001', '\u0002']
const MARKED = /\u0001([^\u0002]*)\u0002/

/** Sets a form apart, so that nothing reads it as words and numbers again. */
export function marked(form: string): string {
  return `${OPEN}${form}${CLOSE}`
}

/** What stands between marked forms, and these: at odd places. */
export function splitMarked(text: string): string[] {
  return text.split(MARKED)
}
