/** SHELL: gives the officer a file to keep. */
export function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // the browser reads the address after the click: it must not be gone at once
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
