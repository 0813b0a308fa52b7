import type { Fault } from './faults/fault.ts'
import { faultsOfDisks } from './faults/of-disks.ts'
import { faultsOfReach } from './faults/of-reach.ts'
import { faultsOfTargets } from './faults/of-targets.ts'
import { faultsOfWorkers } from './faults/of-workers.ts'

export const faults: readonly Fault[] = [
  ...faultsOfWorkers,
  ...faultsOfReach,
  ...faultsOfDisks,
  ...faultsOfTargets,
]
