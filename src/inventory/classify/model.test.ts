import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Category } from '../data-map.ts'
import { aTable } from '../table.fixture.ts'
import { classify } from './classified.fixture.ts'

/** Columns without a telling header, beside each other; each line: what it must be found to hold, and its values. */
const found = (lines: readonly (readonly [Category, string])[]) => {
  const table = aTable(
    'x17',
    lines.map((_, i) => `col${i + 1} text`),
  )
  return classify(
    table,
    lines.map(([, values]) => values.split('|')),
  )
}

const expects = (lines: readonly (readonly [Category, string])[]) =>
  assert.deepEqual(
    found(lines).map(({ category }) => category),
    lines.map(([category]) => category),
  )

describe('without a header', () => {
  it('the columns of a clinic are told by their values and by each other', () =>
    expects([
      ['person-name', 'Lena Hoffmann|Jonas Krüger|Miriam Vogel|Anton Pichler|Sofie Baumann|Karl Wendt'],
      ['birth-date', '1961-03-12|1984-11-30|1977-07-01|1992-05-19|1955-12-23|2001-02-08'],
      ['health', 'E11.9|I10|J45.0|M54.5|F32.1|K29.7'],
      ['health', 'Diabetes mellitus|Hypertonie|Asthma|Migräne|Depression|Gastritis'],
      ['health', 'A+|0-|B+|AB+|A-|0+'],
      ['phone', '0171 2345678|030 4455667|0160 9988776|089 1234567|0152 3344556|040 778899'],
    ]))
  it('the columns of a survey are, those of Art. 9 among them', () =>
    expects([
      ['gender', 'F|H|F|F|H|H|F'],
      ['age', '34|51|28|67|45|39|72'],
      ['religion', 'catholique|musulmane|sans religion|protestante|juive|catholique|athée'],
      ['trade-union', 'CGT|CFDT|aucun|FO|SUD|CGT|UNSA'],
      ['city', 'Rennes|Lille|Brest|Nantes|Lyon|Dijon|Nice'],
    ]))
  it('what is nobody’s stays nobody’s', () => {
    const proposals = found([
      ['none', 'SKU-1001|SKU-1002|SKU-1003|SKU-1004|SKU-1005|SKU-1006'],
      ['none', '19.95|4.50|120.00|7.99|64.25|31.10'],
      ['none', 'true|false|true|true|false|true'],
      ['none', '2024-01-03|2024-01-05|2024-02-11|2024-02-28|2024-03-01|2024-03-09'],
      ['none', 'Electronics|Garden|Toys|Garden|Books|Kitchen'],
    ])
    for (const { category, reason } of proposals) assert.equal(category, 'none', JSON.stringify(reason))
  })
  it('a proposal says why, and never by a value', () => {
    const [first] = found([['person-name', 'Zqxbert Wimpole|Ada Zqxton|Zqxine Marlow|Tom Zqxley']])
    assert.ok((first?.reason.length ?? 0) > 0)
    assert.doesNotMatch(JSON.stringify(first), /zqx/i)
  })
})
