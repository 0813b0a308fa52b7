import type { Command } from 'commander'

/** A command as a person types it. Its file is loaded only when it is the one. */
export interface CommandEntry {
  readonly name: string
  readonly group: 'begin' | 'systems' | 'people' | 'operate'
  load(): Promise<{ register(program: Command): void }>
}

/** In the order of the help. Each has its one line in texts/<language>/cli.json under `summary-<name>`. */
export const commands: readonly CommandEntry[] = [
  { name: 'sample', group: 'begin', load: () => import('./commands/sample.ts') },
  { name: 'systems', group: 'systems', load: () => import('./commands/systems.ts') },
  { name: 'scan', group: 'systems', load: () => import('./commands/scan.ts') },
  { name: 'classify', group: 'systems', load: () => import('./commands/classify.ts') },
  { name: 'map', group: 'systems', load: () => import('./commands/map.ts') },
  { name: 'check', group: 'systems', load: () => import('./commands/check.ts') },
  { name: 'find', group: 'people', load: () => import('./commands/find.ts') },
  { name: 'access', group: 'people', load: () => import('./commands/access.ts') },
  { name: 'erase', group: 'people', load: () => import('./commands/erase.ts') },
  { name: 'batches', group: 'people', load: () => import('./commands/batches.ts') },
  { name: 'verify', group: 'people', load: () => import('./commands/verify.ts') },
  { name: 'sweep', group: 'people', load: () => import('./commands/sweep.ts') },
  { name: 'start', group: 'operate', load: () => import('./commands/start.ts') },
  { name: 'evidence', group: 'operate', load: () => import('./commands/evidence.ts') },
  { name: 'work', group: 'operate', load: () => import('./commands/work.ts') },
  { name: 'keys', group: 'operate', load: () => import('./commands/keys.ts') },
  { name: 'backup', group: 'operate', load: () => import('./commands/backup.ts') },
  { name: 'restore', group: 'operate', load: () => import('./commands/restore.ts') },
  { name: 'doctor', group: 'operate', load: () => import('./commands/doctor.ts') },
]
