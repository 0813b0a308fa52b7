import { type Command, CommanderError, type Help } from 'commander'
import type { Problem } from '../src/platform/problem.ts'
import { t } from './language.ts'
import { problem } from './problems.ts'

/** Commander's headings in the reader's language; sentences and option texts are ours already. */
const titles: Readonly<Record<string, string>> = {
  'Usage:': t('help-usage'),
  'Arguments:': t('help-arguments'),
  'Options:': t('help-options'),
  'Global Options:': t('help-everywhere'),
  'Commands:': t('help-commands'),
}

/**
 * Settings every command of the program inherits; call before subcommands are added. With `shown`, help and version are
 * collected there, and the help that goes with a mistake gives way to the mistake.
 */
export function speakOurLanguage(program: Command, shown?: string[]): Command {
  const help: Partial<Help> = {
    showGlobalOptions: true,
    styleTitle: (title) => titles[title] ?? title,
    visibleCommands: (command) => [...command.commands],
    subcommandTerm: (command) =>
      command.parent?.parent ? [command.name(), command.usage()].join(' ').trim() : command.name(),
  }
  return program
    .configureHelp(help)
    .helpOption('-h, --help', t('option-help'))
    .helpCommand('help [command]', t('option-help'))
    .configureOutput({
      outputError: () => undefined,
      ...(shown && { writeOut: (text) => void shown.push(text), writeErr: () => undefined }),
    })
    .exitOverride()
}

/** What commander complains of, as a Problem with our sentence; undefined where it only showed help or the version. */
export function usageProblem(error: CommanderError): Problem | undefined {
  const what = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  const meant = /\(Did you mean (?:one of )?([^?]+)\?\)/.exec(error.message)?.[1]
  const guess = meant === undefined ? '' : ` ${t('did-you-mean', { meant })}`
  switch (error.code) {
    case 'commander.helpDisplayed':
    case 'commander.version':
      return undefined
    case 'commander.help':
      // Asked for, help is an answer; shown because a command is missing, it is not.
      return error.exitCode === 0 ? undefined : problem('cli.missing-command')
    case 'commander.unknownCommand':
      return guess === '' ? problem('cli.no-such-command') : problem('cli.unknown-command', { what, guess })
    case 'commander.unknownOption':
      return guess === '' ? problem('cli.no-such-option') : problem('cli.unknown-option', { what, guess })
    case 'commander.missingArgument':
      return problem('cli.missing-argument', { what })
    case 'commander.optionMissingArgument':
      return problem('cli.missing-value', { what })
    case 'commander.missingMandatoryOptionValue':
      return problem('cli.missing-option', { what })
    case 'commander.excessArguments':
      return problem('cli.too-many-arguments', { what })
    default:
      return problem('cli.bad-usage', { what })
  }
}

export const isCommanderError = (error: unknown): error is CommanderError => error instanceof CommanderError
