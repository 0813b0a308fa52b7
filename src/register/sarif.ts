import { sha256 } from '../platform/bytes.ts'
import { type Language, say } from '../platform/texts.ts'
import { type Gap, gapRuleNames, gapRules, keysOf } from './gap.ts'
import { remedyOf, sentenceOf } from './told-gap.ts'

export interface ReportedFile {
  readonly language: Language
  /** The map's file as the reader knows it: relative to the repository where it stands in one. */
  readonly file: string
  readonly version: string
}

/** SARIF 2.1.0 (OASIS): gaps as results on the lines of the map's file. Rule ids and fingerprints stay the same between runs. */
export function asSarif(gaps: readonly Gap[], { language, file, version }: ReportedFile): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Dossier',
            version,
            rules: gapRuleNames.map((rule) => ({
              id: rule,
              shortDescription: { text: say(language, `register.rule-${rule}`) },
              fullDescription: { text: `${say(language, `register.rule-${rule}`)} (${citation(rule)})` },
              defaultConfiguration: { level: 'error' },
              properties: { tags: ['privacy', ...gapRules[rule].rules] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: gaps.map((gap) => ({
          ruleId: gap.rule,
          ruleIndex: gapRuleNames.indexOf(gap.rule),
          level: 'error',
          message: {
            text: [sentenceOf(language, gap), remedyOf(language, file, gap)].filter(Boolean).join(' '),
          },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: asUri(file) },
                region: { startLine: gap.at.line, startColumn: gap.at.column },
              },
              logicalLocations: logical(gap),
            },
          ],
          partialFingerprints: { 'dossier/v1': sha256(keysOf(gap).join('\n')).toString('hex') },
          properties: { fields: gap.fields },
        })),
      },
    ],
  }
}

export const citation = (rule: Gap['rule']): string =>
  [...gapRules[rule].rules, gapRules[rule].law].join(', ')

/** A path as the URI reference SARIF asks for; an absolute one needs its scheme. */
const asUri = (file: string): string => {
  const path = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/')
  return path.startsWith('/') ? `file://${path}` : path
}

function logical({ system, collection, purpose, fields }: Gap): readonly object[] {
  const [field, ...others] = fields
  const name =
    purpose ?? [system, collection, others.length === 0 ? field : undefined].filter(Boolean).join('/')
  return name === '' ? [] : [{ fullyQualifiedName: name, kind: purpose === null ? 'member' : 'object' }]
}
