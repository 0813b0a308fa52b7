import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateSample, type OnSampleProgress, type SampleSummary } from '../sample/public.ts'
import { openPool } from '../src/platform/database.ts'
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

/** Beside the files we made, so that only those are ever removed. */
const note = 'sample.json'

/** Makes the sample's three systems. Throws `cli.sample-exists`, `cli.sample-needs-server` and what `sample/` throws. */
export async function makeSampleCompany(
  { clusterUrl }: Installation,
  { directory, shopUrl: ownUrl, force, ...options }: MakeSample,
  onProgress: OnSampleProgress,
): Promise<SampleCompany> {
  await using shop = shopDatabase(clusterUrl, ownUrl)
  const isNoted = existsSync(join(directory, note))
  if (!force && (isNoted || (await shop.exists()))) throw problem('cli.sample-exists', { directory })
  if (isNoted) await removeFiles(directory)
  const shopUrl = await shop.make()
  try {
    const summary = await generateSample({ ...options, directory, shopUrl }, onProgress)
    await writeFile(join(directory, note), `${JSON.stringify(summary, null, 2)}\n`, { mode: 0o600 })
    const urls = {
      shop: shopUrl,
      support: `sqlite:${join(directory, 'support.sqlite')}`,
      newsletter: `files:${join(directory, 'newsletter')}`,
    }
    return { directory, summary, urls }
  } catch (error) {
    await shop.drop()
    throw error
  }
}

async function removeFiles(directory: string): Promise<void> {
  const files = ['support.sqlite', 'support.sqlite-wal', 'support.sqlite-shm', 'newsletter', note]
  for (const file of files) await rm(join(directory, file), { recursive: true, force: true })
}

interface ShopDatabase extends AsyncDisposable {
  exists(): Promise<boolean>
  /** Empty; returns its URL. */
  make(): Promise<string>
  drop(): Promise<void>
}

function shopDatabase(clusterUrl: Installation['clusterUrl'], ownUrl: string | undefined): ShopDatabase {
  if (ownUrl !== undefined) return onServer(ownUrl)
  if (clusterUrl !== undefined) return inCluster(clusterUrl)
  throw problem('cli.sample-needs-server')
}

/** On a server of the operator's own: theirs to make and to drop. */
const onServer = (url: string): ShopDatabase => ({
  exists: async () => false,
  make: async () => url,
  drop: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
})

/** In the embedded cluster, with a role and a password of its own. Nothing else there has this name. */
function inCluster(clusterUrl: (database: string) => string): ShopDatabase {
  const shop = 'sample_shop'
  const admin = openPool(clusterUrl('postgres'), 'dossier sample', { max: 1 })
  const drop = async () => {
    await admin.run(sql`drop database if exists ${name(shop)} with (force)`)
    await admin.run(sql`drop role if exists ${name(shop)}`)
  }
  return {
    drop,
    exists: async () => {
      const found = await admin.row(sql`select 1 from pg_catalog.pg_database d where d.datname = ${shop}`)
      return found !== undefined
    },
    make: async () => {
      await drop()
      const password = randomBytes(18).toString('base64url')
      await makeDatabase(admin, { name: shop, password }, shop)
      const url = new URL(clusterUrl(shop))
      url.username = shop
      url.password = password
      return url.href
    },
    [Symbol.asyncDispose]: () => admin[Symbol.asyncDispose](),
  }
}
