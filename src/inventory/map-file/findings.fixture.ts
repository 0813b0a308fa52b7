import assert from 'node:assert/strict'
import { languages, say } from '../../platform/texts.ts'
import type { Descriptions } from './check-systems.ts'
import { readMapFile } from './read-map-file.ts'

/** `line:column name`, as a person would look them up. */
export function findingsIn(text: string, descriptions?: Descriptions): readonly string[] {
  const { map, problems } = readMapFile(text, descriptions)
  assert.equal(
    map === null,
    problems.some(({ severity }) => severity === 'error'),
  )
  for (const { code, params } of problems)
    for (const language of languages) assert.doesNotMatch(say(language, code, params), /\{\{|^inventory\./)
  return problems.map(({ line, column, code }) => `${line}:${column} ${code.replace('inventory.map-', '')}`)
}

/** A small map that is right, with `more` lines below it. */
export const small = (...more: readonly string[]): string =>
  [
    'version: 1',
    'systems:',
    '  shop:',
    '    collections:',
    '      public.customer:',
    '        rows: clear',
    '        fields:',
    '          email: {category: email, identifier: email}',
    ...more,
  ].join('\n')
