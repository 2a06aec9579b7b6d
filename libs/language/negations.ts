/** Words that turn a statement into its opposite, as words() gives them; those of all languages in one, for they are compared, not searched. */
const NEGATIONS = new Set(`not no never none nor nothing nobody nowhere neither without cannot cant dont doesnt didnt wont wouldnt isnt arent wasnt werent hasnt havent hadnt
couldnt shouldnt mustnt hardly barely nicht kein keine keinen keinem keiner nie niemals nichts ohne weder ne pas jamais rien aucun aucune sans ni nunca nada ningún ninguna
nadie sin não nem ninguém nenhum sem non mai niente nessuno senza né niet geen nooit niets zonder не нет ни никогда ничего никто без`.split(/\s+/))

/** The words of a text that negate, in order. @param words as words() gives them */
export function negations(words: readonly string[]): string[] {
  return words.filter((word) => NEGATIONS.has(word))
}
