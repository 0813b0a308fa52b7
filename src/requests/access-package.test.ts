import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { openPromise } from 'yauzl'
import type { Json } from '../platform/bytes.ts'
import { signedManifestSchema } from './access-manifest.ts'
import { type AccessPackageOptions, writeAccessPackage } from './access-package.ts'
import { descriptions, holdings, map } from './access-person.fixture.ts'
import { publishedSchema } from './signed-document-schema.ts'

const directory = await mkdtemp(join(tmpdir(), 'access-package-'))
after(() => rm(directory, { recursive: true }))

const signature = { algorithm: 'Ed25519', publicKey: 'key', value: 'signed' } as const
const options: AccessPackageOptions = {
  holdings,
  map,
  descriptions,
  language: 'en',
  requestId: '01933d2e-7c1b-7a31-9b1f-0c6d5e4f3a2b',
  createdAt: new Date('2026-11-21T10:00:00Z'),
  controllerNames: ['Example SARL'],
  sign: (document: Json) => ({ document, signature }),
  file: join(directory, 'copy.zip'),
}

async function unzip(file: string): Promise<ReadonlyMap<string, Buffer>> {
  const zip = await openPromise(file, { strictFileNames: true })
  const files = new Map<string, Buffer>()
  for await (const entry of zip.eachEntry())
    files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)))
  return files
}

const written = await writeAccessPackage(options)
const files = await unzip(options.file)
const { document: manifest } = signedManifestSchema.parse(JSON.parse(String(files.get('manifest.json'))))

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex')

test('the manifest names every other file with its true digest and size', () => {
  assert.deepEqual(
    manifest.files.map(({ path }) => path).toSorted(),
    [...files.keys()].filter((path) => path !== 'manifest.json').toSorted(),
  )
  for (const { path, sha256: digest, bytes } of manifest.files) {
    const content = files.get(path)
    assert.ok(content, path)
    assert.deepEqual([sha256(content), content.length], [digest, bytes], path)
  }
})

test('the answer tells the digest of the whole and how much is in it', async () => {
  assert.deepEqual(written, {
    file: options.file,
    sha256: sha256(await readFile(options.file)),
    collections: 6,
    rows: 10,
  })
})

test('only its owner may read the package, and nothing half-written lies beside it', async () => {
  assert.equal((await stat(options.file)).mode & 0o777, 0o600)
  assert.deepEqual(await readdir(directory), ['copy.zip'])
})

test('names nobody would choose become safe paths, and the manifest says whose they are', () => {
  const tickets = manifest.collections.filter(({ system }) => system === '../help desk')
  assert.deepEqual(
    tickets.map(({ name, json }) => [name, json]),
    [
      ['Tickets', 'data/help-desk/Tickets.json'],
      ['tickets', 'data/help-desk/tickets-2.json'],
    ],
  )
})

test('JSON holds what the system holds, digit by digit', () => {
  const text = String(files.get('data/shop/public.order.json'))
  const { rows } = JSON.parse(text) as { rows: { role: string; values: Record<string, unknown> }[] }
  assert.equal(rows[0]?.values.id, '9007199254740993', 'a number that readers would round is a string')
  assert.equal(rows[1]?.values.id, 7)
  assert.match(text, /"total": 19\.90,/)
  assert.equal(rows[0]?.values.comment, '=HYPERLINK("http://x")', 'JSON carries no spreadsheet guard')
  assert.equal(rows[2]?.values.comment, '')
  assert.equal(rows[3]?.values.comment, null)
  assert.match(String(files.get('data/help-desk/Tickets.json')), /"__proto__": "kept"/)
})

test('CSV opens in a spreadsheet without running anything, and the manifest counts the guarded cells', () => {
  const csv = files.get('data/shop/public.order.csv')
  assert.ok(csv)
  assert.equal(csv.subarray(0, 3).toString('hex'), 'efbbbf')
  const [head, first, second, third] = parse(csv, { bom: true, record_delimiter: '\r\n' })
  assert.deepEqual(head, ['id', 'ordered_at', 'total', 'quantity', 'comment', 'delivery', 'loyalty'])
  assert.equal(first?.[4], `'=HYPERLINK("http://x")`)
  assert.equal(second?.[2], '-12.50')
  assert.equal(second?.[4], 'Bitte klingeln.\nDanke!')
  assert.match(String(csv), /,11,"",/, 'an empty text and no value stay apart')
  assert.equal(third?.[4], '')
  const guarded = Object.fromEntries(
    manifest.collections.map(({ name, guardedCells }) => [name, guardedCells]),
  )
  assert.deepEqual(guarded, {
    'public.customer': 1,
    'public.order': 1,
    'public.gift': 0,
    'public.household': 1,
    Tickets: 0,
    tickets: 0,
  })
})

test('what was left out, what is missing and what names the person elsewhere stand in the manifest', () => {
  assert.deepEqual(manifest.unreachable, [{ system: 'accounting', code: 'connectors.unreachable' }])
  assert.deepEqual(manifest.nothingFound, ['newsletter'])
  assert.deepEqual(
    manifest.leftOut.map(({ field }) => field),
    ['password_hash', 'risk_note', 'receiver_name', 'receiver_note'],
  ) // prettier-ignore
  assert.equal(manifest.mentions.length, 1)
})

test('nothing of other people, no secret and no inner address leaves with the package', () => {
  for (const [path, content] of files)
    for (const secret of [
      'argon2id',
      'watch',
      'SECRET OF THE GIVER',
      'Somebody Else',
      'Thank you, Else',
      'Neighbour of',
    ])
      assert.ok(!content.includes(secret), `${secret} in ${path}`)
})

test('when signing fails nothing is left, and what stood there before stays', async () => {
  const file = join(directory, 'earlier.zip')
  await writeFile(file, 'earlier')
  const sign = () => Promise.reject(new Error('no key'))
  await assert.rejects(writeAccessPackage({ ...options, file, sign }), /no key/)
  assert.equal(await readFile(file, 'utf8'), 'earlier')
  assert.deepEqual((await readdir(directory)).toSorted(), ['copy.zip', 'earlier.zip'])
})

test('a place that cannot be written to is a problem that names it', async () => {
  const file = join(directory, 'no', 'such', 'folder.zip')
  await assert.rejects(writeAccessPackage({ ...options, file }), {
    code: 'requests.package-unwritable',
    params: { file, reason: 'ENOENT' },
  })
})

test('a person of whom nothing is held gets a package that says so', async () => {
  const file = join(directory, 'nothing.zip')
  const empty = {
    ...holdings,
    systems: [{ name: 'shop', collections: [] }],
    unreachable: [],
    notFollowed: [],
  }
  const answer = await writeAccessPackage({ ...options, holdings: empty, file })
  assert.deepEqual([answer.collections, answer.rows], [0, 0])
  assert.match(String((await unzip(file)).get('index.html')), /Nothing about you was found/)
})

test('a hundred thousand rows fit into one package, of which the page shows a thousand', async () => {
  const file = join(directory, 'large.zip')
  const rows = Array.from({ length: 100_000 }, (_, i) => ({
    key: `["${i}"]`,
    role: 'owner' as const,
    clears: [],
    via: { by: 'known' as const },
    cells: [String(i), '2026-01-01 00:00:00+00', '1.00', '1', `line ${i}`, null, null],
  }))
  const fields = ['id', 'ordered_at', 'total', 'quantity', 'comment', 'delivery', 'loyalty']
  const systems = [{ name: 'shop', collections: [{ name: 'public.order', fields, rows, mentions: [] }] }]
  const answer = await writeAccessPackage({ ...options, holdings: { ...holdings, systems }, file })
  assert.equal(answer.rows, 100_000)
  const large = await unzip(file)
  assert.equal(parse(large.get('data/shop/public.order.csv') ?? '', { bom: true }).length, 100_001)
  const page = String(large.get('index.html'))
  assert.match(page, /1,000 of 100,000 records are shown here/)
  assert.equal(page.match(/<th scope="row" class="number">/g)?.length, 1_000)
})

test('the published schema of the manifest is the one packages are written by', async () => {
  const published = new URL('../../docs/access-package.schema.json', import.meta.url)
  if (process.env.UPDATE_SCHEMAS) await writeFile(published, publishedSchema(signedManifestSchema))
  assert.equal(
    await readFile(published, 'utf8'),
    publishedSchema(signedManifestSchema),
    'run again with UPDATE_SCHEMAS=1',
  )
})
