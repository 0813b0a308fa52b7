import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { type Browser, chromium } from 'playwright-core'
import type { DataMap } from '../data-map.ts'
import { largeMap } from './large-map.fixture.ts'
import { fitText, textWidth } from './measure-text.ts'
import { drawMap } from './svg.ts'

const mapOf = (name: string): DataMap => ({
  version: 1,
  rules: {},
  systems: {
    [name]: {
      controller: name,
      collections: {
        [name]: {
          rows: 'keep',
          fields: { [name]: { category: 'health' }, email: { category: 'email', identifier: 'email' } },
          links: [{ to: name, on: { [name]: name }, role: 'party' }],
        },
        alone: { rows: 'delete', fields: { note: { category: 'free-text' } } },
      },
    },
  },
})

describe('the picture of a data map', () => {
  it('says in words what it shows: a title, a summary, every collection and every link', () => {
    const svg = drawMap(mapOf('shop'), 'en')
    assert.match(svg, /aria-labelledby="title desc"/)
    assert.match(svg, /<title id="title">Data map<\/title>/)
    assert.match(svg, /<desc id="desc">[^<]*Systems: 1, collections: 2, links drawn as arrows: 1\./)
    assert.match(svg, /<title>shop\/shop: ⚠ health, ◆ email\.<\/title>/)
    assert.match(svg, /<title>shop\/alone: free-text\. reaches nobody<\/title>/)
    assert.match(svg, /<title>shop\/shop → shop\/shop by shop \(party\)<\/title>/)
    assert.match(drawMap(mapOf('shop'), 'fr'), /lang="fr"[\s\S]*Carte des données/)
  })

  it('marks what is special by a sign and a word, not by colour alone', () => {
    const svg = drawMap(mapOf('shop'), 'en')
    assert.match(svg, /class="chip special"[\s\S]*?>⚠ health</)
    assert.match(svg, /special category \(GDPR 9 and 10\)/)
  })

  it('holds no script, no link and nothing from elsewhere, and is the same for the same map', () => {
    const svg = drawMap(largeMap(60), 'en')
    assert.doesNotMatch(svg, /<script|href=|@import|url\((?!#)|<image|<foreignObject/)
    assert.equal(drawMap(largeMap(60), 'en'), svg)
    for (const scheme of ['prefers-color-scheme:dark', 'media print']) assert.ok(svg.includes(scheme))
  })

  it('stays well-formed whatever systems and columns are called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), (name) => {
        if (name === '__proto__' || name.includes('/')) return
        const svg = drawMap(mapOf(name), 'en')
        const outside = svg.replace(
          /<style>[\s\S]*?<\/style>|<\?xml [^>]*\?>|<\/?[a-zA-Z]+(?: [a-zA-Z:-]+="[^"<]*")*\/?>/g,
          '',
        )
        assert.doesNotMatch(outside, /[<>]/)
        assert.doesNotMatch(svg, /&(?!(?:amp|lt|gt|quot|apos);)/)
        assert.doesNotMatch(svg, /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|NaN|undefined/)
      }),
    )
  })

  it('cuts a name where its room ends, between letters a reader sees', () => {
    assert.equal(fitText('customer', 13, 500), 'customer')
    const cut = fitText('👩‍👩‍👧 a very long name of a collection', 13, 120)
    assert.ok(cut.endsWith('…') && textWidth(cut, 13) <= 120)
    assert.ok(cut.startsWith('👩‍👩‍👧'))
  })

  it('draws an empty map too', () => {
    assert.match(drawMap({ version: 1, systems: {}, rules: {} }, 'en'), /Systems: 0/)
    assert.match(drawMap({ version: 1, systems: { a: { collections: {} } }, rules: {} }, 'en'), /Systems: 1/)
  })
})

const executable = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => existsSync(file))
if (!executable && process.env.DOSSIER_REQUIRE_SERVERS === '1')
  throw new Error('Chromium is required and not installed')
if (!executable) console.log('# skipped, said aloud: no Chromium on this machine')

describe('the picture in a browser', { skip: !executable }, () => {
  let browser: Browser
  before(async () => {
    browser = await chromium.launch({ executablePath: executable ?? '', args: ['--no-sandbox'] })
  })
  after(() => browser?.close())

  it('keeps every word inside its card, in the fonts there are', async () => {
    const page = await browser.newPage()
    await page.setContent(drawMap(largeMap(60), 'fr').replace(/<\?xml .*?\?>/, ''))
    const outside = await page.evaluate(`[...document.querySelectorAll('g.card')].flatMap((card) => {
      const face = card.querySelector('.face').getBBox()
      return [...card.querySelectorAll('text:not(.flag)')].flatMap((text) => {
        const box = text.getBBox()
        const fits = box.x >= face.x && box.x + box.width <= face.x + face.width && box.y + box.height <= face.y + face.height + 1
        return fits ? [] : [text.textContent]
      })
    })`)
    assert.deepEqual(outside, [])
    assert.equal(await page.evaluate("document.querySelectorAll('g.card').length"), 60)
  })
})
