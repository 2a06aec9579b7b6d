import { start } from './testing/harness'
it('starts', async () => {
  const s = await start()
  for (const [m, p, b] of [['GET','/health'],['GET','/memory/recall?q=caf%C3%A9'],['POST','/memory',{content:'x'}],['GET','/nope?x=1'],['GET','/%FF'],['GET','/memory/%00'],['POST','/memory',{content:'a\0'}],
   ['GET','/openapi.json'],['GET','/docs'],['GET','/metrics'],['GET','/memory/recall?q=%FF'],['POST','/memory/recall',{q:'x',k:0,heads:'foo',zzz:1}],['GET','/docs/swagger-ui.css']] as any) {
    const r = await s.call(m, p, b ? { body: b } : {})
    console.log(m, p, r.status, JSON.stringify(r.headers).slice(0,300), JSON.stringify(r.body).slice(0, 400))
  }
  await s.stop()
  console.log(s.log())
})
