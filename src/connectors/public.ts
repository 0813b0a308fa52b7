export type {
  Cell,
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
export { openRead, openWrite, parseUrl, probe, schemes, type Target } from './drivers.ts'
export { foldText } from './fold.ts'
export { problem as connectorProblem } from './problems.ts'
