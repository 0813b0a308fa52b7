import { showDay, showFrenchDay, showInstant } from '../calendar.ts'
import { campaigns } from '../company.ts'
import type { Emit } from '../layout.ts'
import type { Signup } from '../life.ts'
import { sentences } from '../locales.ts'
import type { Name } from '../name.ts'
import type { Person } from '../person.ts'
import { between, chance, int, pick, type Random } from '../random.ts'
import { fill, slotsOf } from '../sentence.ts'
import { ipAddress } from '../shop/traces.ts'
import type { World } from '../world.ts'
import type { NewsletterLayout } from './columns.ts'

/** Makes the newsletter's lines. */
export interface NewsletterRows {
  /** Figures of past campaigns, about nobody. */
  statistics(): void
  person(random: Random, person: Person, signup: Signup): void
}

export function createNewsletterRows(world: World, emit: Emit<NewsletterLayout>): NewsletterRows {
  return {
    statistics: () => statisticsRows(world, emit),
    person: (random, person, signup) => signupRows(emit, random, person, signup),
  }
}

function signupRows(emit: Emit<NewsletterLayout>, random: Random, person: Person, signup: Signup): void {
  emit('subscribers.csv', {
    'E-mail': signup.email,
    Prénom: chance(random, 0.85) ? westernName(person.given) : null,
    Nom: chance(random, 0.6) ? westernName(person.family) : null,
    Inscription: showFrenchDay(signup.day),
    'N° client': signup.number,
    Source: pick(random, ['site', 'commande', 'salon "Jardins, jardin"', 'import 2016']),
    IP: chance(random, 0.7) ? ipAddress(random) : null,
  })
  if (signup.unsubscribed === null) return
  emit('unsubscribed.csv', {
    email: signup.email.toLowerCase(),
    unsubscribed_at: showInstant(signup.unsubscribed, int(random, 86_400)),
    reason: chance(random, 0.4)
      ? fill(pick(random, sentences[person.language].unsubscribe), slotsOf(person))
      : null,
  })
}

/** The list is in windows-1252: whoever's letters it lacks stands there in plain Latin ones. */
const westernName = (name: Name): string =>
  /^[\x20-\x7eÀ-ÿŒœŠšŽžŸ’]*$/.test(name.native) ? name.native : name.plain

function statisticsRows(world: World, emit: Emit<NewsletterLayout>): void {
  const random = world.stream('campaigns', 0)
  for (let month = 36; month > 0; month--) {
    const sent = between(random, world.customers >> 2, world.customers >> 1)
    const opened = Math.floor(sent * (0.2 + random() * 0.3))
    emit('campaign-stats.csv', {
      campaign: `${campaigns[month % campaigns.length]}-${month}`,
      sent_on: showDay(world.today - 30 * month),
      sent,
      opened,
      clicked: Math.floor(opened * random() * 0.2),
    })
  }
}
