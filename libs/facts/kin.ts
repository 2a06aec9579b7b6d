/** People by what they are to somebody, each under one word. */
const KIN: Readonly<Record<string, string>> = Object.fromEntries([
  'sister:sister,sis', 'brother:brother,bro', 'sibling:sibling', 'mother:mother,mom,mum,mama,mommy,mummy', 'father:father,dad,papa,daddy',
  'parents:parents,folks', 'son:son', 'daughter:daughter', 'child:child,kid', 'wife:wife', 'husband:husband,hubby', 'partner:partner',
  'girlfriend:girlfriend', 'boyfriend:boyfriend', 'fiancé:fiancé,fiance', 'fiancée:fiancée,fiancee', 'friend:friend,bestie,buddy,pal',
  'cousin:cousin', 'aunt:aunt,auntie', 'uncle:uncle', 'niece:niece', 'nephew:nephew', 'grandmother:grandmother,grandma,granny,nana',
  'grandfather:grandfather,grandpa,granddad', 'boss:boss', 'manager:manager', 'colleague:colleague,coworker,co-worker,workmate',
  'roommate:roommate', 'flatmate:flatmate,housemate', 'neighbor:neighbor,neighbour', 'teacher:teacher', 'mentor:mentor', 'therapist:therapist',
  'doctor:doctor', 'dentist:dentist', 'landlord:landlord', 'coach:coach', 'mother-in-law:mother-in-law', 'father-in-law:father-in-law',
  'sister-in-law:sister-in-law', 'brother-in-law:brother-in-law', 'grandson:grandson', 'granddaughter:granddaughter',
  'stepfather:stepfather,stepdad', 'stepmother:stepmother,stepmom', 'godmother:godmother', 'godfather:godfather',
].flatMap((row) => {
  const [word, forms] = row.split(':') as [string, string]
  return forms.split(',').map((form) => [form, word])
}))

/** Of these people have one, so that they are known without a name. */
const ONE_OF: ReadonlySet<string> = new Set(['mother', 'father', 'parents', 'wife', 'husband', 'partner', 'girlfriend', 'boyfriend', 'fiancé', 'fiancée', 'boss', 'landlord'])

export const PETS: ReadonlySet<string> = new Set(`dog cat puppy kitten hamster rabbit bunny parrot budgie canary turtle tortoise guinea-pig gecko snake lizard
goldfish horse pony ferret hedgehog rat cockatiel poodle labrador beagle dachshund corgi retriever terrier greyhound bulldog chihuahua`.split(/\s+/))

export const KIN_WORDS: readonly string[] = Object.keys(KIN)

/** The common word for what somebody is to another ("mom" is "mother"); undefined for other words. */
export function kinOf(word: string): string | undefined {
  return Object.hasOwn(KIN, word) ? KIN[word] : undefined
}

/** What several of them are called. */
export function isKinPlural(word: string): boolean {
  return /^(?:kids|children|grandchildren)$/.test(word) || (word.endsWith('s') && word !== 'parents' && kinOf(word.slice(0, -1)) !== undefined)
}

export function isPetPlural(word: string): boolean {
  return /^(?:puppies|ponies|bunnies|fish|pets)$/.test(word) || (word.endsWith('s') && PETS.has(word.slice(0, -1)))
}

/** Whether a subject says who is meant: not "Ana's friend", of whom there may be many. */
export function identifies(subject: string): boolean {
  const kin = /'s (?:[\p{Ll}-]+ )*([\p{L}-]+)$/u.exec(subject)?.[1]
  return kin === undefined || ONE_OF.has(kin)
}
