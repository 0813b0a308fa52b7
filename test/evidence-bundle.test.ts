import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { z } from 'zod'
import { manifestSchema } from '../src/evidence/bundle-manifest.ts'
import { publicKey, readStoredZip, recordEvidence, verifyBundle } from '../src/evidence/public.ts'
import { evidenceRoutes } from '../src/evidence/routes.ts'
import type { Context } from '../src/platform/context.ts'
import { isProblem } from '../src/platform/problem.ts'
import { languages } from '../src/platform/texts.ts'
import { assertGoodPage } from '../src/requests/good-page.fixture.ts'
import { evidenceOfRequest } from '../src/requests/public.ts'
import { requestRoutes } from '../src/requests/routes.ts'
import { destroySubjectKey, openFor, sealFor } from '../src/subjects/public.ts'
import { runVerifier, standalone, unpackTo } from './bundle-verifiers.ts'
import { commandLine } from './command-line.ts'
import { contrasts } from './contrasts.ts'
import { eraseNow } from './erase-now.ts'
import { json } from './http-client.ts'
import { startServer } from './http-server.ts'
import { freshInstallation, type TestInstallation } from './installation.ts'
import { postgresServer, serversAreRequired } from './servers.ts'
import { type SmallCompany, smallCompany } from './small-company.ts'

/** A person erased from one system with little kept, and a sealed detail of hers. */
let installation: TestInstallation
let company: SmallCompany
let ctx: Context
let request = ''
let subjectId = ''
let detail: { readonly id: string; readonly sealed: Buffer }
const temporary = mkdtempSync(join(tmpdir(), 'dossier-evidence-'))

before(async () => {
  installation = await freshInstallation()
  ctx = installation.ctx
  company = await smallCompany(ctx, await postgresServer())
  ;({ request } = await eraseNow(ctx, 'anna@example.org'))
  const manifest = (await bundle({ withDetails: false })).manifest
  subjectId = (
    JSON.parse(fileOf(await bundle({ withDetails: false }), manifest.entries[0]?.index)) as {
      subject: string
    }
  ).subject
  let sealed = Buffer.alloc(0)
  const id = await recordEvidence(ctx, {
    subjectId,
    requestId: request,
    kind: 'test.detailed',
    facts: {},
    sealedDetail: async (entryId) => {
      sealed = Buffer.from(
        await sealFor(ctx, subjectId, ['test.detail', entryId], 'anna@example.org wrote to us'),
      )
      return sealed
    },
  })
  detail = { id, sealed }
})
after(async () => {
  await company?.[Symbol.asyncDispose]()
  await installation?.dispose()
  rmSync(temporary, { recursive: true, force: true })
})

const bundle = async ({ withDetails = false, language = 'en' as 'en' | 'fr' } = {}) =>
  evidenceOfRequest(ctx, request, { language, withDetails })
const fileOf = ({ zip }: { readonly zip: Buffer }, index: number | undefined) =>
  String(readStoredZip(zip).files.get(`entries/${index}.json`))

async function holdsEverywhere(zip: Buffer, name: string): Promise<void> {
  const read = readStoredZip(zip)
  const report = verifyBundle(read, { key: publicKey(ctx) })
  assert.deepEqual([report.ok, report.keyFrom, report.findings], [true, 'given', []])
  const folder = unpackTo(join(temporary, name), read.files)
  for (const verifier of standalone) {
    const { exit, verdicts } = await runVerifier(verifier, [folder], '--key', publicKey(ctx))
    assert.deepEqual([exit, verdicts[0]?.holds], [0, true], verifier[0])
  }
}

describe('the evidence of an erasure', () => {
  it('tells what was asked, found, planned, approved, done and verified, and names the certificate', async () => {
    const { manifest, zip } = await bundle()
    const kinds = manifest.entries.map(({ kind }) => kind.replace(/^requests\./, ''))
    const story = [
      'received',
      'planned',
      'approved',
      'found',
      'step-done',
      'verified',
      'completed',
      'certified',
    ]
    assert.deepEqual(
      kinds.filter((kind) => story.includes(kind)),
      story,
    )
    const { documents } = verifyBundle(readStoredZip(zip))
    assert.deepEqual(
      documents.map(({ entry }) => entry !== null),
      [true, false, false],
    )
    await holdsEverywhere(zip, 'told')
  })

  it('holds nothing personal, sealed or not, unless details are asked for', async () => {
    const { zip } = await bundle()
    for (const word of ['anna', 'Anna', 'Muster', 'example.org', '612345678'])
      assert.equal(zip.includes(word), false, word)
    assert.equal(zip.includes(detail.sealed), false)
    const open = await bundle({ withDetails: true })
    assert.equal(open.zip.includes(detail.sealed), true)
    assert.equal(open.zip.includes('anna'), false)
  })

  it('goes on being proven after the person’s key was destroyed: what was handed out before, and what is now', async () => {
    const before = await bundle({ withDetails: true })
    const index = before.manifest.entries.find(({ id }) => id === detail.id)?.index
    const opened = await openFor(ctx, subjectId, ['test.detail', detail.id], detail.sealed)
    assert.equal(opened.toString(), 'anna@example.org wrote to us')
    await destroySubjectKey(ctx, subjectId)
    await assert.rejects(openFor(ctx, subjectId, ['test.detail', detail.id], detail.sealed), (error) =>
      isProblem(error),
    )
    await holdsEverywhere(before.zip, 'before')
    const later = await bundle({ withDetails: true })
    const states = new Set(
      later.manifest.entries.filter((one) => one.id === detail.id).map((one) => one.detail),
    )
    assert.deepEqual([...states], ['destroyed'])
    assert.equal(later.zip.includes(detail.sealed), false)
    assert.equal(fileOf(later, index), fileOf(before, index))
    await holdsEverywhere(later.zip, 'later')
  })

  it('is checked by the command line with no data directory, no settings and no server', async () => {
    const stranger = join(temporary, 'nowhere', 'data')
    const dossier = commandLine(
      { config: { paths: { data: stranger } } as TestInstallation['config'] },
      {},
      temporary,
    )
    const file = join(temporary, 'evidence.zip')
    const { zip } = await bundle()
    writeFileSync(file, zip)
    const folder = unpackTo(join(temporary, 'folder'), readStoredZip(zip).files)
    for (const place of [file, folder]) {
      const known = await dossier.run('evidence', 'verify', place, '--key', publicKey(ctx))
      assert.deepEqual([known.exit, known.stderr], [0, ''])
      assert.match(known.stdout, /Checked with the key you gave/)
      const own = await dossier.run('evidence', 'verify', place)
      assert.equal(own.exit, 0)
      assert.match(own.stdout, /taken from the bundle itself/)
      assert.ok(own.stdout.includes(publicKey(ctx)))
    }
    const at = zip.indexOf('"rule"')
    zip[at + 1] = (zip[at + 1] ?? 0) ^ 4
    writeFileSync(file, zip)
    const changed = await dossier.json<{
      ok: boolean
      findings: { code: string; place: string; entry: string }[]
    }>('evidence', 'verify', file)
    assert.deepEqual([changed.exit, changed.document.ok, changed.document.findings.length], [1, false, 1])
    assert.match(
      JSON.stringify(changed.document.findings),
      /"entry-changed","place":"entries\/\d+\.json","entry":"0/,
    )
    assert.equal((await dossier.run('evidence', 'verify', join(temporary, 'no-such.zip'))).exit, 2)
    assert.equal(existsSync(stranger), false)
  })

  it('is given and checked over HTTP too; its details only by a call that says what it does', async () => {
    await using server = await startServer({ routes: [...requestRoutes, ...evidenceRoutes] })
    await using other = await smallCompany(server.ctx, await postgresServer())
    const erased = await eraseNow(server.ctx, 'anna@example.org')
    const token = await server.token('evidence:read', 'requests:write')
    const url = `${server.base}/api/requests/${erased.request}/evidence?language=fr`
    const headers = { authorization: `Bearer ${token}` }
    for (const method of ['GET', 'POST']) {
      const reply = await fetch(url, { method, headers })
      assert.deepEqual([reply.status, reply.headers.get('content-type')], [200, 'application/zip'])
      const zip = Buffer.from(await reply.arrayBuffer())
      const checked = await server.ask('/api/evidence/bundle-verification', token, {
        method: 'POST',
        body: { bundle: zip.toString('base64'), key: publicKey(server.ctx) },
      })
      const report = json<{ ok: boolean; keyFrom: string; entries: number }>(checked)
      assert.deepEqual([checked.status, report.ok, report.keyFrom], [200, true, 'given'])
      const isSaid = readStoredZip(zip).files.get('index.html')?.includes('détails scellés ont été joints')
      assert.equal(isSaid, method === 'POST')
    }
    assert.ok(other)
    const unknown = `${server.base}/api/requests/01900000-0000-7000-8000-000000000000/evidence`
    assert.equal((await fetch(unknown, { headers })).status, 404)
  })

  it('has a list of files after the published schema', async () => {
    const published = new URL('../docs/evidence-manifest.schema.json', import.meta.url)
    assert.deepEqual(JSON.parse(readFileSync(published, 'utf8')), z.toJSONSchema(manifestSchema))
    const { zip } = await bundle()
    manifestSchema.parse(JSON.parse(String(readStoredZip(zip).files.get('manifest.json'))))
  })
})

for (const language of languages)
  test(`the page and the instructions in ${language} lack no sentence and need no network`, async () => {
    const { files } = readStoredZip((await bundle({ language })).zip)
    const page = String(files.get('index.html'))
    assertGoodPage(page, language)
    const readme = String(files.get('README.txt'))
    for (const text of [page.replace(/<style>[\s\S]*<\/style>/, ''), readme])
      assert.doesNotMatch(text, /\{\{|evidence\.(?:page|story|readme)-|undefined|\[object/)
    assert.ok(readme.split('\n').every((line) => line.length <= 110))
    for (const [, href = ''] of page.matchAll(/href="([^"#][^"]*)"/g)) assert.ok(files.has(href), href)
  })

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))
if (!executablePath) {
  if (serversAreRequired) throw new Error('Chromium is required and not installed')
  console.log('# skipped, said aloud: no Chromium on this machine')
}

describe('the page of a bundle in a browser', { skip: executablePath === undefined }, () => {
  let browser: Browser
  before(async () => {
    browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] })
  })
  after(() => browser?.close())

  for (const [language, colorScheme, width] of [
    ['en', 'light', 320],
    ['fr', 'dark', 320],
    ['en', 'dark', 1280],
    ['fr', 'light', 1280],
  ] as const)
    it(`fits ${width} pixels in ${colorScheme}, ${language}, opens its proofs, and asks for nothing it may not`, async () => {
      const { files } = readStoredZip((await bundle({ language })).zip)
      const folder = unpackTo(join(temporary, `page-${language}-${width}`), files)
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
      const complaints: string[] = []
      page.on('console', (message) => complaints.push(message.text()))
      page.on('requestfailed', (failed) => complaints.push(failed.url()))
      await page.goto(pathToFileURL(join(folder, 'index.html')).href)
      const shots = process.env['DOSSIER_SCREENSHOTS']
      const shoot = async (name: string) =>
        shots && page.screenshot({ path: join(shots, `${language}-${width}-${name}.png`), fullPage: true })
      await shoot('closed')
      for (const key of ['Tab', 'Enter']) await page.keyboard.press(key)
      assert.equal(await page.locator('details[open]').count(), 1)
      await shoot('one')
      await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true')
      assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true)
      assert.deepEqual(
        (await contrasts(page)).filter(({ ratio }) => ratio < 4.5),
        [],
      )
      assert.deepEqual(complaints, [])
      await page.close()
    })
})
