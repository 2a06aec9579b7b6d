/**
 * Every constant of the ranking in one table, with where its value comes from. "dev" is the development split of LoCoMo (582
 * questions), BEAM-100K (119 factual probes) and MADial (80 dialogues), tuned by hand to round numbers that hold on all three;
 * what each is worth there: docs/retrieval.md.
 */
export const WEIGHTS = {
  /** Per point of BM25F: a good match has 6 to 15 points. dev: 1/4 to 1/3 is a plateau. */
  lexical: 1 / 3,
  /** Per unit of cosine, best piece of the content. dev: .3 over a standard deviation of .1 that USE-lite's cosines have. */
  semantic: 3,
  /** Per unit of cosine of the scene. dev: twice as good as the content's on conversations. */
  situation: 5,
  /** Per unit of cosine of the names; only when the entity head is asked for: by default it costs (dev: −.9 / −2.9 / −4.5 R@10). */
  entity: 3,
  /** The question names who said it; what a dream made nobody said. dev: +4.3 R@10 on LoCoMo, nothing elsewhere. At 4 a question that names the wrong person finds less. */
  speaker: 2.5,
  /** A person's own words before an assistant's, and a dream's. dev: +2.9 R@10 on BEAM. */
  own: 1,
  /** A statement before a short question. dev: +1.3 R@10 on LoCoMo, −.6 on BEAM; LoCoMo alone would take 1.5. */
  statement: 1,
  /** It tells of a time, a number or a place, and that is what the question asks for. dev: +.9 R@10, +1.7 nDCG on LoCoMo, nothing elsewhere. */
  answers: 2,
  /** It happened when the question says; fades outside. dev: of the 71 LoCoMo questions that name a time R@10 95 to 97, nDCG 78 to 83. */
  time: 2.5,
  /** Per unit of salience: weaker than recency between what matters much and little, for a question that holds nothing else. dev: +.2 R@10 at .5, +.5 at 1 on LoCoMo. */
  salience: 0.5,
  /** At its newest; halves in RECENCY_HALF_LIFE_DAYS. A tie-break: the conversations of dev are all long past. */
  recency: 0.4,
  /** Per unit of retrievability of what was recalled before. A tie-break. */
  strength: 0.2,
  /** Per unit of weight in working memory. A tie-break: at .3 what was just imported cost 1 point on MADial. */
  focus: 0.1,
  /** Per unit of activation that reached it over edges. At .5 it cost 2 points on MADial and brought none on LoCoMo. */
  graph: 0.2,
} as const

/** Spread of BM25F's saturation; .8 to 2 are alike on dev. */
export const K1 = 1.2
/** How much a long text is held against itself. */
export const B = 0.6
/** Words of an average message: fixed, for with a user's own average long chats lost 5 points on dev. */
export const AVERAGE_WORDS = 40
/** What the words of a turn count for the turns one, two and three places away. */
export const NEIGHBOURS = [0.5, 0.3, 0.2] as const

export const RECENCY_HALF_LIFE_DAYS = 30
/** Outside of a period that the question names its weight falls to 1/e in so many days, and this share of its length; dev: 1 to 7 days are alike. */
export const PERIOD_FADES_DAYS = 3
export const PERIOD_FADES_SHARE = 0.1
/** Raw scores are squashed by 1 − exp(−raw / SCALE) into 0..1; a clear answer comes out near .8. */
export const SCALE = 6
/** What a repetition of a better result keeps of its score: less than anything that says something else has by its worth alone. */
export const REPEATED = 0.1
/**
 * Activation left after one hop over an edge of weight 1, by type (spreading activation, Collins & Loftus 1975): the more surely the two ends
 * are about one matter, the more. What a person connected comes first, what merely shares a day last.
 */
export const DAMPING: Readonly<Record<string, number>> = {
  related: 0.7, similar: 0.6, causes: 0.6, supersedes: 0.5, derived_from: 0.5, next: 0.5, mentions: 0.5, same_topic: 0.4, participant: 0.3, member_of: 0.3, same_day: 0.2,
}
export const DAMPING_OTHERWISE = 0.3
