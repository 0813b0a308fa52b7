import type { Command } from 'commander'
import {
  type BundleReport,
  bundleEvidence,
  type Finding,
  type LogReport,
  verifyBundle,
  verifyLog,
} from '../../src/evidence/public.ts'
import type { Context } from '../../src/platform/context.ts'
import { say as sayIn } from '../../src/platform/texts.ts'
import { type Answer, bad, good, quiet } from '../answer.ts'
import { language, t } from '../language.ts'
import { readTextFile, writeTextFile } from '../operators-file.ts'
import { say } from '../people-texts.ts'
import { print, type Terminal, wantsJson, withInstallation } from '../with-installation.ts'

export function register(program: Command): void {
  const evidence = program.command('evidence').description(t('summary-evidence'))
  evidence
    .command('verify [bundle]')
    .description(say('evidence-verify'))
    .option('--key <key>', say('evidence-key'))
    .action(async (bundle: string | undefined, { key }: { key?: string }, command: Command) => {
      // A bundle is checked without database and network: by a stranger, years later, somewhere else.
      if (bundle !== undefined) print(bundleAnswer(await check(bundle, key)), wantsJson(command))
      else await withInstallation(command, log)
    })
  evidence
    .command('bundle <request>')
    .description(say('evidence-bundle'))
    .requiredOption('--out <file.json>', say('evidence-out'))
    .option('--force', say('evidence-force'))
    .action((request: string, options: { out: string; force?: boolean }, command: Command) =>
      withInstallation(command, (ctx) => bundleTo(ctx, request, options)),
    )
}

async function check(file: string, key: string | undefined): Promise<BundleReport> {
  const text = await readTextFile(file)
  let bundle: unknown
  try {
    bundle = JSON.parse(text)
  } catch {
    bundle = undefined
  }
  return verifyBundle(bundle, key)
}

const sentences = (findings: readonly Finding[]) =>
  findings.map(({ code, place }) =>
    bad(`${place === '' ? '' : `${place}: `}${sayIn(language, `evidence.finding-${code}`, { place })}`),
  )

function bundleAnswer(report: BundleReport): Answer {
  const { ok, entries, size, origin, publicKey, documents, findings } = report
  return {
    json: report,
    blocks: [
      ...(ok
        ? [good(say('evidence-bundle-ok', { entries, size: size ?? 0, origin: origin ?? '' }))]
        : [bad(say('evidence-bundle-bad'))]),
      ...documents.map(({ name, entry }) =>
        entry === null ? quiet(say('evidence-enclosed', { name })) : good(say('evidence-proven', { name })),
      ),
      ...sentences(findings),
      ...(publicKey === null ? [] : [quiet(say('evidence-compare-key', { key: publicKey }))]),
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

async function bundleTo(
  ctx: Context,
  requestId: string,
  { out, force }: { readonly out: string; readonly force?: boolean },
): Promise<Answer> {
  const bundle = await bundleEvidence(ctx, { requestId })
  const file = await writeTextFile(out, `${JSON.stringify(bundle, null, 2)}\n`, force === true)
  return {
    json: { file, entries: bundle.entries.length },
    blocks: [good(say('evidence-bundled', { file: out, entries: bundle.entries.length }))],
  }
}
