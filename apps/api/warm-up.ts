import type { UserStore } from '#episodic-memory'
import { userOf } from '#kernel'
import type { RecallService } from '#recall'

/** Of everyday matters: their words are frequent, so that what everybody's questions touch is touched. */
const QUESTIONS = [
  'What did Anna say about the harbour?', 'When did we last talk about work?', 'Who came to the birthday party?', 'Where does my sister live now?',
  'What do I like to eat in the evening?', 'How did the appointment with the doctor go?', 'Which book did they recommend last week?', 'Why was the trip postponed?',
  'What is the name of the new neighbour?', 'How many people were at the meeting on Friday?', 'What did I promise my mother?', 'When is the next concert?',
]

/**
 * Asks a few questions of the user who has most, in the background and one after the other: the first questions after a start load the
 * model, plan a large statement, read pages from disk and run code that is not compiled to its end yet (embedded at 10,000 traces the first
 * takes 340 ms, and the first hundreds a third longer than later ones). Nothing is reinforced, and nobody waits for it.
 * @param stopped whether to leave off
 */
export async function warmUp(recall: RecallService, users: UserStore, stopped: () => boolean): Promise<void> {
  try {
    const user = await users.busiest() ?? userOf('nobody, before the first question')
    for (const query of QUESTIONS) {
      if (stopped()) return
      await recall.recall({ user, query, k: 10, filter: {}, threshold: 0, hops: 1, explain: false, includeSuperseded: false, reinforce: false })
    }
  } catch {
    // What is wrong will be said to the first who asks.
  }
}
