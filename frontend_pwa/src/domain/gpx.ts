/** PURE: a track as GPX 1.1, for whatever program the officer likes. Its form: the schema at topografix.com/GPX/1/1. */
import type { TrackFix } from './outing';

export interface GpxTrack {
  name: string;
  /** What was recorded and what was not, in words. */
  description: string;
  pieces: readonly TrackFix[][];
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
// XML 1.0 has no way to write these, not even escaped.
// eslint-disable-next-line no-control-regex
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;

function written(text: string): string {
  return text.replace(NOT_IN_XML, '').replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
}

/** Seven digits are a centimetre; the schema allows no exponent. */
const degrees = (value: number): string => value.toFixed(7).replace(/\.?0+$/, '');

function point({ t_ms, lon, lat }: TrackFix): string {
  const time = new Date(t_ms).toISOString();
  return `      <trkpt lat="${degrees(lat)}" lon="${degrees(lon)}"><time>${time}</time></trkpt>`;
}

function segment(piece: readonly TrackFix[]): string {
  return ['    <trkseg>', ...piece.map(point), '    </trkseg>'].join('\n');
}

/** One track; each gap begins a new segment, as the schema asks where reception was lost. */
export function gpx(track: GpxTrack, made_at_ms: number): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<gpx version="1.1" creator="Xunfang" xmlns="http://www.topografix.com/GPX/1/1">',
    `  <metadata><name>${written(track.name)}</name><time>${new Date(made_at_ms).toISOString()}</time></metadata>`,
    '  <trk>',
    `    <name>${written(track.name)}</name>`,
    `    <desc>${written(track.description)}</desc>`,
    ...track.pieces.map(segment),
    '  </trk>',
    '</gpx>',
    '',
  ].join('\n');
}
