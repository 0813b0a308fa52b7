import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Block, bad, good, verbatim } from './answer.ts'
import { type Page, render } from './render.ts'
import { displayWidth } from './terminal-text.ts'

const page = (width = Number.POSITIVE_INFINITY): Page => ({
  language: 'en',
  width,
  paint: (tone, text) => `<${tone}>${text}</${tone}>`,
})
const bare = (width?: number): Page => ({ ...page(width), paint: (_, text) => text })

const names: Block = {
  columns: [{ header: 'Name' }, { header: 'Rows', align: 'right' }, { header: 'Note' }],
  rows: [
    ['山田花子', 1_234_567, 'x'],
    ['José', 5, good('fine')],
    ['e\u0301', 12, ''],
  ],
}

describe('an answer for people', () => {
  it('stands in columns whatever the script', () => {
    const lines = render([names], bare()).trimEnd().split('\n')
    assert.deepEqual(lines, [
      'Name           Rows  Note',
      '山田花子  1,234,567  x',
      'José              5  fine',
      'e\u0301                12',
    ])
    const ends = lines.map((line) => displayWidth(line.replace(/ {2}\S*$/, '')))
    assert.equal(ends[0], ends[1])
  })

  it('folds the columns that may be folded, so that no line is wider than the terminal', () => {
    const table: Block = {
      columns: [{ header: 'Field' }, { header: 'Why', wrap: true }],
      rows: [['email', 'the name says e-mail address; every sampled value has the shape of one']],
    }
    const lines = render([table], bare(40)).trimEnd().split('\n')
    assert.ok(lines.length > 2 && lines.every((line) => displayWidth(line) <= 40))
    assert.equal(
      lines
        .slice(1)
        .map((line) => line.slice(7))
        .join(' '),
      'the name says e-mail address; every sampled value has the shape of one',
    )
  })

  it('is never folded where the output is no terminal, nor what is meant to be copied', () => {
    const long = `npx dossier systems add ${'x'.repeat(120)}`
    assert.equal(render([long], bare()), `${long}\n`)
    assert.equal(render([verbatim(long)], bare(40)), `${long}\n`)
  })

  it('takes its colours from its author, never from a cell', () => {
    const esc = String.fromCharCode(0x1b)
    const text = render(
      [{ columns: [{ header: 'A' }], rows: [[`${esc}[31mred`], [bad(`x${esc}[0m`)]] }],
      page(),
    )
    assert.ok(!text.includes(esc))
    assert.match(text, /<strong>A<\/strong>\n␛\[31mred\n<bad>x␛\[0m<\/bad>/)
  })

  it('keeps a row on its line although a cell holds line breaks', () => {
    const text = render([{ columns: [{ header: 'A' }], rows: [['one\ntwo\r\nthree']] }], bare())
    assert.equal(text.split('\n').length, 3)
  })
})
