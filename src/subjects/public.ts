export { type IdentifierKind, identifierKindOf, normaliseIdentifier } from './normalise.ts'
