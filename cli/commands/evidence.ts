import { stat } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { witnessSentence } from '../../src/doctor/public.ts'
import {
  type BundleReport,
  type Finding,
  isGrave,
  type LogReport,
  type ReadZip,
  readStoredZip,
  sequence,
  showCheckpoint,
  type Trust,
  verifyBundle,
  verifyLog,
} from '../../src/evidence/public.ts'
import type { Context } from '../../src/platform/context.ts'
import { type Language, languages, say as sayIn } from '../../src/platform/texts.ts'
import { evidenceOfRequest } from '../../src/requests/public.ts'
import { type Answer, bad, good, quiet, verbatim, warning } from '../answer.ts'
import { language, t } from '../language.ts'
import { readOperatorsDirectory, readOperatorsFile, writeOperatorsFile } from '../operators-file.ts'
import { several } from '../option-values.ts'
import { say } from '../people-texts.ts'
import { print, type Terminal, wantsJson, withInstallation } from '../with-installation.ts'

interface BundleOptions {
  readonly out?: string
  readonly language?: Language
  readonly withDetails?: boolean
  readonly force?: boolean
}

export function register(program: Command): void {
  const evidence = program.command('evidence').description(t('summary-evidence'))
  evidence
    .command('verify [bundle]')
    .description(say('evidence-verify'))
    .option('--key <key>', say('evidence-key'))
    .option('--witness <key>', say('evidence-witness'), several, [])
    .action(async (bundle: string | undefined, options: GivenKeys, command: Command) => {
      // A bundle is checked without database and network: by a stranger, years later, somewhere else.
      if (bundle !== undefined) print(bundleAnswer(await check(bundle, options)), wantsJson(command))
      else await withInstallation(command, log)
    })
  evidence
    .command('bundle <request>')
    .description(say('evidence-bundle'))
    .option('--out <file.zip>', say('evidence-out'))
    .addOption(new Option('--language <language>', say('evidence-language')).choices([...languages]))
    .option('--with-details', say('evidence-with-details'))
    .option('--force', say('evidence-force'))
    .action((request: string, options: BundleOptions, command: Command) =>
      withInstallation(command, (ctx) => bundleTo(ctx, request, options)),
    )
  evidence
    .command('witness')
    .description(say('evidence-witness-command'))
    .action((_: unknown, command: Command) => withInstallation(command, askWitnesses))
}

interface GivenKeys {
  readonly key?: string
  readonly witness: readonly string[]
}

async function check(place: string, { key, witness }: GivenKeys): Promise<BundleReport> {
  const trust: Trust = { witnesses: witness, ...(key !== undefined && { key }) }
  return verifyBundle(await read(place), trust)
}

/** A zip, or the folder it was unpacked to. */
async function read(place: string): Promise<ReadZip> {
  const found = await stat(place).catch(() => undefined)
  return found?.isDirectory()
    ? { files: await readOperatorsDirectory(place), stray: undefined }
    : readStoredZip(await readOperatorsFile(place))
}

const sentences = (findings: readonly Finding[]) =>
  findings.map(({ code, place, step = 0 }) =>
    bad(`${place === '' ? '' : `${place}: `}${sayIn(language, `evidence.finding-${code}`, { place, step })}`),
  )

function bundleAnswer(report: BundleReport): Answer {
  const { ok, entries, size, origin, publicKey, keyFrom, documents, witnesses, findings } = report
  return {
    json: report,
    blocks: [
      ...(ok
        ? [
            good(say('evidence-bundle-ok', { entries, size: size ?? 0, origin: origin ?? '' })),
            good(say('evidence-bundle-grew', { checkpoints: report.checkpoints })),
          ]
        : [bad(say('evidence-bundle-bad'))]),
      ...documents.map(({ name, entry }) =>
        entry === null ? quiet(say('evidence-enclosed', { name })) : good(say('evidence-proven', { name })),
      ),
      ...witnesses.map(({ given, ...seen }) =>
        given ? good(say('evidence-seen', seen)) : quiet(say('evidence-seen-own-key', seen)),
      ),
      ...sentences(findings),
      ...(publicKey === null
        ? []
        : keyFrom === 'given'
          ? [quiet(say('evidence-given-key'))]
          : [warning(say('evidence-own-key')), verbatim(publicKey)]),
    ],
    exit: ok ? 0 : 1,
  }
}

async function log(ctx: Context, { progress }: Terminal): Promise<Answer> {
  const report: LogReport = await verifyLog(ctx, (done, total) =>
    progress.update(say('evidence-reading'), done, total),
  )
  const { ok, size, details, waiting, findings, more } = report
  return {
    json: report,
    blocks: [
      ...(ok
        ? [good(say('evidence-log-ok', { size, present: details.present, destroyed: details.destroyed }))]
        : [bad(say('evidence-log-bad'))]),
      ...(waiting > 0 ? [quiet(say('evidence-waiting', { waiting }))] : []),
      ...sentences(findings),
      ...(more > 0 ? [bad(say('evidence-more', { more }))] : []),
    ],
    exit: ok ? 0 : 1,
  }
}

async function askWitnesses(ctx: Context): Promise<Answer> {
  await sequence(ctx)
  const witnesses = await showCheckpoint(ctx)
  const troubles = witnesses.flatMap(({ trouble }) => trouble ?? [])
  return {
    json: { witnesses },
    blocks:
      witnesses.length === 0
        ? [quiet(say('evidence-witness-none'))]
        : witnesses.map((one) => (one.trouble ? bad : good)(witnessSentence(language, one))),
    exit: troubles.some(isGrave) ? 1 : troubles.length > 0 ? 3 : 0,
  }
}

async function bundleTo(
  ctx: Context,
  requestId: string,
  { out = `evidence-${requestId}.zip`, language: chosen, withDetails, force }: BundleOptions,
): Promise<Answer> {
  const { zip, manifest } = await evidenceOfRequest(ctx, requestId, {
    language: chosen ?? language,
    withDetails: withDetails === true,
  })
  const file = await writeOperatorsFile(out, zip, force === true)
  const { entries, files, witnesses } = manifest
  const enclosed = entries.filter(({ detail }) => detail === 'enclosed').length
  return {
    json: { file, entries: entries.length, files: files.length, details: enclosed, witnesses },
    blocks: [
      good(say('evidence-bundled', { file: out, entries: entries.length })),
      ...(enclosed > 0 ? [warning(say('evidence-bundled-details', { details: enclosed }))] : []),
    ],
  }
}
