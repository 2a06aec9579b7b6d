import { foldAccents } from './fold'
import { ownStem } from './stem'

/**
 * German words that others are often joined before: Schlüssel in Hausschlüssel. Ours; no word that ends names of places (Burg, Berg) or is
 * mostly an ending of something else (Rat in Heirat).
 */
const HEADS = `schlüssel haus wohnung zimmer küche garten keller balkon fenster tisch stuhl schrank bett lampe teppich decke tasche koffer
auto wagen fahrrad motorrad bahn zug flug reise urlaub fahrt karte platz straße brücke bahnhof flughafen hafen markt laden geschäft
arzt ärztin praxis klinik haus termin rezept tablette schmerz krankheit allergie unfall versicherung prüfung schule lehrer lehrerin
schüler student kurs unterricht aufgabe buch heft zeitung zeitschrift brief paket nummer adresse name datum woche monat jahr tag abend morgen
nacht stunde minute zeit feier fest party geburtstag hochzeit geschenk kuchen torte suppe salat brot brötchen käse wurst fleisch fisch gemüse obst saft
wasser kaffee wein bier milch flasche glas tasse teller topf pfanne messer rezept essen hund katze vogel pferd tier futter freund freundin
kind mutter vater bruder schwester tochter sohn tante onkel familie mann frau nachbar nachbarin kollege kollegin chef chefin leiter leiterin
arbeit firma projekt plan bericht rechnung vertrag konto geld preis kosten steuer miete kredit bank lied musik konzert film serie spiel
spieler mannschaft verein training sport ball lauf rennen kamera bild foto telefon handy gerät rechner computer programm datei passwort netz
server daten wetter regen sonne schnee sturm berg wald see meer fluss strand insel baum blume rose pflanze kleid hose hemd jacke mantel schuh
mütze brille uhr ring kette ausweis pass schein zeugnis meister vertretung besuch treffen sitzung gespräch ordnung maschine heizung
reparatur werkstatt reifen tür dach wand boden`
/** A part is at least so long, without its link. */
const SHORTEST = 3
const ARTICLE_LINK = /(?<=[a-z]{3})s$/
const heads = new Set(HEADS.split(/\s+/).map((word) => ownStem(word, 'de')).filter((stem) => stem.length > SHORTEST))
const REMEMBERED = 20_000
const cache = new Map<string, readonly string[]>()

/** The stems of the words that a German word is joined from, the last one first; none when it is no compound that we know. Lower case. */
export function compoundParts(word: string): readonly string[] {
  let found = cache.get(word)
  if (found === undefined) {
    if (cache.size >= REMEMBERED) cache.clear()
    cache.set(word, (found = split(ownStem(word, 'de'))))
  }
  return found
}

function split(stem: string): string[] {
  for (let at = SHORTEST; at <= stem.length - SHORTEST; at++) {
    const head = stem.slice(at)
    if (!heads.has(head)) continue
    const modifier = ownStem(foldAccents(stem.slice(0, at)).replace(ARTICLE_LINK, ''), 'de')
    return [head, ...(modifier.length < SHORTEST ? [] : split(modifier).concat(modifier))]
  }
  return []
}
