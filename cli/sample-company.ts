import { randomBytes } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateSample, type OnSampleProgress, type SampleSummary } from '../sample/public.ts'
import { openPool, type Pool } from '../src/platform/database.ts'
import { type Installation, makeDatabase } from '../src/platform/installation.ts'
import { name, sql } from '../src/platform/sql.ts'
import { problem } from './problems.ts'

export interface SampleCompany {
  readonly directory: string
  readonly summary: SampleSummary
  /** Of the three systems, with the password of the shop's database. */
  readonly urls: Readonly<Record<'shop' | 'support' | 'newsletter', string>>
}

export interface MakeSample {
  readonly customers: number
  readonly seed: string
  readonly today: string
  readonly directory: string
  /** An empty database on a server of one's own, in place of one in the embedded cluster. */
  readonly shopUrl?: string
  /** Drops an earlier sample first: its files, known by the note beside them, and its database in our own cluster. */
  readonly force: boolean
}

/** Role and database in the embedded cluster; nothing else there has this name. */
const shop = 'sample_shop'
const note = 'sample.json'

/** Makes the sample's three systems. Throws `cli.sample-exists`, `cli.sample-needs-server` and what `sample/` throws. */
export async function makeSampleCompany(
  installation: Installation,
  input: MakeSample,
  onProgress: OnSampleProgress,
): Promise<SampleCompany> {
  const { clusterUrl } = installation
  if (input.shopUrl === undefined && clusterUrl === undefined) throw problem('cli.sample-needs-server')
  await using cluster = input.shopUrl === undefined && clusterUrl ? new ShopInCluster(clusterUrl) : undefined
  const noted = await readFile(join(input.directory, note), 'utf8').then(
    () => true,
    () => false,
  )
  if ((noted || (await cluster?.exists())) && !input.force)
    throw problem('cli.sample-exists', { directory: input.directory })
  if (noted) await removeFiles(input.directory)
  const shopUrl = input.shopUrl ?? (await cluster?.make()) ?? ''
  try {
    const summary = await generateSample({ ...input, shopUrl }, onProgress)
    await writeFile(join(input.directory, note), `${JSON.stringify(summary, null, 2)}\n`, { mode: 0o600 })
    const urls = {
      shop: shopUrl,
      support: `sqlite:${join(input.directory, 'support.sqlite')}`,
      newsletter: `files:${join(input.directory, 'newsletter')}`,
    }
    return { directory: input.directory, summary, urls }
  } catch (error) {
    await cluster?.drop()
    throw error
  }
}

async function removeFiles(directory: string): Promise<void> {
  const files = ['support.sqlite', 'support.sqlite-wal', 'support.sqlite-shm', 'newsletter', note]
  for (const file of files) await rm(join(directory, file), { recursive: true, force: true })
}

/** The shop's database in the embedded cluster, with a role and a password of its own. */
class ShopInCluster {
  readonly #url: (database: string) => string
  readonly #admin: Pool

  constructor(url: (database: string) => string) {
    this.#url = url
    this.#admin = openPool(url('postgres'), 'dossier sample', 1)
  }

  async exists(): Promise<boolean> {
    return (
      (await this.#admin.row(sql`select 1 from pg_catalog.pg_database d where d.datname = ${shop}`)) !==
      undefined
    )
  }

  /** Anew, with a new password; returns the URL to hand out. */
  async make(): Promise<string> {
    await this.drop()
    const password = randomBytes(18).toString('base64url')
    await makeDatabase(this.#admin, { name: shop, password }, shop)
    const url = new URL(this.#url(shop))
    url.username = shop
    url.password = password
    return url.href
  }

  async drop(): Promise<void> {
    await this.#admin.run(sql`drop database if exists ${name(shop)} with (force)`)
    await this.#admin.run(sql`drop role if exists ${name(shop)}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#admin[Symbol.asyncDispose]()
  }
}
