export type {
  Cell,
  ChangeMark,
  Check,
  CollectionDescription,
  FieldDescription,
  FieldKind,
  Fold,
  ForeignKey,
  FoundRow,
  Match,
  Needle,
  ParsedUrl,
  ProbeResult,
  ReadSession,
  RowChange,
  RowKey,
  RowQuery,
  SessionLimits,
  SystemDescription,
  TextSearch,
  WriteSession,
} from './connector.ts'
export { type Node, parseDocument } from './documents/document.ts'
export { withoutPaths } from './documents/edit-document.ts'
export { elementsOf, every, isMany, type Path, readPath, type Step, writePath } from './documents/path.ts'
export { describePathField, holdsElements, pathFieldName, readPathField } from './documents/path-field.ts'
export { cellAt, readElements } from './documents/read-path.ts'
export { searchInHand } from './documents/search-in-hand.ts'
export { closeKeptConnections, openRead, openWrite, parseUrl, probe, type Target } from './drivers.ts'
export { foldText } from './fold.ts'
export { givingWay, turnToLock } from './locks-held.ts'
export type { RowTest } from './match-rows.ts'
export { endedByServer } from './reasons.ts'
export { type Room, roomAt } from './room.ts'
export { readKey, writeKey } from './row-key.ts'
export { unreadableProblem } from './unreadable.ts'
