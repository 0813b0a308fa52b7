import { Command } from 'commander'
import { version } from '../src/version.ts'
import { commands } from './commands.ts'
import { reportFailure, Stopped } from './failure.ts'
import { t } from './language.ts'
import { harmlessJson } from './terminal-text.ts'
import { speakOurLanguage } from './usage.ts'

/** The program with the whole list of commands, of which only the one asked for is loaded. */
async function buildProgram(args: readonly string[], shown?: string[]): Promise<Command> {
  const program = speakOurLanguage(new Command('dossier'), shown)
    .description(t('about'))
    .option('--json', t('option-json'))
    .version(version, '-V, --version', t('option-version'))
    .addHelpText('after', `\n${t('help-more')}`)
  const words = args.filter((word) => !word.startsWith('-'))
  const wanted = words[0] === 'help' ? words[1] : words[0]
  for (const { name, group, load } of commands) {
    if (name === wanted) (await load()).register(program)
    else program.command(name).description(t(`summary-${name}`))
    program.commands.at(-1)?.helpGroup(t(`group-${group}`))
  }
  return program
}

// What was typed may name a person or hold a password, and stands in the list of processes until it is overwritten.
process.title = 'dossier'

// A reader that went away (`| head`) ends the printing, never the act behind it.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })

const args = process.argv.slice(2)
const json = args.includes('--json')
const shown: string[] = []
try {
  const program = await buildProgram(args, json ? shown : undefined)
  if (args.length === 0) program.outputHelp()
  else await program.parseAsync(args, { from: 'user' })
} catch (error) {
  process.exitCode = await reportFailure(error, json)
  if (shown.length > 0) process.stdout.write(`${harmlessJson({ text: shown.join('').trimEnd() })}\n`)
  // What was stopped may still wait for a target's answer; nobody waits for it.
  if (error instanceof Stopped) process.exit()
}
