import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { pageHead } from './document-page.ts'

const head = pageHead('en', 'Title').toString()
const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(head) ?? []

type Colours = Readonly<Record<string, string>>

const colours = (css: string): Colours =>
  Object.fromEntries(
    [...css.matchAll(/--([a-z-]+): (#[0-9a-f]{3,6})/g)].map(([, name = '', value = '']) => [name, value]),
  )

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const digits = hex.length === 4 ? hex.slice(1).replace(/./g, '$&$&') : hex.slice(1)
  const [r = 0, g = 0, b = 0] = [0, 2, 4]
    .map((at) => Number.parseInt(digits.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

const light = colours(style.slice(0, style.indexOf('@media')))
const schemes: Readonly<Record<string, Colours>> = {
  light,
  dark: colours(/prefers-color-scheme: dark[\s\S]*?\n\}/.exec(style)?.[0] ?? ''),
  print: { ...light, ...colours(/@media print[\s\S]*/.exec(style)?.[0] ?? '') },
}

for (const [scheme, colour] of Object.entries(schemes))
  test(`in ${scheme} every text can be read by weak eyes`, () => {
    const pairs: readonly (readonly [text: string, ground: string, least: number])[] = [
      ['ink', 'paper', 7],
      ['ink', 'tint', 7],
      ['ink', 'warn-tint', 7],
      ['soft', 'paper', 4.5],
      ['soft', 'tint', 4.5],
      ['link', 'paper', 4.5],
      ...['warn', 'bad', 'good', 'kept'].map((mark) => [mark, `${mark}-tint`, 4.5] as const),
    ]
    for (const [text, ground, least] of pairs) {
      const ratio = contrast(colour[text] ?? '', colour[ground] ?? '')
      assert.ok(ratio >= least, `${text} on ${ground}: ${ratio.toFixed(2)}`)
    }
  })

test('a page may show its own style and do nothing else', () => {
  const hash = createHash('sha256').update(style).digest('base64')
  assert.ok(
    head.includes(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    ),
  )
  assert.doesNotMatch(style, /url\(|@import/)
})
