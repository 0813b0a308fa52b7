import type { DataMap, Inspection, MapSource } from '../inventory/public.ts'

/** A map with its file, and the systems as they are now. */
export interface Checked {
  readonly map: DataMap
  readonly source: MapSource
  /** By name; systems of the map that are not here are not judged. */
  readonly systems: Readonly<Record<string, Inspection>>
  /** What would be proposed for these systems if nobody had mapped anything. */
  readonly proposal: DataMap
}
