import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { Context } from '../../src/platform/context.ts'
import { isLanguage, type Language, languages } from '../../src/platform/texts.ts'
import {
  giveAccess,
  type IdentityProof,
  identityProofs,
  possibleRecords,
  readRulings,
} from '../../src/requests/public.ts'
import { type Answer, bad, good, quiet } from '../answer.ts'
import { language, t } from '../language.ts'
import { refuseUnwritable } from '../operators-file.ts'
import { several } from '../option-values.ts'
import { problemSentence, say } from '../people-texts.ts'
import { possibleBlocks } from '../possible-records.ts'
import { typedIdentifier } from '../typed-identifier.ts'
import { type Terminal, withInstallation } from '../with-installation.ts'

interface Options {
  readonly out: string
  readonly language?: string
  readonly identityProof: IdentityProof
  readonly same: readonly string[]
  readonly other: readonly string[]
}

export function register(program: Command): void {
  program
    .command('access <identifier>')
    .description(t('summary-access'))
    .requiredOption('--out <file.zip>', say('access-out'))
    .addOption(new Option('--language <language>', say('access-language')).choices([...languages]))
    .option('--same <record>', say('ruling-same'), several, [])
    .option('--other <record>', say('ruling-other'), several, [])
    .addOption(identityProofOption())
    .addHelpText('after', `\n${say('identifier-help')}`)
    .action((identifier: string, options: Options, command: Command) =>
      withInstallation(command, (ctx, terminal) => access(ctx, terminal, identifier, options)),
    )
}

/** IDV-01: what made sure of the person; a statement by whoever asks at a terminal unless they say better. */
export const identityProofOption = (): Option =>
  new Option('--identity-proof <kind>', say('identity-proof'))
    .choices([...identityProofs])
    .default('operator-attested')

async function access(
  ctx: Context,
  { progress }: Terminal,
  identifier: string,
  options: Options,
): Promise<Answer> {
  const chosen: Language = options.language && isLanguage(options.language) ? options.language : language
  // A request that is received stays received: a slip in the file's name must not leave one behind.
  await refuseUnwritable(resolve(options.out))
  const given = await giveAccess(ctx, {
    asked: await typedIdentifier(ctx, identifier),
    identityProof: options.identityProof,
    file: resolve(options.out),
    language: chosen,
    rulings: readRulings(options.same, options.other),
    onProgress: progress.update,
  })
  const { holdings, request } = given
  const unreachable = holdings.unreachable.map((one) => ({ ...one, message: problemSentence(one) }))
  const systems = holdings.systems.map(({ name, collections }) => ({
    name,
    collections: collections
      .filter(({ rows }) => rows.length > 0)
      .map((one) => ({ name: one.name, rows: one.rows.length })),
  }))
  const { file, sha256, rows, collections } = given.package
  return {
    json: {
      request: request.id,
      state: request.state,
      dueOn: request.dueOn,
      file,
      sha256,
      rows,
      collections,
      systems,
      unreachable,
      possible: possibleRecords(holdings),
    },
    blocks: [
      good(say('access-written', { file: options.out, rows, collections })),
      quiet(say('access-request', { request: request.id, due: request.dueOn })),
      ...possibleBlocks(possibleRecords(holdings)),
      ...unreachable.map(({ name, message }) => bad(`${name}: ${message}`)),
      ...(unreachable.length > 0 ? [bad(say('access-incomplete'))] : []),
    ],
    exit: unreachable.length > 0 ? 3 : 0,
  }
}
