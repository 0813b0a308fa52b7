import assert from 'node:assert/strict'
import { sequence } from '../src/evidence/public.ts'
import type { Context } from '../src/platform/context.ts'
import { say } from '../src/platform/texts.ts'
import type { CommandLine } from './command-line.ts'
import { databaseContents } from './database-contents.ts'

/** A code's sentence in both languages: complete, different, and no key in place of a text. */
export function sentences(code: string, params: Readonly<Record<string, string | number>>) {
  const [en, fr] = [say('en', code, params), say('fr', code, params)]
  for (const one of [en, fr]) {
    assert.notEqual(one, code)
    assert.doesNotMatch(one, /\{\{|\}\}|\$t\(|undefined/)
  }
  assert.notEqual(en, fr)
  return { en, fr }
}

export interface Refusal {
  readonly exit: number
  readonly code: string
  /** Of the English sentence. */
  readonly says: RegExp
}

/** A command is refused: one JSON document with a code, and a sentence in both languages. */
export async function commandIsRefused(
  french: CommandLine,
  args: readonly string[],
  { exit, code, says }: Refusal,
): Promise<void> {
  const refused = await french.run(...args, '--json')
  const { error } = JSON.parse(refused.stdout) as {
    readonly error: {
      readonly code: string
      readonly message: string
      readonly params: Readonly<Record<string, string | number>>
    }
  }
  assert.deepEqual([refused.exit, refused.stderr, error.code], [exit, '', code], args.join(' '))
  const { en, fr } = sentences(code, error.params)
  assert.equal(error.message, fr)
  assert.match(en, says)
}

/** Whatever `work` does, every row of these databases is as it was. */
export async function nothingChanges(
  ctx: Context,
  urls: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const everything = async () => {
    const contents = await Promise.all(urls.map((url) => databaseContents(url)))
    return new Set(contents.flatMap((rows, i) => rows.map((row) => `${i} ${row}`)))
  }
  // A command takes up what earlier acts left to be put into the log: that is not its doing.
  await sequence(ctx)
  const before = await everything()
  await work()
  const different = [...before.symmetricDifference(await everything())]
  assert.deepEqual(
    different.map((row) => row.slice(0, 120)),
    [],
  )
}
