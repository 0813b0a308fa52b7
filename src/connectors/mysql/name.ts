/** A quoted identifier for the `sql` tag. Names come from the target's own catalogue, never from a caller. */
export const name = (text: string): { readonly quoted: string } => ({
  quoted: `\`${text.replaceAll('`', '``')}\``,
})
