import { foldAccents } from './fold'

const list = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/).map(foldAccents))

/** Words that by themselves say nothing worth keeping, in eight languages. */
const FILLER = list(`
ok okay okey okie k kk oki yes yeah yea yep yup ya no nope nah sure fine right alright thanks thank thankyou thx thanx ty tysm
cheers lol rofl lmao omg wow oh ah aha oops uh um umm er erm eh huh hm hmm mm mhm mmhmm uhhuh hi hello hey heya hiya howdy yo
bye goodbye cya ttyl brb welcome please np nvm cool great nice awesome amazing perfect good excellent wonderful lovely sweet
fantastic brilliant indeed exactly absolutely definitely totally agreed congrats congratulations yay woohoo ugh phew gosh
sorry pardon nothing well so hallo moin servus tschuss danke dankeschon bitte ja jo jep nein nee genau klar gut super prima
toll naja achso stimmt entschuldigung salut bonjour bonsoir merci oui ouais non accord bien parfait genial voila pardon hola
gracias si vale claro bueno perfecto adios chao ola obrigado obrigada sim nao beleza otimo perfeito tchau valeu ciao salve
grazie prego certo bene benissimo perfetto arrivederci hoi doei dag bedankt dank dankjewel goed prima oke precies привет
здравствуйте спасибо пожалуйста да нет ага угу хорошо ок окей ладно понятно пока круто отлично конечно ясно понял поняла давай супер gern gerne
jawohl verstanden passt mhm coucou entendu compris entendido oi entendi tranquilo figurati capito ottimo top begrepen
ขอบคุณ ครับ ค่ะ คะ โอเค สวัสดี ใช่`)
/** Words that may stand beside them. */
const GLUE = list(`
you so very much a lot too then there all again everyone guys many really pretty and for that is the my friend dear indeed
vielen schon sehr dir ihnen mal beaucoup tres muchas mucho muito muita mille molto veel je wel большое очень тебе вам`)
const PHRASES = new Set([
  'got it', 'i see', 'i know', 'no problem', 'no worries', 'no prob', 'you re welcome', 'your welcome', 'youre welcome',
  'sounds good', 'sounds great', 'of course', 'how are you', 'how are you doing', 'what s up', 'whats up', 'see you',
  'see you later', 'see ya', 'see you soon', 'see you tomorrow', 'take care', 'good morning', 'good night', 'good evening',
  'good afternoon', 'talk soon', 'talk later', 'my pleasure', 'that s great', 'that s nice', 'that s cool', 'that s awesome',
  'that s amazing', 'makes sense', 'same here', 'me too', 'all good', 'never mind', 'not really', 'i guess', 'i agree',
  'go on', 'have a nice day', 'have a good day', 'have a great day', 'let me know', 'thanks for that', 'nice one',
  'guten morgen', 'guten tag', 'guten abend', 'gute nacht', 'alles klar', 'auf wiedersehen', 'bis bald', 'bis spater',
  'bis dann', 'kein problem', 'wie geht s', 'wie geht es dir', 'ca va', 'd accord', 'de rien', 's il te plait',
  's il vous plait', 'a bientot', 'bonne nuit', 'buenos dias', 'buenas noches', 'buenas tardes', 'de nada', 'que tal',
  'hasta luego', 'hasta manana', 'por favor', 'de acuerdo', 'bom dia', 'boa noite', 'boa tarde', 'tudo bem', 'com certeza',
  'ate logo', 'buongiorno', 'buonasera', 'buona notte', 'buona giornata', 'va bene', 'd accordo', 'di niente', 'come stai',
  'a presto', 'goedemorgen', 'goede morgen', 'goedenacht', 'dank je wel', 'dank je', 'tot ziens', 'graag gedaan',
  'geen probleem', 'alles gut', 'na gut', 'ach so', 'bis morgen', 'bis gleich', 'schonen tag', 'schones wochenende', 'freut mich', 'pas de souci', 'pas de probleme',
  'bonne journee', 'bonne soiree', 'a demain', 'ca marche', 'tres bien', 'no hay problema', 'no pasa nada', 'todo bien', 'muy bien', 'esta bien',
  'nos vemos', 'ate amanha', 'ate ja', 'ta bom', 'esta bem', 'muito bem', 'sem problema', 'tudo certo', 'a domani', 'nessun problema', 'tutto bene',
  'molto bene', 'buona serata', 'tot morgen', 'fijne dag', 'alles goed', 'heel goed', 'до завтра', 'все хорошо', 'очень хорошо', 'нет проблем',
  '谢谢你', '没问题', '明白', '明白了', '知道了', 'なるほど', 'そうですね', 'わかりました', '네네', '고마워요', '괜찮아요', 'ขอบคุณครับ', 'ขอบคุณค่ะ',
  'доброе утро', 'добрый день', 'добрый вечер', 'спокойной ночи', 'до свидания', 'как дела', 'не за что',
  '谢谢', '好', '好的', '你好', '嗯', '是的', '再见', '哈哈', 'はい', 'うん', 'ええ', 'ありがとう', 'ありがとうございます', 'こんにちは', 'おはよう', '了解', '네', '응',
  '감사합니다', '안녕하세요', '안녕',
])
const LAUGH = /^(?:(?:ha)+h?|(?:he)+h?|(?:hi){2,}|(?:ah){2,}a?|(?:lo)+l|(?:ja){2,}|(?:je){2,}|x+d+|k{2,}|w{2,}|(?:rs)+|(?:ха)+х?|h+m+|m+h?m*|a+w+|a+h+|o+h+|u+g?h+|z{2,})$/u
/** "Thanks, Ana!" */
const GREETS_NAME = /^(?:hi|hey|hello|hallo|hola|ola|olá|oi|salut|bonjour|ciao|hoi|thanks|thank you|thx|danke|merci|gracias|obrigad[oa]|grazie|bye|goodbye|welcome|good (?:morning|night))(?:, ?\p{Lu}\p{L}+[.!]*| \p{Lu}\p{L}+!+)$/iu
const LONGEST = 80

/**
 * Whether a message carries nothing to remember: an acknowledgement, a greeting, laughter, emoji, punctuation. Errs on
 * the side of keeping: one word of content, or a number, and it is not filler.
 */
export function isFiller(text: string): boolean {
  const trimmed = text.trim()
  if (trimmed.length > LONGEST) return !/[\p{L}\p{N}]/u.test(trimmed)
  // The `i` flag frees the greeting's case; the name's is asked for again.
  if (GREETS_NAME.test(trimmed) && /\p{Lu}\p{Ll}+[.!]*$/u.test(trimmed)) return true
  const lower = foldAccents(trimmed.normalize('NFKC').toLowerCase())
  return lower.split(/[.!?,;:…。！？、，\n]+/u).every(emptyClause)
}

function emptyClause(clause: string): boolean {
  const words = clause.replace(/(\p{L})\1{2,}/gu, '$1').match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? []
  if (words.length === 0 || PHRASES.has(words.join(' '))) return true
  if (words.length > 8) return false
  let said = false
  for (const word of words) {
    if (FILLER.has(word) || LAUGH.test(word)) said = true
    else if (!GLUE.has(word)) return false
  }
  return said
}
