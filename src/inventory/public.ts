export { type AcceptedMap, type AcceptMap, acceptMap } from './accept-map.ts'
export { type AddedSystem, type AddSystem, addSystem } from './add-system.ts'
export { type ClassifiedColumn, classifyColumns } from './classify-columns.ts'
export { type Condition, fieldsOf, isCondition, parseCondition } from './condition.ts'
export { holds } from './condition-holds.ts'
export { coverage, type FieldCoverage } from './coverage.ts'
export {
  type Art9Condition,
  art9Conditions,
  type Basis,
  bases,
  type Category,
  type CollectionMap,
  categories,
  type DataMap,
  type EraseAction,
  type FieldMap,
  type Ground,
  grounds,
  type IdentifierKind,
  identifierKinds,
  isUnique,
  type KeepMap,
  type LinkMap,
  type Purpose,
  type Retention,
  type Rule,
  resolveTarget,
  type SystemMap,
  specialCategories,
} from './data-map.ts'
export { partyElements } from './documents/elements.ts'
export { withMappedPaths } from './documents/mapped-paths.ts'
export { drawMap } from './draw-map/svg.ts'
export { type Drift, type DriftAspect, staleBy } from './drift.ts'
export { actionFor, type EraseReason, type FieldErasure, isUniqueInTarget } from './erase-action.ts'
export { exportMap } from './export-map.ts'
export { isErased } from './filler.ts'
export { whatIsGone } from './gone.ts'
export { type ImportedMap, type ImportMap, importMap, mapInvalid } from './import-map.ts'
export { type Inspect, type Inspection, inspectSystem, inspectUrl, proposeFor } from './inspect-system.ts'
export { keptUntil } from './keep-until.ts'
export { latestDrift } from './latest-drift.ts'
export { latestScans } from './latest-scans.ts'
export { type ListedSystem, listSystems } from './list-systems.ts'
export { type MapCoverage, mapCoverage } from './map-coverage.ts'
export { type Addition, additionOf, type Spot, spotOf } from './map-file/addition.ts'
export type { MapFinding } from './map-file/finding.ts'
export { type MapSource, readMapSource } from './map-file/read-map-file.ts'
export { currentMap, type MapCounts, type MapVersion, newestMap } from './map-version.ts'
export type { MapNote } from './merge-maps.ts'
export { type NameField, readNameField } from './name-field.ts'
export {
  eraseLimits,
  isOutOfReach,
  openBehindShutDoors,
  openForErasing,
  openForReading,
  readLimits,
  refuseRestored,
  roomInSystems,
} from './open-system.ts'
export type { MapOrigin, StoredScan } from './queries.ts'
export { reasonSentence } from './reason-sentence.ts'
export { type RemovedSystem, removeSystem } from './remove-system.ts'
export type { ScannedCollection, ScannedField, ScannedLink, ScannedSystem } from './scan-report.ts'
export { type ScanInput, type ScanResult, scanSystems } from './scan-systems.ts'
export { type ShownMap, showMap } from './show-map.ts'
export type { System } from './system.ts'
export { type SystemReport, testSystem, type UseReport } from './test-system.ts'
