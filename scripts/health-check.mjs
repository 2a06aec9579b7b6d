// For containers, whose image has no curl: exits with 0 when an address answers well, else says why and exits with 1. Without an address it
// asks the api of this machine whether it is ready.
const url = process.argv[2] ?? `http://127.0.0.1:${process.env.PORT || 3000}/health/ready`
const PROBE_MS = 5_000

try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS) })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
} catch (error) {
  console.error(`${url}: ${error.cause?.message ?? error.message}`)
  process.exitCode = 1
}
