import { statfs } from 'node:fs/promises'
import type { Check } from '../src/doctor/public.ts'
import type { Config } from '../src/platform/config.ts'
import { t } from './language.ts'

const megabyte = 1_048_576

/** Node before this cannot run the product's files as they stand. */
const oldestNode = [24, 12] as const

/** What can be told before the databases are open. */
export async function checkMachine(config: Config, version: string): Promise<readonly Check[]> {
  return [checkVersions(version), await checkDisk(config.paths.data), checkClock(config)]
}

function checkVersions(dossier: string): Check {
  const node = process.versions.node
  const [major = 0, minor = 0] = node.split('.').map(Number)
  const isRecent = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
  const finding = t('doctor-versions', { dossier, node })
  return { name: 'versions', state: isRecent ? 'good' : 'bad', finding, facts: { dossier, node } }
}

/** A database that runs out of room stops in the middle of somebody's request. */
async function checkDisk(directory: string): Promise<Check> {
  const { bavail, bsize } = await statfs(directory)
  const freeMegabytes = Math.floor((bavail * bsize) / megabyte)
  return {
    name: 'disk',
    state: freeMegabytes < 200 ? 'bad' : freeMegabytes < 2_000 ? 'warning' : 'good',
    finding: t('doctor-disk', { directory, freeMegabytes }),
    facts: { directory, freeMegabytes },
  }
}

const checkClock = ({ clockIsMoved, now }: Config): Check => ({
  name: 'clock',
  state: clockIsMoved ? 'warning' : 'good',
  finding: t(clockIsMoved ? 'doctor-clock-moved' : 'doctor-clock', { now: now().toISOString() }),
  facts: { now: now().toISOString(), isMoved: clockIsMoved },
})
