import { showDay } from '../calendar.ts'
import { campaigns, segments } from '../company.ts'
import type { Life } from '../life.ts'
import { sentences } from '../locales.ts'
import type { Person } from '../person.ts'
import { between, chance, int, pick } from '../random.ts'
import { fill, slotsOf } from '../sentence.ts'
import type { Desk } from './shop-rows.ts'
import { ipAddress, sometime } from './traces.ts'

/** Segments and the log of mails: the log knows people by address, and declares no reference. */
export function marketingRows({ emit, next, random, world }: Desk, person: Person, life: Life): void {
  if (!life.marketing) return
  const first = int(random, segments.length)
  for (let i = int(random, 3); i > 0; i--)
    emit('marketing.segment_member', {
      segment_id: 1 + ((first + i) % segments.length),
      customer_id: person.index,
      score: random().toFixed(3),
      added_at: sometime(random, between(random, life.joined, world.today - 1)),
    })
  for (let i = int(random, 4); i > 0; i--) {
    const sent = between(random, life.joined, world.today - 2)
    const opened = chance(random, 0.4)
    const former = life.former.find(({ until }) => sent < until)
    emit('marketing.email_log', {
      email_log_id: next('marketing.email_log'),
      recipient: former?.email ?? person.email,
      customer_id: chance(random, 0.8) ? person.index : null,
      campaign: `${pick(random, campaigns)}-${showDay(sent).slice(0, 4)}`,
      subject: fill(pick(random, sentences[person.language].mailSubjects), slotsOf(person)),
      sent_at: sometime(random, sent),
      opened_at: opened ? sometime(random, sent + 1) : null,
      open_ip: opened ? ipAddress(random) : null,
    })
  }
}
