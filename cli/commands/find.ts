import type { Command } from 'commander'
import type { Context } from '../../src/platform/context.ts'
import { type FoundPerson, findPerson } from '../../src/requests/public.ts'
import { type Answer, type Block, bad, quiet, strong, warning } from '../answer.ts'
import { language, t } from '../language.ts'
import { problemSentence, say } from '../people-texts.ts'
import { possibleBlocks } from '../possible-records.ts'
import { typedIdentifier } from '../typed-identifier.ts'
import { type Terminal, withInstallation } from '../with-installation.ts'

export function register(program: Command): void {
  program
    .command('find <identifier>')
    .description(t('summary-find'))
    .addHelpText('after', `\n${say('identifier-help')}`)
    .action((identifier: string, _: unknown, command: Command) =>
      withInstallation(command, (ctx, terminal) => find(ctx, terminal, identifier)),
    )
}

async function find(ctx: Context, { progress }: Terminal, identifier: string): Promise<Answer> {
  const found = await findPerson(ctx, await typedIdentifier(ctx, identifier), progress.update)
  const unreachable = found.unreachable.map((one) => ({ ...one, message: problemSentence(one) }))
  const rows = found.systems.reduce((all, system) => all + system.rows, 0)
  return {
    json: { ...found, unreachable },
    blocks: blocksOf(found, rows),
    exit: found.unreachable.length > 0 ? 3 : rows > 0 ? 0 : 1,
  }
}

function blocksOf(
  { systems, unreachable, possible, notFollowed }: FoundPerson,
  rows: number,
): readonly Block[] {
  const number = new Intl.NumberFormat(language)
  return [
    ...(rows === 0 && unreachable.length === 0 ? [say('find-nothing')] : []),
    ...systems
      .filter(({ collections }) => collections.length > 0)
      .flatMap((system): readonly Block[] => [
        strong(say('find-system', { name: system.name, rows: number.format(system.rows) })),
        {
          columns: [
            { header: say('column-collection') },
            { header: say('column-rows'), align: 'right' },
            { header: say('column-fields'), wrap: true },
            { header: say('column-via'), wrap: true },
          ],
          rows: system.collections.map((one) => [
            one.name,
            one.rows,
            one.fields.join(', '),
            quiet([...one.via, ...remarks(one)].join('; ')),
          ]),
        },
        '',
      ]), // prettier-ignore
    ...notFollowed.map(({ system, collection, code, params, rows: count }) =>
      warning(
        say(`not-followed-${code}`, {
          ...params,
          place: system === '*' ? '' : `${system}/${collection}`,
          rows: count,
        }),
      ),
    ),
    ...possibleBlocks(possible),
    ...unreachable.map((one) => bad(`${one.name}: ${problemSentence(one)}`)),
  ]
}

function remarks({
  shared,
  party,
  mentions,
}: FoundPerson['systems'][number]['collections'][number]): readonly string[] {
  return [
    ...(shared > 0 ? [say('remark-shared', { rows: shared })] : []),
    ...(party > 0 ? [say('remark-party', { rows: party })] : []),
    ...(mentions > 0 ? [say('remark-mentions', { rows: mentions })] : []),
  ]
}
