/** PURE: what a door plate's QR code may say, and which door it names. */
import type { Premises } from './records';
import { folded } from './search';

/** Plates carry their code bare or inside an address, as a value, a part of the path or behind a label. */
function partsOf(text: string): string[] {
  const parts = [text, ...text.split(/[\s,;|]+/), ...text.split(/[/?&#=:]/), ...text.split(/[:：]/)];
  return parts.map(decoded);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** What the plate's code may be, folded; the whole first. Shorter than three is no code. */
export function plateCodes(text: string): string[] {
  const SHORTEST = 3;
  return [...new Set(partsOf(text).map(folded))].filter((code) => code.length >= SHORTEST);
}

/** What to write into a form for a plate nobody knows: the last part that looks like a code, else the whole. */
export function writtenPlate(text: string): string {
  const LONGEST = 64;
  const code = partsOf(text)
    .map((part) => part.trim())
    .findLast((part) => /\d/.test(part) && /^[\p{L}\d._-]{3,64}$/u.test(part));
  return (code ?? text).trim().slice(0, LONGEST);
}

/** The doors with the scanned plate. Several when a plate was registered twice: then the officer chooses. */
export function doorsWithPlate(doors: readonly Premises[], scanned: string): Premises[] {
  const codes = new Set(plateCodes(scanned));
  return doors.filter(({ door_plate }) => door_plate !== '' && codes.has(folded(door_plate)));
}
