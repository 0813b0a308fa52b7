import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isProblem } from '../src/platform/problem.ts'
import { parseDay } from './calendar.ts'
import { sampleCompany } from './company.ts'
import { createNewsletterRows, type NewsletterRows } from './newsletter/newsletter-rows.ts'
import { openNewsletter } from './newsletter/write-newsletter.ts'
import { outsideReason } from './outside-reason.ts'
import { problem } from './problems.ts'
import { createShopRows, type ShopRows } from './shop/shop-rows.ts'
import { openShop } from './shop/write-shop.ts'
import { storyLength } from './story-people.ts'
import { createSupportRows, type SupportRows } from './support/support-rows.ts'
import { openSupport } from './support/write-support.ts'
import { createWorld, type World } from './world.ts'

export interface SampleOptions {
  /** 20 (the story) to four million. */
  readonly customers: number
  readonly seed: string
  /** An empty PostgreSQL database which the user of this URL owns. */
  readonly shopUrl: string
  /** Where `support.sqlite` and `newsletter/` come to stand. */
  readonly directory: string
  /** YYYY-MM-DD: ages of invoices are counted back from it. */
  readonly today: string
}

/** What was made: rows per table or file, without secrets. */
export interface SampleSummary {
  readonly company: typeof sampleCompany
  readonly customers: number
  readonly seed: string
  readonly today: string
  readonly rows: {
    readonly shop: Readonly<Record<string, number>>
    readonly support: Readonly<Record<string, number>>
    readonly newsletter: Readonly<Record<string, number>>
  }
}

/** `what` is `customers` while rows are made, then `rules` while the shop's keys and references are checked. */
export type OnSampleProgress = (done: number, total: number, what: 'customers' | 'rules') => void

/** Between two flushes: some twenty rows each, so a few megabytes. */
const batch = 2_000

/** Phone plans have ten million numbers per country; a customer and a stranger take one each. */
const mostCustomers = 4_000_000

const supportFile = 'support.sqlite'
const newsletterFolder = 'newsletter'

/**
 * Makes the sample company: a shop in PostgreSQL, a support desk in SQLite, newsletter lists in CSV. The same options
 * give the same data, byte for byte; a larger sample begins with the people of a smaller one. All or nothing.
 * Throws `sample.customers`, `sample.today`, `sample.files-exist`, `sample.not-empty`, `sample.encoding`,
 * `sample.unreachable`, `sample.failed`.
 */
export async function generateSample(
  options: SampleOptions,
  onProgress: OnSampleProgress = () => {},
): Promise<SampleSummary> {
  const world = worldOf(options)
  for (const file of [supportFile, newsletterFolder])
    if (existsSync(join(options.directory, file))) throw problem('sample.files-exist', { file })
  const draft = join(options.directory, '.sample-draft')
  try {
    const rows = await writeSystems(world, options, draft, onProgress)
    const { customers, seed, today } = options
    return { company: sampleCompany, customers, seed, today, rows }
  } catch (error) {
    const reason = outsideReason(error)
    throw reason === undefined || isProblem(error) ? error : problem('sample.failed', { reason }, error)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

function worldOf({ customers, seed, today }: SampleOptions): World {
  if (!Number.isInteger(customers) || customers < storyLength || customers > mostCustomers)
    throw problem('sample.customers', { least: storyLength, most: mostCustomers })
  const day = parseDay(today)
  if (day === undefined) throw problem('sample.today')
  return createWorld(seed, customers, day)
}

async function writeSystems(
  world: World,
  options: SampleOptions,
  draft: string,
  onProgress: OnSampleProgress,
): Promise<SampleSummary['rows']> {
  const { directory } = options
  await using shop = await openShop(options.shopUrl)
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { recursive: true })
  const rows = await writeFiles()
  await shop.finish((done, total) => onProgress(done, total, 'rules'))
  await putInPlace()
  return rows

  /** The shop's commit comes last: it can still fail, and what a rename did is easily undone. */
  async function putInPlace() {
    const placed: string[] = []
    try {
      for (const name of [supportFile, newsletterFolder]) {
        await rename(join(draft, name), join(directory, name))
        placed.push(join(directory, name))
      }
      await shop.commit()
    } catch (error) {
      for (const path of placed) await rm(path, { recursive: true })
      throw error
    }
  }

  async function writeFiles(): Promise<SampleSummary['rows']> {
    using support = openSupport(join(draft, supportFile))
    await using newsletter = await openNewsletter(join(draft, newsletterFolder))
    const makers: Makers = {
      shop: createShopRows(world, shop.emit),
      support: createSupportRows(world, support.emit),
      newsletter: createNewsletterRows(world, newsletter.emit),
    }
    const flush = async () => {
      await shop.flush()
      support.flush()
      await newsletter.flush()
    }
    makers.shop.company()
    makers.support.desk()
    makers.newsletter.statistics()
    for (let index = 1; index <= world.customers; index++) {
      writePeople(world, makers, index)
      if (index % batch === 0 || index === world.customers) {
        await flush()
        onProgress(index, world.customers, 'customers')
      }
    }
    support.finish()
    return { shop: shop.rows, support: support.rows, newsletter: newsletter.rows }
  }
}

interface Makers {
  readonly shop: ShopRows
  readonly support: SupportRows
  readonly newsletter: NewsletterRows
}

/** The customer of an index, and the strangers who may come with it. */
function writePeople(world: World, { shop, support, newsletter }: Makers, index: number): void {
  const person = world.customer(index)
  const life = world.life(person)
  const orders = shop.customer(person, life)
  support.person(world.stream('support', index), person, life.contacts, orders)
  if (life.signup !== null) newsletter.person(world.stream('newsletter', index), person, life.signup)

  const writer = world.stranger('support', index)
  if (writer !== undefined)
    support.person(world.stream('support stranger', index), writer.person, writer.life.contacts, [])
  const reader = world.stranger('newsletter', index)
  if (reader !== undefined && reader.life.signup !== null)
    newsletter.person(world.stream('newsletter stranger', index), reader.person, reader.life.signup)
}
