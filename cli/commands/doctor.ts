import type { Command } from 'commander'
import { type Check, checkInstallation } from '../../src/doctor/public.ts'
import { type Config, readConfig } from '../../src/platform/config.ts'
import { openInstallation } from '../../src/platform/installation.ts'
import { isProblem } from '../../src/platform/problem.ts'
import { version } from '../../src/version.ts'
import type { Answer, ExitCode, Tone } from '../answer.ts'
import { checkMachine } from '../check-machine.ts'
import { asDocument } from '../failure.ts'
import { t } from '../language.ts'
import { startProgress } from '../progress.ts'
import { print, wantsJson } from '../with-installation.ts'

export function register(program: Command): void {
  program
    .command('doctor')
    .description(t('summary-doctor'))
    .action(async (_: unknown, command: Command) => {
      const json = wantsJson(command)
      print(answer(await examine(json)), json)
    })
}

/** Opens the installation by itself: what keeps it from opening is a finding, not an end. */
async function examine(silent: boolean): Promise<readonly Check[]> {
  using progress = startProgress(process.stderr, silent)
  const { config, urls } = readConfig(process.env)
  const options = {
    config,
    urls,
    actor: { kind: 'operator', id: 'terminal' },
    role: 'doctor',
    logLevel: 'silent',
  } as const
  try {
    await using installation = await openInstallation(options)
    const machine = await checkMachine(config, version)
    const examination = {
      isEmbedded: config.usesOwnServer,
      shown: (path: string) => path,
      onSystem: progress.update,
    }
    return [...machine, ...(await checkInstallation(installation.ctx, examination))]
  } catch (error) {
    if (!isProblem(error)) throw error
    const { code, message } = asDocument(error)
    const state = error.exit === 3 ? 'unreachable' : 'bad'
    return [
      ...(await machineOrNothing(config)),
      { name: 'database', state, finding: message, facts: { code } },
    ]
  }
}

/** The data directory itself may be what is wrong. */
const machineOrNothing = (config: Config): Promise<readonly Check[]> =>
  checkMachine(config, version).catch(() => [])

const tones: Readonly<Record<Check['state'], Tone>> = {
  good: 'good',
  warning: 'warning',
  bad: 'bad',
  unreachable: 'bad',
}

function answer(checks: readonly Check[]): Answer {
  const exit = exitOf(checks)
  const columns = [
    { header: t('column-check') },
    { header: t('column-state') },
    { header: t('column-finding'), wrap: true },
  ]
  const rows = checks.map(({ name, state, finding }) => [
    name,
    { text: t(`doctor-state-${state}`), tone: tones[state] },
    finding,
  ])
  return { json: { ok: exit === 0, checks }, blocks: [{ columns, rows }], exit }
}

function exitOf(checks: readonly Check[]): ExitCode {
  if (checks.some(({ state }) => state === 'unreachable')) return 3
  return checks.some(({ state }) => state === 'bad') ? 1 : 0
}
