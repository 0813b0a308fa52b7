import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Gap, gapRuleNames } from './gap.ts'
import { asJunit } from './junit.ts'
import { asSarif } from './sarif.ts'

const gap = (field: string, more: Partial<Gap> = {}): Gap => ({
  rule: 'no-purpose',
  system: 'shop',
  collection: 'public.customer',
  purpose: null,
  fields: [field],
  sentence: 'no-purpose',
  params: { system: 'shop', collection: 'public.customer', fields: field, known: '' },
  at: { line: 5, column: 7 },
  add: { line: 9, inside: false, text: '        purposes: [...]' },
  ...more,
})

const reported = { language: 'en', file: 'maps/my map.yaml', version: '1.2.3' } as const
const map = { version: 1, systems: {}, rules: {} } as const

interface Sarif {
  readonly version: string
  readonly runs: readonly {
    readonly tool: {
      readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] }
    }
    readonly results: readonly {
      readonly ruleId: string
      readonly ruleIndex: number
      readonly message: { readonly text: string }
      readonly partialFingerprints: Readonly<Record<string, string>>
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string }
          readonly region: { readonly startLine: number; readonly startColumn: number }
        }
      }[]
    }[]
  }[]
}

const sarif = (gaps: readonly Gap[]): Sarif => asSarif(gaps, reported) as Sarif

describe('a check as SARIF', () => {
  it('has one run, its rules by name, and each result on a line of the map', () => {
    const { version, runs } = sarif([gap('email'), gap('phone', { rule: 'gone', add: null })])
    assert.equal(version, '2.1.0')
    const [run] = runs
    assert.ok(run && runs.length === 1)
    assert.deepEqual(
      run.tool.driver.rules.map(({ id }) => id),
      gapRuleNames,
    )
    for (const { ruleId, ruleIndex, message, locations } of run.results) {
      assert.equal(run.tool.driver.rules[ruleIndex]?.id, ruleId)
      assert.ok(message.text.length > 20)
      const [location] = locations
      assert.equal(location?.physicalLocation.artifactLocation.uri, 'maps/my%20map.yaml')
      assert.deepEqual(location?.physicalLocation.region, { startLine: 5, startColumn: 7 })
    }
  })

  it('knows a result again when the map grew above it, and tells two fields apart', () => {
    const prints = (one: Gap) => sarif([one]).runs[0]?.results[0]?.partialFingerprints
    assert.deepEqual(prints(gap('email')), prints(gap('email', { at: { line: 50, column: 7 } })))
    assert.notDeepEqual(prints(gap('email')), prints(gap('phone')))
  })
})

describe('a check as JUnit XML', () => {
  const names = { map, collections: { shop: ['public.customer', 'public.product'] } }

  it('passes a collection without gaps and fails one with all of its gaps at once', () => {
    const xml = asJunit(
      [gap('email'), gap('phone'), gap('x', { system: null, collection: null, purpose: 'orders' })],
      names,
      reported,
    )
    assert.match(
      xml,
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="dossier check" tests="3" failures="2"/,
    )
    assert.match(xml, /<testsuite name="shop" tests="2" failures="1"/)
    assert.match(
      xml,
      /<testcase classname="dossier\.shop" name="public\.product" file="maps\/my map\.yaml"\/>/,
    )
    assert.match(xml, /maps\/my map\.yaml:5:7 \[no-purpose; PRI-01, GDPR 5\(1\)\(b\)\]/)
    assert.equal(xml.match(/<failure /g)?.length, 2)
  })

  it('stays well-formed whatever columns are called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (name) => {
        const xml = asJunit(
          [gap(name, { collection: name })],
          { map, collections: { shop: [name] } },
          reported,
        )
        const outside = xml.replace(/<\/?[a-z]+(?: [a-z]+="[^"<]*")*\/?>|<\?xml [^>]*\?>/g, '')
        assert.doesNotMatch(outside, /[<>]/)
        assert.doesNotMatch(xml, /&(?!(?:amp|lt|gt|quot|apos);)/)
        assert.doesNotMatch(xml, /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/)
        assert.ok(xml.isWellFormed())
      }),
    )
  })
})
