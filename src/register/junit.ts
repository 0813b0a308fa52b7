import type { DataMap } from '../inventory/public.ts'
import { xmlText } from '../platform/xml-text.ts'
import type { Gap } from './gap.ts'
import { citation, type ReportedFile } from './sarif.ts'
import { remedyOf, sentenceOf } from './told-gap.ts'

/** What was checked: every collection of these systems, and every purpose of the map, is one test case. */
export interface CheckedNames {
  readonly map: DataMap
  /** System → its collections, mapped or not. */
  readonly collections: Readonly<Record<string, readonly string[]>>
}

/**
 * JUnit XML as CI systems read it: a suite per system and one for the purposes, a case per collection or purpose, which
 * fails with all of its gaps in one `failure`, since readers show only the first.
 */
export function asJunit(gaps: readonly Gap[], names: CheckedNames, reported: ReportedFile): string {
  const suites = [
    ...Object.entries(names.collections).map(([system, collections]) => ({
      name: system,
      cases: collections.map((collection) => ({
        name: collection,
        gaps: gaps.filter((gap) => gap.system === system && gap.collection === collection),
      })),
    })),
    {
      name: 'purposes',
      cases: purposesIn(gaps, names.map).map((purpose) => ({
        name: purpose,
        gaps: gaps.filter((gap) => gap.purpose === purpose),
      })),
    },
  ].filter(({ cases }) => cases.length > 0)
  const all = suites.flatMap(({ cases }) => cases)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="dossier check" ${countsOf(all)}>`,
    ...suites.flatMap(({ name, cases }) => [
      `  <testsuite name="${xmlText(name)}" ${countsOf(cases)}>`,
      ...cases.flatMap((one) => caseLines(name, one, reported)),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n')
}

interface Case {
  readonly name: string
  readonly gaps: readonly Gap[]
}

const purposesIn = (gaps: readonly Gap[], map: DataMap): readonly string[] => [
  ...new Set([...Object.keys(map.purposes ?? {}), ...gaps.flatMap(({ purpose }) => purpose ?? [])]),
]

const countsOf = (cases: readonly Case[]): string =>
  `tests="${cases.length}" failures="${cases.filter(({ gaps }) => gaps.length > 0).length}" errors="0" skipped="0"`

function caseLines(suite: string, { name, gaps }: Case, reported: ReportedFile): readonly string[] {
  const { file, language } = reported
  const head = `<testcase classname="${xmlText(`dossier.${suite}`)}" name="${xmlText(name)}" file="${xmlText(file)}"`
  const [first] = gaps
  if (!first) return [`    ${head}/>`]
  const told = gaps.map((gap) =>
    [
      `${file}:${gap.at.line}:${gap.at.column} [${gap.rule}; ${citation(gap.rule)}] ${sentenceOf(language, gap)}`,
      remedyOf(language, file, gap),
    ]
      .filter(Boolean)
      .join('\n'),
  )
  return [
    `    ${head} line="${first.at.line}">`,
    `      <failure type="${first.rule}" message="${xmlText(sentenceOf(language, first))}">${xmlText(told.join('\n\n'))}</failure>`,
    '    </testcase>',
  ]
}
