import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { generateSample } from '../../sample/generate-sample.ts'
import { sampleTruth } from '../../sample/truth.ts'
import { inspectUrl } from '../../src/inventory/inspect-system.ts'
import { type IdentifierField, matchIdentifiers } from '../../src/inventory/links/match-identifiers.ts'
import { openCluster } from '../../src/platform/embedded-postgres.ts'
import { type ProposedWay, type TrueWay, wayText } from './measure-links.ts'

/** The links nobody declared in three systems that know nothing of each other, and what is proposed there. */
export async function measureSample(
  customers: number,
): Promise<{ readonly truth: readonly TrueWay[]; readonly proposals: readonly ProposedWay[] }> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-links-sample-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  const cluster = await openCluster({
    directory: join(directory, 'postgres'),
    password: 'bench',
    settings: {},
  })
  stack.defer(() => cluster.close())
  const client = new pg.Client({ connectionString: cluster.url('postgres') })
  await client.connect()
  await client.query('create database shop')
  await client.end()
  const shopUrl = cluster.url('shop')
  await generateSample({ customers, seed: 'bench', shopUrl, directory, today: '2026-08-31' })
  const urls = {
    shop: shopUrl,
    support: `sqlite:${join(directory, 'support.sqlite')}`,
    newsletter: `files:${join(directory, 'newsletter')}`,
  }
  const proposals: ProposedWay[] = []
  const known: IdentifierField[] = []
  for (const [system, url] of Object.entries(urls)) {
    const { links, identifiers } = await inspectUrl(url, system, '/', { sample: 200, key: 'one scan' })
    const matches = matchIdentifiers(identifiers, known)
    proposals.push(
      ...links.within.map((link) => ({
        ...link,
        from: `${system}/${link.from}`,
        to: `${system}/${link.to}`,
      })),
      ...matches.map(({ from, to, confidence }) => ({
        from: `${from.system}/${from.collection}`,
        fields: [from.field],
        to: `${to.system}/${to.collection}`,
        toFields: [to.field],
        confidence,
      })),
    )
    known.push(...identifiers)
  }
  const truth = sampleTruth().undeclaredLinks.map(
    ({ from, to, on }): TrueWay => ({ from, fields: Object.keys(on), to, toFields: Object.values(on) }),
  )
  return { truth, proposals: [...new Map(proposals.map((one) => [wayText(one), one])).values()] }
}
