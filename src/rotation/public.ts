export { type KeysTended, tendKeys } from './tend-keys.ts'
