import { negative, outOfReach, problems, wrongUsage } from '../platform/problem.ts'

export const problem = problems({
  'inventory.bad-system-name': wrongUsage(),
  /** params: `system`, here and below. */
  'inventory.system-name-taken': wrongUsage(409),
  'inventory.unknown-system': wrongUsage(404),
  /** Two addresses of one system are of two kinds. */
  'inventory.system-kinds-differ': wrongUsage(),
  /** A new address for reading, and the one for erasing would stay where it was. */
  'inventory.erase-url-needed': wrongUsage(),
  /** It did not answer when it was to be added; the cause says why. */
  'inventory.system-silent': outOfReach(),
  /** params: `system`, `version`. */
  'inventory.system-in-map': negative(),
  /** Dossier's own database was restored, and nobody has looked since for people erased before. */
  'inventory.restored': negative(503),
  'inventory.nothing-scanned': negative(),
  'inventory.no-map': negative(404),
  /** A map with errors; they are listed beside. params: `errors`. */
  'inventory.map-invalid': wrongUsage(422),
  /** A map names its systems itself. params: `system`. */
  'inventory.system-not-for-maps': wrongUsage(),
  'inventory.map-changed-meanwhile': negative(),
  /** What was to be classified is no list of columns. */
  'inventory.columns-not-a-list': wrongUsage(),
  /** params: `place`, counted from 1. */
  'inventory.column-not-an-object': wrongUsage(),
})
