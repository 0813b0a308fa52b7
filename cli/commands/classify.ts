import { text as textOf } from 'node:stream/consumers'
import type { Command } from 'commander'
import { classifyColumns } from '../../src/inventory/public.ts'
import { language, t } from '../language.ts'
import { readTextFile } from '../operators-file.ts'
import { problem } from '../problems.ts'
import { harmlessJson } from '../terminal-text.ts'

export function register(program: Command): void {
  program
    .command('classify [columns.json]')
    .description(t('summary-classify'))
    .addHelpText('after', `\n${t('classify-form')}`)
    .action(async (file: string | undefined) => {
      // Needs no installation: a list of columns goes in, the same list comes out, nothing is kept.
      const written = file === undefined ? await standardInput() : await readTextFile(file)
      const columns = await classifyColumns(language, asJson(written))
      process.stdout.write(`${harmlessJson(columns)}\n`)
    })
}

/** Throws `cli.classify-no-input` where a person would wait for a prompt. */
async function standardInput(): Promise<string> {
  if (process.stdin.isTTY) throw problem('cli.classify-no-input')
  return await textOf(process.stdin)
}

function asJson(written: string): unknown {
  const json = written.replace(/^\uFEFF/, '')
  if (json.trim() === '') throw problem('cli.classify-no-input')
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw problem('cli.classify-not-json', {}, cause)
  }
}
