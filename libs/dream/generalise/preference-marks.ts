/** What somebody thinks of a matter: "loves" is of the same mind as "likes". */
export type Mind = 'for' | 'against' | 'always' | 'never' | 'is' | 'asks'

/** How a preference shows in a sentence: the text after the match says what it is about. */
export interface Mark {
  readonly pattern: RegExp
  /** How it is told of somebody else: "loves". */
  readonly told: string
  readonly mind: Mind
  /** How sure one statement makes it, 0..1. */
  readonly sure: number
}

/** Where a clause of a person about themselves may begin. */
const BEGIN = String.raw`(?:^|[,;—–:] |\b(?:and|but|because|cause|since|so|honestly|personally|yeah|yes|well|actually) )`
const ADVERBS = String.raw`(?:(?:really|just|still|also|always|truly|absolutely|definitely|totally|genuinely|do|personally|usually|much|so|simply|particularly|especially|quite) )*`

/** Of the past only what has always been: "I loved the concert" is no taste. */
const mine = (verb: string, told: string, mind: Mind, sure: number, always?: string): Mark =>
  ({ pattern: new RegExp(`${BEGIN}(?:I ${ADVERBS}(?:${verb})${always ? `|I(?:'ve| have) always (?:${always})` : ''}) `, 'iu'), told, mind, sure })
const iAm = (words: string, told: string, mind: Mind, sure: number): Mark =>
  ({ pattern: new RegExp(`${BEGIN}(?:I'm|I am|I've been|I have been) ${ADVERBS}(?:${words}) `, 'iu'), told, mind, sure })
const mark = (pattern: RegExp, told: string, mind: Mind, sure: number): Mark => ({ pattern, told, mind, sure })

/** English marks, the more telling one first. */
export const ENGLISH: readonly Mark[] = [
  mine('prefer', 'prefers', 'for', 0.7, 'preferred'),
  mine('adore', 'adores', 'for', 0.7, 'adored'),
  mine('love', 'loves', 'for', 0.7, 'loved'),
  mine('enjoy', 'enjoys', 'for', 0.6, 'enjoyed'),
  mine('like', 'likes', 'for', 0.55, 'liked'),
  mine('hate', 'hates', 'against', 0.7, 'hated'),
  mine("can't stand|cannot stand|can not stand|can't bear|detest|despise", "can't stand", 'against', 0.7),
  mine("dislike|don't like|do not like|don't enjoy|do not enjoy|don't care for|never liked", "doesn't like", 'against', 0.6),
  mine("don't eat|do not eat|can't eat|cannot eat|avoid eating", "doesn't eat", 'never', 0.75),
  mine("don't drink|do not drink|can't drink|cannot drink", "doesn't drink", 'never', 0.75),
  iAm('allergic to', 'is allergic to', 'never', 0.9),
  iAm('intolerant to', 'is intolerant to', 'never', 0.9),
  iAm('(?:a )?(?:huge |big |massive |great )?fan of', 'is a fan of', 'for', 0.65),
  iAm('obsessed with|crazy about|keen on|fond of|passionate about', 'is fond of', 'for', 0.65),
  iAm('into', 'is into', 'for', 0.55),
  iAm('scared of|afraid of|terrified of', 'is afraid of', 'against', 0.6),
]

/** What a person always or never does, when it is a matter of taste: "I always take my coffee black". */
export const HABIT = new RegExp(
  `${BEGIN}I (always|never) ((?:take|drink|eat|order|use|wear|buy|pick|choose|sleep|get up|wake up|travel|fly|drive|walk|cycle|read|write|listen|watch|cook|work|pay`
  + '|book|ask for|go for|sit)) ', 'iu')

/** "My favourite colour is blue", "Blue is my favourite colour". */
export const FAVOURITE = /\bmy (?:all-time |absolute |personal |new )?favou?rite ([\p{L} -]{2,30}?) (?:is|are|has always been|was always) (?!not |to |when )/iu
export const FAVOURITE_LAST = /^([\p{L}\p{N}' -]{2,60}?) (?:is|are) my (?:all-time |absolute |personal )?favou?rites?(?: ([\p{L}-]{3,20}))?(?=$|[.,!;])/iu

/** Who somebody is at table and at the desk. */
export const CONSTITUTION = new RegExp(
  `${BEGIN}(?:I'm|I am|I've been) ${ADVERBS}(?:an? )?(vegan|vegetarian|pescatarian|lactose[- ]intolerant|gluten[- ]free|coeliac|celiac|diabetic|teetotal|left-handed`
  + '|colou?r[- ]blind|early bird|night owl|morning person)(?=$|[\\s.,!;])', 'iu')

/** What somebody asks of who talks with them, for good. */
export const STANDING = /^(?:please |from now on,? (?:please )?|in (?:the )?future,? (?:please )?)(?:could you )?((?:always|never|don't ever|do not ever) [^.!?]{6,120}|(?<=from now on,? (?:please )?)[^.!?]{6,120})/iu
export const CALL_ME = /^(?:(?:[Pp]lease|[Jj]ust|[Yy]ou can|[Ee]veryone|[Ee]verybody|(?:[Mm]y )?[Ff]riends|They all) )*(?:[Cc]alls? me) (\p{Lu}[\p{L}'-]{1,30})(?=$|[.,!;])/u

/** Marks of other languages, of which the sentence is quoted as it is. The text after the match is the matter. */
export const ELSEWHERE: readonly Mark[] = [
  mark(/(?:^|[,;] |\bund )ich (?:liebe|mag|bevorzuge|esse gern|trinke gern|esse am liebsten|trinke am liebsten) (?!es\b|das\b|dich\b|dass\b)/iu, 'likes', 'for', 0.6),
  mark(/(?:^|[,;] |\bund )ich (?:hasse|verabscheue|esse kein(?:e|en)?|trinke kein(?:e|en)?|vertrage kein(?:e|en)?) (?!es\b|das\b|dich\b)/iu, "doesn't like", 'against', 0.6),
  mark(/(?:^|[,;] |\bet )(?:j'adore|j'aime|je préfère) (?!ça\b|cela\b|bien que\b|quand\b)/iu, 'likes', 'for', 0.6),
  mark(/(?:^|[,;] |\bet )(?:je déteste|je n'aime pas|j'ai horreur de|je ne supporte pas) (?!ça\b|cela\b|quand\b)/iu, "doesn't like", 'against', 0.6),
  mark(/(?:^|[,;] |\by )(?:me encantan?|me gustan?|adoro|prefiero) (?!que\b|esto\b|eso\b|cuando\b)/iu, 'likes', 'for', 0.6),
  mark(/(?:^|[,;] |\by )(?:odio|detesto|no me gustan?|no soporto) (?!que\b|esto\b|eso\b|cuando\b)/iu, "doesn't like", 'against', 0.6),
  mark(/(?:^|[,;] |\be )(?:eu )?(?:adoro|amo|gosto de|prefiro) (?!isso\b|isto\b|quando\b|que\b)/iu, 'likes', 'for', 0.6),
  mark(/(?:^|[,;] |\be )(?:eu )?(?:não gosto de|detesto|odeio|não suporto) (?!isso\b|isto\b|quando\b|que\b)/iu, "doesn't like", 'against', 0.6),
  mark(/(?:^|[,;] |\be )(?:mi piacciono|mi piace|preferisco) (?!questo\b|quando\b|che\b)/iu, 'likes', 'for', 0.6),
  mark(/(?:^|[,;] |\be )(?:non mi piacciono|non mi piace|non sopporto) (?!questo\b|quando\b|che\b)/iu, "doesn't like", 'against', 0.6),
  mark(/(?:^|[,;] |\ben )ik (?:hou van|ben dol op|eet graag|drink graag) (?!het\b|dat\b|je\b)/iu, 'likes', 'for', 0.6),
  mark(/(?:^|[,;] |\ben )ik (?:haat|hou niet van|heb een hekel aan) (?!het\b|dat\b|je\b)/iu, "doesn't like", 'against', 0.6),
  mark(/(?:^|[,;] )я (?:очень )?(?:люблю|обожаю|предпочитаю) (?!это|тебя|когда)/iu, 'likes', 'for', 0.6),
  mark(/(?:^|[,;] )я (?:ненавижу|не люблю|терпеть не могу) (?!это|когда)/iu, "doesn't like", 'against', 0.6),
]
