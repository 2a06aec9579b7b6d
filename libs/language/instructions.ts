import { latinLetters } from './imprint/look-alikes'

/** What hides a word beside letters that look like Latin ones, which are left to `latinLetters`. */
const WRITTEN_AS: Readonly<Record<string, string>> = { п: 'n', ı: 'i', ß: 'ss', œ: 'oe', '’': '\'', ʼ: '\'' }
const HIDING = new RegExp(`[${Object.keys(WRITTEN_AS).join('')}]`, 'gu')

/** Where something is said to somebody: at the beginning of a sentence, a line, a quotation or a bracket. */
const START = String.raw`(?:^|[.!?:;\n"'“”«»„‘¡¿()\[\]{}<>*#|~=\x60—–-])\s*`
/** What may stand before the verb. */
const ADDRESS = [
  'please|kindly|now|and|then|also|but|so|ok|hey|hello|dear|attention|important|note|urgent|assistant|ai|bot|model|agent|system|user',
  'bitte|jetzt|und|dann|achtung|wichtig|hinweis|assistent', "maintenant|et|puis|s'il te plait|s'il vous plait", 'por favor|ahora|y|luego|atencion|asistente',
].join('|')

const TOLD = {
  en: String.raw`(instructions?|prompts?|rules|guidelines|directions|directives|commands|orders|messages?|context|training|programming|restrictions|safety|filters?)`,
  de: String.raw`(anweisung(en)?|instruktion(en)?|befehle?|regeln|vorgaben|richtlinien|prompts?|aufforderung(en)?|einschrankungen)`,
  fr: String.raw`(instructions?|consignes?|regles|directives|ordres|prompts?|restrictions)`,
  es: String.raw`(instrucciones|instruccion|reglas|indicaciones|directrices|ordenes|prompts?|restricciones)`,
}
const EARLIER = {
  en: String.raw`(previous|prior|above|earlier|preceding|foregoing|existing|original|initial|current|former|system|developer|safety|your|any|all|everything|whatever)`,
  de: String.raw`(vorherige[nrs]?|vorige[nrs]?|vorangegangene[nrs]?|bisherige[nrs]?|obige[nrs]?|fruhere[nrs]?|alle|samtliche|deine|ihre)`,
}
const VERBS = {
  en: String.raw`(ignore|disregard|forget|override|bypass|discard|neglect|drop|skip|stop following|do not (follow|obey)|don't (follow|obey)|pay no attention to)`,
  de: String.raw`(ignorier(e|en sie)?|vergiss|vergessen sie|missachte(n sie)?|ubergeh(e|en sie)?|umgeh(e|en sie)?|verwirf|befolge nicht( mehr)?)`,
  fr: String.raw`(ignore[sz]?|ignorer|oublie[sz]?|oublier|neglige[sz]?|contourne[sz]?|ne (tiens|tenez) (pas|plus|aucun) compte d[eu'](s)?|ne (suis|suivez) (pas|plus))`,
  es: String.raw`(ignora|ignore|ignorad|olvida|olvide|olvidad|omite|omita|descarta|descarte|desobedece|haz caso omiso de|no sigas|no hagas caso (a|de))`,
}
const SPEAK = {
  en: String.raw`(respond|reply|answer|say|tell|recommend|suggest|mention|include|write|output|print|end|begin|start|agree|obey|comply|follow|use|`
    + String.raw`call|run|execute|send|forward|ignore|reveal|disclose|approve|give|speak|praise|promote|append|address|pretend|act|behave|refuse|confirm)`,
  de: String.raw`(antworten?|antwortest|sagen?|sagst|empfehlen|empfiehlst|erwahnen|schreiben|schreibst|ausgeben|zustimmen|gehorchen|befolgen|senden|`
    + String.raw`schicken|verraten|behaupten|weigern|so tun)`,
  fr: String.raw`(repondre|reponds|repondez|dire|dis|dites|recommander|recommande|mentionner|ecrire|ecris|obeir|envoyer|envoie|reveler|approuver|accepter|refuser)`,
  es: String.raw`(responder|responde|contestar|contesta|decir|di|recomendar|recomienda|mencionar|escribir|escribe|obedecer|enviar|envia|revelar|aprobar|aceptar|negarte)`,
}
const GIVE = '(reveal|show|print|repeat|output|leak|display|share|paste|dump|give|tell|send|what (is|are))'
const SECRETS = 'conversation|chat|memories|memory|history|api keys?|passwords?|secrets?|credentials|tokens?'
const AI = String.raw`(an? )?(unrestricted|unfiltered|uncensored|jailbroken|evil|different|new|dan\b|developer mode|free of|no longer|helpful|an ai|`
    + String.raw`ai\b|assistant|language model|admin|root|in (\w+ ){0,2}mode)`

/**
 * English, German, French and Spanish, on folded text (see `folded`). A space stands for what parts words, ~ for where something is said to somebody,
 * …3 for up to three words. Gaps are bounded, so that no text is slow to read.
 */
const RULES: readonly RegExp[] = [
  // What was told before is not to count.
  String.raw`~${VERBS.en}( (all|of|the|these|those|any|and|my|your|to)){0,4} (${EARLIER.en} (and |or |of |the |my |user'?s? )*){1,3}([\w-]+ ){0,2}${TOLD.en}\b`,
  String.raw`~${VERBS.en} (all )?(the )?${TOLD.en} (above|before|so far|you (were|have been) (given|told)|from (the )?(system|developer))`,
  String.raw`~${VERBS.en} (everything|all|anything|whatever) (that )?(above|before this|you (were|have been|know|learned)|i (said|told))`,
  String.raw`\b(you|assistant|the (assistant|model|ai|agent)) (must|should|shall|will|have to|need to|are to) (now )?${VERBS.en}…6${TOLD.en}\b`,
  String.raw`~${VERBS.de}( [\w-]+){0,3}? ${EARLIER.de} ([\w-]+ ){0,3}?${TOLD.de}\b`,
  String.raw`~${VERBS.de} (bitte )?alles,? was (dir|ihnen|davor|bisher|oben)`,
  String.raw`~${VERBS.fr}…4${TOLD.fr} ([\w'-]+ ){0,2}?(precedente?s?|anterieure?s?|ci-dessus|initiales?|systeme|du systeme|recues?|donnees)\b`,
  String.raw`~${VERBS.fr}…3(precedente?s?|anterieure?s?) ${TOLD.fr}\b`,
  String.raw`~${VERBS.es}…4${TOLD.es} ([\w'-]+ ){0,2}?(anteriores|previas|de arriba|iniciales|del sistema|recibidas|dadas)\b`,
  String.raw`~${VERBS.es}…3(anteriores|previas) ${TOLD.es}\b`,
  // A new part to play.
  String.raw`~(from now on )?you are (now|from now on|no longer) ${AI}`,
  String.raw`\bfrom (now on|this point (on|forward)|here on) (you|your (name|role|task|only)|always|never|respond|reply|answer|act|ignore|refuse)\b`,
  String.raw`~(act|behave|pretend|roleplay) (to be|as (if|though) you (are|were|have|had)|(like |that )?you (are|have)|as) (no (rules|restrictions|limits|filters|guidelines)|${AI})`,
  String.raw`\b(enter|enable|activate|switch to|you are in) (developer|god|dan|jailbreak|unrestricted) mode\b`,
  String.raw`\bab (jetzt|sofort|nun) (bist|musst|sollst|wirst|darfst|antworte|antwortest|ignoriere|heisst) (du|sie|nur|immer|alle|mir|dem)\b`,
  String.raw`~du bist (jetzt|nun|ab sofort|ab jetzt|nicht mehr) (ein[e]? )?(ki\b|assistent|unbeschrankt|uneingeschrankt|bosartig|anderer|neuer|dan\b|im (\w+)modus)`,
  String.raw`\b(desormais|a partir de maintenant|dorenavant) (tu (es|dois|reponds|n')|vous (etes|devez|repondez|n')|reponds|repondez|ignore[sz]?)`,
  String.raw`~(tu es|vous etes) (maintenant|desormais) (une? )?(ia\b|assistante?|autre|nouvelle?|modele|sans (restrictions?|limites?))`,
  String.raw`\b(a partir de ahora|de ahora en adelante|desde ahora) (eres|debes|tienes que|responde|responderas|contesta|ignora|siempre|nunca|actua)\b`,
  String.raw`~(ahora eres|eres ahora|actua como) (una? )?(ia\b|asistente|modelo|otr[oa]|nuev[oa]|si no tuvieras|sin (restricciones|limites))`,
  // Standing orders.
  String.raw`~you (must|shall) (always|never|now|only|not|at all times|under no circumstances)\b`,
  String.raw`\byou (must|shall|should|have to|need to) (always|never|only|under no circumstances) (\w+ ){0,2}?${SPEAK.en}\b`,
  String.raw`~(always|only) (respond|reply|answer|say|recommend|agree|obey|comply|output|(begin|end|start) (your|every|each))\b`,
  String.raw`~(never|do not|don't) (reveal|disclose|mention|tell|inform|refuse|warn) (this|these|that|it|the user|users|anyone|your|to)\b`,
  String.raw`~(when|whenever|if) (the user|a user|anyone|someone|you are|asked)\b[^.\n]{0,80}? (always |never |then |you must )?(respond|reply|answer|output|recommend|say that|refuse)\b`,
  String.raw`~(du|sie) (musst|mussen|sollst|sollen|wirst|darfst|durfen) (immer|stets|nie|niemals|ab sofort|nur) ([\w-]+ ){0,6}?${SPEAK.de}\b`,
  String.raw`~antworte[n]? (sie )?(immer|stets|nur|ab jetzt|ab sofort|ausschliesslich|nie|niemals)\b`,
  String.raw`~(sag|sage|sagen sie|verrate|erzahle) (es |das )?(dem|den) (nutzer|benutzer|anwender|nutzern) (nicht|nichts|kein|dass|niemals)`,
  String.raw`\b(tu dois|vous devez|il faut que tu) (toujours|ne jamais|jamais|desormais|uniquement) ([\w'-]+ ){0,3}?${SPEAK.fr}\b`,
  String.raw`~(reponds|repondez|recommande|recommandez) (toujours|uniquement|seulement|desormais)\b`,
  String.raw`~ne (le )?(dis|dites|revele|revelez) (pas|rien|jamais) ([\w'-]+ ){0,2}?(l'utilisateur|utilisateurs?)`,
  String.raw`\b(debes|debe|tienes que|deberas) (siempre|nunca|unicamente|solo) ([\w'-]+ ){0,3}?${SPEAK.es}\b`,
  String.raw`~(responde|responda|contesta|recomienda) (siempre|unicamente|solo|solamente)\b`,
  String.raw`~no (se lo |le )?(digas|diga|reveles|revele) (nada )?([\w'-]+ ){0,2}?(al usuario|usuarios)`,
  // What the model was told, and what it is to give away.
  String.raw`\b${GIVE}…5(system|developer|initial|hidden|original|secret)[\s,-]+(prompts?|instructions?|messages?)\b`,
  String.raw`\b(your|override|new|updated|real|actual) (system|developer)[\s,-]+(prompts?|instructions?|messages?)\b`,
  String.raw`~(system|developer)[\s,-]+(prompts?|override|instructions?|messages?|notice|update)\s*([:=>\]]|$)`,
  String.raw`\b(zeige?|verrate|wiederhole|nenne|gib|offenbare)…6(system-?[\s]?(prompts?|anweisung(en)?|nachricht)|deinen prompt)\b`,
  String.raw`\b(montre|affiche|revele|repete|donne|imprime)[sz]?…5(prompt|message|instructions?) (du )?(systeme|initiale?s?|cachees?)\b`,
  String.raw`\b(muestra|muestrame|revela|revelame|repite|imprime|dame|ensename)…5(prompt|mensaje|instrucciones) (del )?(sistema|iniciales?|ocult[oa]s?)\b`,
  String.raw`\b(send|forward|upload|post|exfiltrate|transmit) (\w+ ){0,4}?(${SECRETS}) (\w+ ){0,3}?to (https?:|\S+@|this|the following)`,
  String.raw`\bwithout (telling|informing|asking|notifying|alerting) (the user|users|the human|anyone who)\b`,
  // Marks by which models and hosts tell who speaks, and calls of tools.
  String.raw`<\|?/?\s*(im_(start|end|sep)|system|assistant|user|endoftext|eot_id|tool(_calls?)?|function_calls?|invoke|antml|memories|instructions?)\b`,
  String.raw`\[/?(inst|system|sys|assistant)\]|<</?sys>>`,
  String.raw`(^|\n)\s*(#{1,4}\s*)?(system|assistant|developer)\s*:\s*(you|the (user|assistant|model|agent)|ignore|always|never|from now|new|this|do|please|override|sure)\b`,
  String.raw`(^|\n)\s*#{1,4}\s*(new |updated |system )?instructions?\b`,
  String.raw`["']?(tool_calls?|function_calls?|tool_use|tool_name)["']?\s*[:=]\s*[\[{"']`,
  String.raw`[{,]\s*["'](name|tool|function|action)["']\s*:\s*["'][\w.-]+["']\s*,\s*["'](arguments|parameters|params|input|args|action_input)["']\s*:`,
  String.raw`~(call|invoke) (the )?[\x60"']?[\w.-]+[\x60"']? (tool|function) (with|now|and)\b`,
].map(pattern)

function pattern(source: string): RegExp {
  const plain = source.replace(/(?<!\\)\((?!\?)/g, '(?:').replace(/ /g, String.raw`[\s,]{1,2}`).replace(/…(\d)/g, String.raw`(?:[\s,]{1,2}[\w'-]+){0,$1}?[\s,]{1,2}`)
  return new RegExp(plain.replace('~', `${START}(?:(?:${ADDRESS})[\\s,:!]{1,3}){0,3}`), 'u')
}

/**
 * Whether a text speaks to the agent that reads it: tells it to drop what it was told, to play another part, to follow a standing order, to give
 * something away, or looks like the marks of a prompt or the call of a tool. By rules, so whoever wants to can say it otherwise; a mark for
 * readers, not a wall. Pure.
 */
export function instructs(text: string): boolean {
  const plain = folded(text)
  return RULES.some((rule) => rule.test(plain))
}

/** Lower case, without accents and what cannot be seen; look-alikes as the letters that they look like; of space between words and lines one character. */
function folded(text: string): string {
  const shown = text.normalize('NFKD').replace(/[\p{M}\p{Cf}]/gu, '').toLowerCase().replace(HIDING, (letter) => WRITTEN_AS[letter]!)
  return latinLetters(shown).replace(/[^\S\n]+/gu, ' ').replace(/ ?\n[\s]*/gu, '\n').replace(/(?: ?,)+ ?/gu, ', ')
}
