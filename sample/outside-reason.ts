/** Why a machine or server failed us, as its own code, which names no person and no secret; undefined for a bug. */
export function outsideReason(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  // Classes of SQLSTATE: connection, authorisation, resources, operator, system; and a right that is missing.
  if (/^(08|28|53|57|58)...$|^42501$/.test(code) || code === 'ERR_SQLITE_ERROR') return code
  if (/^E[A-Z0-9]+$/.test(code)) return code
  // node-postgres gives this one no code.
  return error.message.startsWith('Connection terminated') ? 'ECONNRESET' : undefined
}
