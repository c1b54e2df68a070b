/** PURE: one-time codes as a file for a spreadsheet. */

/** With a mark in front, without which spreadsheets take Chinese for Latin; no cell is taken for a formula. */
export function csvOfCodes(
  codes: readonly { username: string; name: string; code: string }[],
  heading: readonly string[],
): string {
  const cell = (text: string): string => {
    const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  const rows = [heading, ...codes.map((one) => [one.username, one.name, one.code])];
  return `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
