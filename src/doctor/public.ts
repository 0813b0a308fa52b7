export type { Check } from './check.ts'
export { checkInstallation } from './check-installation.ts'
export { witnessSentence } from './witness-sentence.ts'
