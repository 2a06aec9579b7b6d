import type { Api } from './api'

/** The day of which to dream, and when; and the day before, which is told and dreamt of first. */
export const FULL_DAY = '2025-05-08'
export const FULL_EVE = '2025-05-07'
export const NOW = '2025-05-12T12:00:00Z'
/** Long enough before NOW for a task to fade. */
const THEN = '2025-05-08T00:00:00Z'

const EVE = ['I live in Porto.', 'The kiln of the pottery in Ghent cooled overnight.', 'New glaze arrived for the pottery.', 'I hate grilled sardines.']
const TALK = [
  'The kiln of the pottery in Ghent cooled overnight.', 'The pottery fired its kiln twice, says Marta.', 'Glaze from the kiln dripped on the pottery floor.',
  'I moved to Lisbon with my sister Marta.', 'I love grilled sardines.', 'We decided to rent the flat in Graça.',
  'The landlord of the flat in Graça allows cats, so Nimbus can move in with me.', 'The shelter said that Nimbus is two years old. Nimbus hates thunder.',
]

/** Tells somebody's memory a day of which every phase of a dream makes something. */
export async function tellFullDay(api: Api, user: string, setClock: (at: string) => void): Promise<void> {
  const tell = (day: string, talk: readonly string[]): Promise<string[]> => api.remember({
    user_id: user, session_id: day, messages: talk.map((content, i) => ({ content, speaker: 'Ana', occurred_at: `${day}T${String(9 + i).padStart(2, '0')}:00:00Z` })),
  })
  setClock(THEN)
  await api.remember({ user_id: user, retention: 'task', content: 'buy some milk', importance: 0.45 })
  await tell(FULL_EVE, EVE)
  await api.post('/memory/consolidate', { user_id: user, day: FULL_EVE, wait: true })
  setClock(NOW)
  await tell(FULL_DAY, TALK)
}

/** What each phase of a dream makes of such a day is more than nothing. */
export const FULL_COUNTS = {
  replay: ['traces'], abstract: ['summaries'], link: ['facts', 'similar', 'participant'], generalise: ['preferences', 'patterns', 'clusters'], resolve: ['superseded', 'duplicates'],
  weigh: ['lowered'], prune: ['pruned'], diary: ['changes'],
}
