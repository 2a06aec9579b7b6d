const set = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s*,\s*/))

const JOBS = set(`accountant,actor,actress,analyst,animator,anthropologist,architect,archaeologist,artist,astronaut,astronomer,athlete,attorney,auditor,
author,baker,banker,barber,barista,bartender,biologist,bookkeeper,botanist,builder,butcher,carpenter,cashier,ceo,chef,chemist,
chiropractor,cleaner,coach,comedian,composer,conductor,consultant,contractor,cook,copywriter,counselor,counsellor,curator,dancer,
dentist,dermatologist,designer,detective,developer,dietitian,director,diver,dj,doctor,driver,economist,editor,electrician,engineer,
entrepreneur,farmer,firefighter,fisherman,florist,gardener,geologist,goldsmith,guide,hairdresser,historian,illustrator,instructor,
interpreter,journalist,judge,lawyer,lecturer,librarian,lifeguard,linguist,locksmith,machinist,magician,manager,masseur,mathematician,
mechanic,meteorologist,midwife,miner,model,musician,nanny,neurologist,novelist,nurse,nutritionist,officer,optician,painter,paralegal,
paramedic,pastor,pediatrician,pharmacist,philosopher,photographer,physician,physicist,physiotherapist,pianist,pilot,plumber,poet,
policeman,policewoman,postman,potter,priest,producer,professor,programmer,psychiatrist,psychologist,psychotherapist,publisher,radiologist,
realtor,receptionist,recruiter,reporter,researcher,sailor,salesman,saleswoman,scientist,screenwriter,sculptor,secretary,singer,
social worker,soldier,solicitor,songwriter,statistician,steward,stewardess,stylist,surgeon,surveyor,tailor,teacher,technician,therapist,
trader,trainer,translator,tutor,vet,veterinarian,violinist,waiter,waitress,warehouse worker,watchmaker,welder,writer,zoologist,student,
freelancer,intern,apprentice,cto,cfo,principal,headmaster,yoga teacher,bus driver,taxi driver,flight attendant,stay-at-home mom,stay-at-home dad,homemaker,dog walker,data scientist`)
const CONDITIONS = set(`asthma,diabetes,epilepsy,migraine,migraines,insomnia,anxiety,depression,adhd,autism,dyslexia,arthritis,eczema,psoriasis,hypertension,
high blood pressure,celiac disease,coeliac disease,crohn's disease,endometriosis,hay fever,anemia,anaemia,tinnitus,sleep apnea,sleep apnoea,
lupus,parkinson's,parkinson's disease,multiple sclerosis,osteoporosis,gout,ocd,ptsd,scoliosis,glaucoma,hypothyroidism,fibromyalgia,
rheumatoid arthritis,type 1 diabetes,type 2 diabetes,breast cancer,cancer,leukemia,leukaemia,a heart condition,heart disease,
lactose intolerance,gluten intolerance,high cholesterol,low blood pressure,vertigo,rosacea,chronic pain,chronic fatigue`)
const ADJECTIVES_OF_CONDITIONS: Readonly<Record<string, string>> = {
  diabetic: 'diabetes', asthmatic: 'asthma', dyslexic: 'dyslexia', epileptic: 'epilepsy', autistic: 'autism',
  anemic: 'anemia', colorblind: 'color blindness', colourblind: 'colour blindness',
}
const DIETS = set('vegan,vegetarian,pescatarian,flexitarian,pescetarian')
const STATUSES: Readonly<Record<string, string>> = { married: 'married', single: 'single', engaged: 'engaged', divorced: 'divorced', widowed: 'widowed', separated: 'separated' }
const LANGUAGES = set(`english,spanish,portuguese,french,german,italian,dutch,swedish,norwegian,danish,finnish,icelandic,polish,czech,slovak,hungarian,
romanian,bulgarian,serbian,croatian,slovenian,greek,turkish,arabic,hebrew,persian,farsi,hindi,urdu,bengali,punjabi,tamil,telugu,
marathi,gujarati,nepali,sinhala,thai,vietnamese,indonesian,malay,tagalog,japanese,korean,chinese,mandarin,cantonese,russian,ukrainian,
belarusian,lithuanian,latvian,estonian,georgian,armenian,swahili,yoruba,igbo,hausa,zulu,xhosa,afrikaans,amharic,somali,catalan,basque,
galician,welsh,irish,gaelic,breton,latin,esperanto,albanian,macedonian,kurdish,pashto,mongolian,lao,khmer,burmese,sign language`)
const INSTRUMENTS_AND_GAMES = set(`piano,guitar,violin,viola,cello,double bass,bass,bass guitar,drums,flute,clarinet,saxophone,trumpet,trombone,harp,ukulele,banjo,
mandolin,accordion,harmonica,oboe,bassoon,tuba,organ,keyboard,electric guitar,acoustic guitar,classical guitar,recorder,sitar,tabla,
fiddle,tennis,football,soccer,basketball,volleyball,handball,baseball,softball,hockey,ice hockey,field hockey,rugby,cricket,golf,
badminton,squash,table tennis,ping pong,padel,pickleball,chess,go,poker,bridge,darts,billiards,pool,snooker,water polo,lacrosse,
video games,board games,dungeons & dragons,minecraft,fortnite`)
/** What somebody may work at beside what has a name. */
const WORKPLACES = set(`bakery,hospital,clinic,school,high school,primary school,elementary school,university,college,library,bank,restaurant,café,cafe,
coffee shop,bar,pub,hotel,museum,gallery,shop,store,bookstore,bookshop,supermarket,grocery store,gym,pharmacy,salon,hair salon,
law firm,startup,start-up,tech company,agency,ad agency,factory,farm,lab,laboratory,zoo,vet clinic,animal shelter,shelter,kindergarten,
nursery,daycare,post office,town hall,airport,train station,theater,theatre,cinema,church,garage,warehouse,call center,call centre,
bike shop,flower shop,record store,nonprofit,non-profit,charity,food bank,consulting firm,architecture firm,design studio,newspaper,
radio station,tv station,nursing home,retirement home,fire station,police station,dental clinic,dental practice,art studio,pet store,
pet shop,garden center,ministry,embassy,insurance company,software company,construction company`)
/** Things that are worth knowing that somebody owns. */
const POSSESSIONS = set(`car,van,truck,pickup,motorcycle,motorbike,scooter,bike,bicycle,e-bike,boat,sailboat,yacht,kayak,canoe,house,flat,apartment,condo,
cottage,cabin,farm,studio,camper,caravan,piano,guitar,violin,cello,drum kit,telescope,camera,laptop,computer,tablet,phone,smartphone,
drone,3d printer,tent,surfboard,skateboard,snowboard,treadmill,sewing machine,espresso machine,console,playstation,xbox,keyboard,
greenhouse,restaurant,shop,store,bakery,gallery,company,business,startup,vineyard,bookstore,café,cafe,gym`)
/** Words that stand for something else: what is liked is not said. */
const VAGUE = set(`it,this,that,these,those,them,him,her,you,one,ones,everything,something,anything,nothing,all,someone,everyone,everybody,anyone,
idea,ideas,way,part,thing,things,stuff,lot,lots,fact,place,look,looks,vibe,vibes,photo,photos,pic,pics,picture,pictures,name,
both,much,more,most,others,other,kind,sort,bit,guys,folks,people,question,plan,mine,yours,theirs,chance,time,day,moment,support,
help,point,view,style,color,colors,design,outfit,job,work,day,side,feeling,dress,energy,spirit,attitude`)
/** What may be liked with "the": it is there for all. */
const SHARED = set(`sea,ocean,beach,mountains,outdoors,countryside,forest,woods,rain,snow,sun,cold,heat,winter,summer,theater,theatre,opera,ballet,gym,
desert,city,lake,water,night,dark,stars,piano,violin,guitar,cello,beatles`)

const last = (text: string): string => text.split(/[ -]/).at(-1)!

/** The phrase, its last two words, its last word. */
const endings = (text: string): string[] => [text, text.split(' ').slice(-2).join(' '), last(text)].map((ending) => ending.toLowerCase())

/** Whether a phrase says what somebody works as. */
export function isJob(text: string): boolean {
  return endings(text).some((ending) => JOBS.has(ending)) || /(?:ologist|grapher|smith|keeper|therapist)$/i.test(text)
}

/** The condition that a phrase names ("a severe migraine" does not say that one has them); undefined when none. */
export function conditionIn(text: string): string | undefined {
  const lower = text.toLowerCase()
  if (CONDITIONS.has(lower)) return text
  const bare = lower.replace(/^(?:severe|mild|chronic|bad|terrible|really bad|seasonal) /, '')
  return bare !== lower && CONDITIONS.has(bare) ? text.slice(text.length - bare.length) : ADJECTIVES_OF_CONDITIONS[lower]
}

export const isDiet = (text: string): boolean => DIETS.has(text.toLowerCase())
export const statusOf = (word: string): string | undefined => (Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined)
export const isGame = (text: string): boolean => INSTRUMENTS_AND_GAMES.has(text.toLowerCase())
export const isWorkplace = (text: string): boolean => endings(text).some((ending) => WORKPLACES.has(ending))
export const isVague = (head: string): boolean => VAGUE.has(head)
export const isShared = (text: string): boolean => SHARED.has(text.toLowerCase())

/** The language that a phrase names ("fluent Dutch"); undefined when none. */
export function languageIn(text: string): string | undefined {
  const word = text.split(' ').at(-1)!
  return LANGUAGES.has(word.toLowerCase()) ? word : LANGUAGES.has(text.toLowerCase()) ? text : undefined
}

/** Whether one keeps what this phrase says for years. */
export function isPossession(text: string): boolean {
  const lower = text.toLowerCase()
  return POSSESSIONS.has(lower) || POSSESSIONS.has(last(lower)) || POSSESSIONS.has(lower.split(' of ')[0]!)
}

const NUMBERS = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(' ')
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')

/** A number in digits or words, 1 to 120; undefined for anything else. */
export function ageIn(text: string): number | undefined {
  const lower = text.toLowerCase().replace(/(?:th|st|nd|rd)$/, '')
  const [ten, one] = lower.split(/[- ]/)
  const at = TENS.indexOf(ten!)
  const n = /^\d{1,3}$/.test(lower) ? Number(lower) : at >= 0 ? (at + 2) * 10 + (one === undefined ? 0 : NUMBERS.indexOf(one) + 1) : NUMBERS.indexOf(lower) + 1
  return n >= 1 && n <= 120 ? n : undefined
}
