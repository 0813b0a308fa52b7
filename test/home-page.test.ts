import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { type Browser, chromium } from 'playwright-core'
import { healthRoute } from '../src/pages/health.ts'
import { homePage } from '../src/pages/home.ts'
import { sha256 } from '../src/platform/bytes.ts'
import { sql } from '../src/platform/sql.ts'
import { languages, say } from '../src/platform/texts.ts'
import { contrasts } from './contrasts.ts'
import { call, json, type ProblemReply } from './http-client.ts'
import { startServer, type TestServer } from './http-server.ts'
import { administer, postgresServer, serversAreRequired } from './servers.ts'

let server: TestServer
before(async () => {
  server = await startServer({ routes: [], pages: [homePage('1.2.3')] })
})
after(() => server.dispose())

for (const language of languages)
  test(`the home page is whole in ${language}: health, version, and where to go next`, async () => {
    const reply = await call(server.base, '/', { headers: { 'accept-language': language } })
    assert.equal(reply.headers['content-type'], 'text/html; charset=utf-8')
    assert.match(reply.text, new RegExp(`<html lang="${language}">`))
    for (const key of ['running', 'about', 'health-ok', 'next', 'api-description', 'footer'])
      assert.ok(reply.text.includes(say(language, `home.${key}`)), key)
    for (const part of ['1.2.3', 'npx dossier sample', 'href="/api/openapi.json"', 'href="/api/health"'])
      assert.ok(reply.text.includes(part), part)
    assert.doesNotMatch(reply.text, /\bhome\.[a-z]|\{\{|<script|undefined/)
  })

test('the language can be chosen by a link, whatever the browser prefers', async () => {
  const reply = await call(server.base, '/?lang=fr', { headers: { 'accept-language': 'en' } })
  assert.match(reply.text, /<html lang="fr">/)
  assert.match((await call(server.base, '/?lang=xx')).text, /<html lang="en">/)
})

test('its policy allows its own stylesheet and nothing else', async () => {
  const { headers, text } = await call(server.base, '/')
  const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? ''
  assert.equal(
    headers['content-security-policy'],
    `default-src 'none'; style-src 'sha256-${sha256(style).toString('base64')}'; img-src data:; ` +
      `base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  )
})

test('when the database is gone the page still stands and says so, and a monitor is told', async () => {
  await using troubled = await startServer({ routes: [healthRoute('1.2.3')], pages: [homePage('1.2.3')] })
  const own = await troubled.ctx.db.row<{ name: string }>(sql`select pg_catalog.current_database() as name`)
  await administer(await postgresServer(), `drop database ${own?.name} with (force)`)
  const page = await call(troubled.base, '/')
  assert.equal(page.status, 200)
  assert.ok(page.text.includes(say('en', 'home.health-unreachable')))
  const health = await call(troubled.base, '/api/health')
  assert.equal(health.status, 503)
  assert.equal(json<ProblemReply>(health).code, 'platform.database-unreachable')
})

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))
if (!executablePath) {
  if (serversAreRequired) throw new Error('Chromium is required and not installed')
  console.log('# skipped, said aloud: no Chromium on this machine')
}

describe('in a browser', { skip: executablePath === undefined }, () => {
  let browser: Browser
  before(async () => {
    browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] })
  })
  after(() => browser.close())

  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [320, 1280])
      test(`it fits ${width} pixels in ${colorScheme}, can be read, and nothing is refused or missing`, async () => {
        const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
        const complaints: string[] = []
        page.on('console', (message) => complaints.push(message.text()))
        page.on('requestfailed', (request) => complaints.push(request.url()))
        await page.goto(`${server.base}/?lang=fr`)
        assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true)
        const poor = (await contrasts(page)).filter(({ ratio }) => ratio < 4.5)
        assert.deepEqual(poor, [])
        assert.deepEqual(complaints, [])
        await page.close()
      })

  test('it has one heading, its landmarks, and a visible focus on every link', async () => {
    const page = await browser.newPage()
    await page.goto(server.base)
    for (const [role, count] of [
      ['banner', 1],
      ['navigation', 1],
      ['main', 1],
      ['contentinfo', 1],
    ] as const)
      assert.equal(await page.getByRole(role).count(), count, role)
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1)
    for (let i = await page.getByRole('link').count(); i > 0; i -= 1) {
      await page.keyboard.press('Tab')
      const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineWidth')
      assert.equal(outline, '3px')
    }
    await page.close()
  })
})
