import { type Day, showInstant } from '../calendar.ts'
import { macros, products, staff, tags } from '../company.ts'
import type { Emit } from '../layout.ts'
import type { Contact, Ticket } from '../life.ts'
import { sentences } from '../locales.ts'
import { fullName, type Person, plainName } from '../person.ts'
import { between, chance, int, pick, type Random } from '../random.ts'
import { fill, fits, type Slots, slotsOf } from '../sentence.ts'
import { companyName } from '../shop/customer-rows.ts'
import { storyLength } from '../story-people.ts'
import type { World } from '../world.ts'
import type { SupportLayout } from './columns.ts'

/** Makes the desk's rows, person by person, with ids in that order. */
export interface SupportRows {
  /** Rows that belong to no customer. */
  desk(): void
  /** `orders` are order numbers the writer may quote. */
  person(random: Random, person: Person, contacts: readonly Contact[], orders: readonly string[]): void
}

/** What one may ask about pruning. */
const plants = products.filter(({ category }) => category === 'Rosiers' || category === 'Arbustes')

/** The people who answer: staff three to six. */
const agents = staff.slice(2, 6)

export function createSupportRows(world: World, emit: Emit<SupportLayout>): SupportRows {
  const ids = { requester: 4_000, ticket: 20_000, message: 0, attachment: 0 }
  return {
    desk: () => deskRows(emit),
    person(random, person, contacts, orders) {
      for (const contact of contacts) contactRows({ world, emit, ids, random, person, orders }, contact)
    },
  }
}

interface Correspondence {
  readonly world: World
  readonly emit: Emit<SupportLayout>
  readonly ids: Record<'requester' | 'ticket' | 'message' | 'attachment', number>
  readonly random: Random
  readonly person: Person
  readonly orders: readonly string[]
}

function deskRows(emit: Emit<SupportLayout>): void {
  for (const [i, { name, email, title }] of agents.entries())
    emit('agent', { id: i + 1, name, email, role: title })
  for (const [i, name] of tags.entries()) emit('tag', { id: i + 1, name })
  for (const [i, { title, body }] of macros.entries()) emit('macro', { id: i + 1, title, body })
}

function contactRows(about: Correspondence, contact: Contact): void {
  const { emit, ids, random, person } = about
  const id = ++ids.requester
  const first = contact.tickets.reduce((day, ticket) => Math.min(day, ticket.day), about.world.today)
  emit('requester', {
    id,
    name: contact.name,
    email: contact.email,
    phone: contact.phone,
    customer_no: contact.number,
    organisation: companyName(person),
    locale: person.language,
    notes: chance(random, 0.1)
      ? fill(pick(random, sentences[person.language].staffNotes), slotsOf(person))
      : null,
    created_at: showInstant(first, int(random, 28_800)),
  })
  for (const ticket of contact.tickets) ticketRows(about, id, contact, ticket)
}

function ticketRows(about: Correspondence, requester: number, contact: Contact, ticket: Ticket): void {
  const { emit, ids, random, person, orders, world } = about
  const id = ++ids.ticket
  const agent = int(random, agents.length)
  const order = orders[orders.length - 1]
  const slots: Slots = {
    ...slotsOf(person),
    email: contact.email ?? person.email,
    ...(order !== undefined && { order }),
    product: pick(random, products).name,
    plant: pick(random, plants).name,
    agent: agents[agent]?.name ?? '',
  }
  const topic = pick(
    random,
    sentences[person.language].topics.filter(({ body }) => fits(body, slots)),
  )
  const solved = world.today - ticket.day > 20 && chance(random, 0.97)
  emit('ticket', {
    id,
    requester_id: requester,
    assignee_id: agent + 1,
    subject: fill(topic.subject, slots),
    body: `${fill(topic.body, slots)}${confided(about, ticket)}`,
    status: solved ? 'solved' : pick(random, ['open', 'pending']),
    channel: contact.email === null ? 'phone' : pick(random, ['email', 'email', 'web']),
    created_at: showInstant(ticket.day, between(random, 28_800, 79_000)),
    solved_at: solved ? showInstant(ticket.day + 4, 61_200) : null,
  })
  messageRows(about, id, contact.name, ticket.day, slots)
  emit('ticket_tag', { ticket_id: id, tag_id: 1 + int(random, tags.length) })
  if (chance(random, 0.2)) attachmentRow(about, id, ticket.day)
}

/** What slips into the text beyond the matter itself: other people, and things of Art. 9 GDPR. */
function confided({ random, person, world }: Correspondence, ticket: Ticket): string {
  const { mentions, special } = sentences[person.language]
  const parts: string[] = []
  if (ticket.confidence !== null) parts.push(pick(random, special[ticket.confidence]))
  if (ticket.mention !== null) {
    const other = world.customer(ticket.mention)
    // In the story, name, phone and e-mail all have to stand there; the last sentence has them.
    const sentence = person.index <= storyLength ? mentions[mentions.length - 1] : pick(random, mentions)
    parts.push(
      fill(sentence ?? '', {
        other: chance(random, 0.8) ? fullName(other) : plainName(other),
        otherPhone: other.phone.national,
        otherEmail: other.email,
      }),
    )
  }
  return parts.map((part) => `\n\n${part}`).join('')
}

function messageRows(about: Correspondence, ticket: number, author: string, day: Day, slots: Slots): void {
  const { emit, ids, random, person } = about
  const { replies, followUps } = sentences[person.language]
  const fitting = replies.filter((reply) => fits(reply, slots))
  const say = (who: 'requester' | 'agent', text: string, later: number) =>
    emit('message', {
      id: ++ids.message,
      ticket_id: ticket,
      author: who,
      author_name: who === 'agent' ? (slots.agent ?? null) : author,
      body: fill(text, slots),
      sent_at: showInstant(day, 79_200 + later),
    })
  if (chance(random, 0.9)) say('agent', pick(random, fitting), int(random, 3_000))
  if (chance(random, 0.5)) say('requester', pick(random, followUps), 3_000 + int(random, 3_000))
}

function attachmentRow({ emit, ids, random, person }: Correspondence, ticket: number, day: Day): void {
  const photo = chance(random, 0.6)
  const hex = () =>
    int(random, 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  emit('attachment', {
    id: ++ids.attachment,
    ticket_id: ticket,
    file_name: photo
      ? `IMG_${showInstant(day, int(random, 86_400)).replaceAll(/\D/g, '').slice(0, 14)}.jpg`
      : `facture_${person.family.plain.replaceAll(/\W+/g, '_')}_${person.given.plain}.pdf`,
    media_type: photo ? 'image/jpeg' : 'application/pdf',
    bytes: between(random, 20_000, 4_000_000),
    sha256: Array.from({ length: 8 }, hex).join(''),
  })
}
