export { type CreationVerdict, createdAfter, creationFields } from './creation-time.ts'
export { elementsOf, valuesOf } from './elements.ts'
export { type EraseInput, type EraseResult, eraseInSystem } from './erase-in-system.ts'
export { erasePeopleInSystem } from './erase-people-in-system.ts'
export type { ErasedTogether, ErasePeopleInput } from './erase-together.ts'
export {
  acrossTuples,
  type FindInput,
  findHoldings,
  type Search,
  searchHoldings,
} from './find-holdings.ts'
export type { Seeds } from './find-in-system.ts'
export type { Ambiguous, FoundMentions, MentionPlace } from './find-mentions.ts'
export type {
  CollectionHoldings,
  HeldRow,
  Holdings,
  Identifier,
  NotFollowed,
  PossibleMatch,
  ReadProgress,
  RecordPlace,
  SystemHoldings,
  UnreachableSystem,
} from './holdings.ts' // prettier-ignore
export { type KeptFields, keptCells } from './kept-cells.ts'
export type { OnReleased } from './lock-clock.ts'
export { asUnreachable, type OpenSystems, openSystems } from './open-systems.ts'
export type { Person } from './person.ts'
export type { CollectionPlan, Kept, KeptRow, Plan, SystemPlan } from './plan.ts'
export { type PlannedErasure, planErasure } from './plan-erasure.ts'
export { type PlannedPerson, type PlanProgress, planPeople } from './plan-people.ts'
export { portionSizes } from './portion-size.ts'
export { type Rulings, readRecordName, samePlace } from './possible-match.ts'
export type { Wanted } from './second-reader/wanted.ts'
export type { OpenSystem, SoughtPerson } from './sought-person.ts'
export type { Term } from './spans.ts'
export { type SweepHit, type SweptCollection, sweepSystem } from './sweep-system.ts'
export { type SystemInWork, systemInWork } from './system-in-work.ts'
export {
  type KeptPlace,
  notSearchable,
  type SystemState,
  type SystemVerification,
  type VerifyInput,
  verifyAbsence,
} from './verify-absence.ts' // prettier-ignore
export { verifyAbsenceOfMany } from './verify-absence-of-many.ts'
export type { PersonWork } from './work-on-people.ts'
