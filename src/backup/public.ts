export { type BackupReport, backUp } from './back-up.ts'
export {
  backupAgeDays,
  backupOldAfterDays,
  isRecentAndVerified,
  type LastBackup,
  readLastBackup,
} from './last-backup.ts'
export { type RestoreReport, restoreBackup } from './restore-backup.ts'
export { asPassphrase, drawRecoveryKey, readSecret, type Secret } from './secret.ts'
