const set = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/))

/** Capitalised by custom or for emphasis, never a name by themselves. */
export const NEVER = set(`
i ok okay oh ah wow yay hey hi hello yeah yes no nope yep thanks thank thx please sorry congrats congratulations lol omg haha
hmm mom mum mama dad papa daddy mommy grandma grandpa granny nana auntie aunt uncle sis bro god lord jesus christ santa
christmas xmas easter halloween thanksgiving hanukkah ramadan eid diwali birthday valentine valentines new year eve monday
tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun january february march april may
june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec spring summer autumn
fall winter today tomorrow yesterday tonight morning evening night afternoon weekend mr mrs ms dr prof professor sir madam
doctor coach captain president user assistant system human bot everyone everybody someone nobody anyone something nothing
anything everything internet tv pc am pm ad bc asap fyi btw imo imho tbh idk irl diy faq ceo cto cfo hr qa ui ux id url uri
api apis sdk cli gui html css json xml yaml csv pdf sql http https rest cpu gpu ram ssd usb os ide orm crud mvp kpi todo fixme
wifi wi-fi t-shirt t-shirts lgbtq lgbt covid covid-19 dna phd mba gpa dj mc bbq lmao rofl wtf brb ttyl vip eta rsvp nb ps pps
tldr step phase week day month note notes tip tips example option part section chapter level task tasks goal goals question
answer total merry happy good great nice dear best love welcome cheers amen hooray bye goodbye regards sincerely english
arabic mandarin cantonese latin hindi urdu physics maths math chemistry biology`)

/** Words that open sentences without being in the tagger's dictionary. */
export const OPENERS = set(`
sounds looks feels seems guess hope hopefully finally actually honestly seriously definitely absolutely certainly basically
totally glad happy sad excited proud good great nice cool awesome amazing sweet perfect fantastic wonderful lovely incredible
beautiful maybe perhaps also plus however moreover therefore although though because since unless whether despite instead
otherwise anyway anyways besides meanwhile still yet even just only never always sometimes often usually recently lately later
soon now then did does do was were is are am has have had can could will would should shall may might must let lets got get
keep make take give tell ask call called see saw meet met visit visited remember forget show send bring read watch try check
use add set run open one two three four five six seven eight nine ten first second third next last another other every each
some many most woah whoa woohoo anytime consider let see congrats wow damn dang gosh ugh phew woo yay aww aw haha hehe yup
yeah nah dinner lunch breakfast coffee tea work school home food music traffic weather people kids children friends family
money time life right wrong true false sure fine speaking thinking talking looking going working having being using how what
when where who whom whose which why both either neither all any much few several such same so too very with without within
from into onto upon over under above below between among through during before after until till while about against along
across around behind beside beyond near off out up down toward towards via per like unlike except and or but nor for if else
than that this these those there here it its he she they we you me him her them us my your his our their an a the at by in of
on to as not`)

/** First names and places that are ordinary words too: trusted only when written as names. */
export const AMBIGUOUS = set(`
will may mark grace hope joy art jack rose summer april june august dawn faith frank bill drew chase grant foster skip buddy
cork val don buster teddy pat downtown emerald aria lang visa ups bp lg dist conn ga elif ajax clay ly li co mt st guinea
penny dick ray gene jeans sue rich sandy olive ginger ivy ruby pearl amber crystal violet lily daisy iris heather holly hazel
jasmine basil sage rosemary angel destiny harmony melody eve star sky skye rob chuck bob peg polly robin jay jade jewel king
queen prince duke earl baron bishop deacon dean major miles norm otto page parker paige piper porter reed rod rusty stone
storm sonny tad tanner taylor mason cooper carter hunter fisher archer tucker tyler walker wade ward warren wolf woody young
long wood woods hill hills banks brook brooks field fields ford forest lake rivers park parks bush rice cook baker price pope
post power powers read rush sharp short small snow speed strong swift waters west north south east white black brown green
gray grey gold silver case cash chance christian cliff curry dale dolly dot fancy fanny fern flora fox gay german glen happy
hank heath honey hood hunt ira jan jersey job jo kit lane lance lark law lee love lucky mack man martin max merry misty mobile
moss myrtle nice orange reading bath split phoenix turkey china chile savannah devon see son song sun tam tan tang teal van
venus vera wing wong yang yen zion miss ma mae mai mi more noble nova ace alpha amazon apple belle bear beau blaze blue bo bud
candy cat charity chip cherry cola coral cricket dusty early ebony else gaga gap shell target slack square stripe meta intel
oracle sprint subway total virgin zoom signal box hull ham nan pa pen sal mac dash bea bee fay flo gale gil jam jin kay lou
lam lin liv ling mel min ming ora pip rae ram reg rue than tori una win wan wu yun sung ban bang chi chan chen ko ho hong hu
dang duong das de le la lo mo an do duc anh and any are ask ball bell berry bird blood bond boss bow boy brand bridge bull
cain camp car cane chain church close cloud club coal coffee coin cole come cross crow cruise dam dancer day days ego era eye
fair fan farm fast fine fish flint flower flowers foot force free french friend frost gates gift glass golden good guy hand
hard hart hay head heart heat high holiday home horn house ice iron joya judge key kid lamb land last leaf light little lord
lot low luck lynch mace march marsh mercy mill mint moon moore mine monk myth night nut oak o'key own pace pack pain palm past
peace peach pike pine pitt plant pool poor potter pound purple quick quill rain ranger red ring rock rocky root royal sand
savage save sea self shade shadow shaw ship shore sing skill smart soul spark spear spring steel stern street style sugar
sunny tate temple thorn tiger time tree trend true trust valentine valley view vine wall water way wells wild winter wise
wright`)

/** Verbs of people: an unknown word before one of them, at the start of a sentence, is somebody. */
export const DEEDS = set(`
said says told tells asked asks called calls texted texts emailed phoned messaged wrote thinks thought knows knew wants wanted
loves loved likes liked hates hated lives lived moved works worked went goes came comes met visited bought sold gave took
brought sent showed invited married divorced born graduated studies studied teaches taught plays played sings sang cooked
baked ate drank feels felt laughed cried smiled agreed promised offered suggested recommended decided plans planned hopes
wishes joined left arrived flew drove walked ran won lost got gets has had needs needed keeps kept helped helps introduced
mentioned explained replied answered prefers prefer forgot remembers remembered arrives leaves starts started finished passed
turned just will can would should might and isn't doesn't didn't won't hasn't can't wasn't is was`)
/** Of DEEDS, those that things do too: they count only for words with no look of a common noun. */
export const WEAK_DEEDS = set(`
has had gets got needs needed started starts finished passed turned left kept keeps works just will can would should might and
is was isn't wasn't`)

/** Before a name in lower case. */
export const CUES = set(`
with and to in from at met meet told tell asked ask called call for near of by hi hey hello dear thanks thank visited visit
visiting saw see friend sister brother wife husband boss colleague son daughter cousin mother father uncle aunt named name's
near through via around towards love loves miss between or than like bye sorry invited invite know knows is im i'm partner
boyfriend girlfriend neighbour neighbor doctor teacher cat dog roommate flatmate daughter's son's`)
/** Of CUES, those that speak of places. */
export const PLACE_CUES = set('in from to near visited visit visiting at around through via towards')

/** Of CUES, those that speak of people. */
export const PERSON_CUES = set(`
with met meet told tell asked ask called named friend sister brother wife husband boss son daughter cousin mother father uncle
aunt hi hey hello dear thanks thank`)

/** Titles, left out of the canonical name. */
export const TITLES = set(`
mr mrs ms miss dr doctor prof professor sir madam aunt auntie uncle grandma grandpa coach captain president
frau herr fräulein doktor doktorin professorin tante onkel oma opa monsieur madame mademoiselle docteur docteure professeur tonton
señor señora señorita sra doctora profesor profesora doña tía tío senhor senhora dona doutor doutora professora tia tio
signor signora signorina dottor dottore dottoressa professore professoressa zia zio meneer mevrouw dokter tante oom juffrouw
доктор профессор господин госпожа тётя тетя дядя бабушка дедушка`)
/** Who somebody is to somebody, before a name: nouns, which German writes like names. */
export const RELATIONS = set(`
mutter vater mama papa schwester bruder tochter sohn kind mann ehemann ehefrau freund freundin kollege kollegin chef chefin nachbar nachbarin
cousin cousine neffe nichte enkel enkelin großmutter großvater schwiegermutter schwiegervater lehrer lehrerin arzt ärztin hund katze kater
mitbewohner mitbewohnerin partner partnerin baby trainer trainerin`)
/** What opens sentences in other languages and is a name in none: the day, perhaps. Stop words come beside them. */
export const OPENERS_ABROAD = set(`
gestern heute morgen übermorgen vorgestern danach vielleicht leider endlich bitte letzte letzten nächste nächsten hier demain aujourd'hui après
ensuite peut-être enfin malheureusement ayer hoy mañana anoche quizás quizá tal después luego ojalá anteayer ontem hoje amanhã talvez depois
infelizmente ieri oggi domani forse dopo poi purtroppo stasera gisteren vandaag misschien daarna helaas eindelijk вчера сегодня завтра потом может
возможно наконец`)

/** Small words inside names. */
export const LINKS = set('of the de da do dos das del della di du van von der den ter la le el al bin ibn ben y e')

/** Last (or first) words of organisations and of places. */
export const ORGANIZATION_WORDS = set(`
university college school institute academy inc ltd llc gmbh corp corporation company bank hospital clinic foundation
association society club museum library church ministry department agency airlines airways group labs lab studio studios
records press times post orchestra council party union league committee bureau cafe café restaurant bakery hotel theatre
theater`)
export const PLACE_WORDS = set(`
street st avenue ave road rd lane boulevard square park lake river mount mountain mountains beach island islands bay valley
city town village bridge station airport county desert forest falls canyon coast sea ocean cape fort san santa port harbour
harbor`)
