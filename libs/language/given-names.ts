import { foldAccents } from './fold'

/** Given names that the dictionary lacks, and that are hardly another word anywhere. */
const MORE = `jürgen uwe heike renate horst helmut heinz jörg torsten thorsten katrin kathrin tanja silke ute birgit angelika franziska friederike svenja maike
meike wiebke antje kerstin dagmar gudrun elke bärbel bernd detlef jannik timo benedikt konstantin ronja okan emre benoît élodie bastien thierry didier
sandrine aurélie amélie margaux agathe anaïs océane solène maëlle loïc gaël erwan odile véronique begoña íñigo nacho paco guadalupe inmaculada nuria
ainhoa leire nerea aitor leonor filipa nuno tiago diogo gonçalo vasco joaquim simão filipe vinícius caio otávio conceição giulia chiara davide filippo
massimo maurizio emanuele alessio alessia federica ilaria giorgia aurora ginevra patrizia donatella rossella raffaella margherita ludovica sanne willemijn
maarten piet kees henk joost jeroen bram thijs stijn willem arjen koen lieke femke marieke annemiek anneke ineke marijke truus mieke hanneke teun
sjoerd tjeerd luuk gijs`

/** Russian given names and cities, known in every case. */
const FIRST = `александр александра алексей алёна алина алиса алла анастасия анатолий ангелина андрей анна антон антонина аня арина аркадий артём артур
борис вадим валентин валентина валерий валерия варвара василий вася вера вероника виктор виктория виталий владимир владислав вова галина геннадий
георгий глеб григорий даниил данила дарья даша денис диана дима дмитрий евгений евгения егор екатерина елена елизавета женя захар зинаида зоя иван игорь
илья инна ирина ирма катя кирилл клавдия константин ксения костя лариса лев леонид лиза лидия любовь людмила люба макар максим маргарита марина мария
марк матвей маша миша михаил надежда надя настя наталья наташа никита николай нина оксана олег олеся ольга оля павел паша пётр петя полина раиса римма
роман руслан саша света светлана семён сергей серёжа софия софья станислав степан таисия тамара таня тарас татьяна тимофей тимур ульяна фёдор федя
юлия юля юра юрий яков яна ярослав`
const PLACES = `москва петербург казань новосибирск екатеринбург самара омск челябинск уфа пермь воронеж волгоград сочи киев минск одесса харьков львов
рига вильнюс таллин тбилиси ереван баку ташкент алматы россия украина беларусь германия франция италия испания польша турция лондон париж берлин рим
прага варшава мадрид лиссабон вена`
/** Also ordinary words. */
const ORDINARY = new Set(['лев', 'роман', 'вера', 'надежда', 'любовь', 'рим', 'вена', 'люба', 'света', 'софия', 'мира'])
const stemsOf = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/).filter((word) => !ORDINARY.has(word)).map((word) => russianName(foldAccents(word))))
const more: ReadonlySet<string> = new Set(MORE.split(/\s+/).map(foldAccents))
const first = stemsOf(FIRST)
const places = stemsOf(PLACES)

/** What a Russian word in lower case names, in whatever case it stands. */
export function knownRussian(word: string): 'first' | 'place' | undefined {
  const stem = russianName(foldAccents(word))
  return first.has(stem) ? 'first' : places.has(stem) ? 'place' : undefined
}

/** Whether a word in lower case, without accents, is a given name that the dictionary lacks. */
export function isMoreName(word: string): boolean {
  return more.has(word)
}

/** A name without the endings of cases, lower case and without ё. Gentler than a stemmer, which makes Иван of Иванов. */
export function russianName(word: string): string {
  return word.replace(/(?<=.{3})(?:ого|ому|ыми|ими|ами|ями|ею|ою|еем|его|ему|ем|ей|ее|ея|ой|ом|ым|им|ых|ах|а|е|и|о|у|ы|ь|ю|я|й)$/, '')
}
