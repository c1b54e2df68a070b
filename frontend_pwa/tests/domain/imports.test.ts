import { expect, test } from 'vitest';
import {
  asksToOpen,
  missing,
  optionsOf,
  saidOf,
  shareDone,
  type Found,
  type ImportDetail,
} from '../../src/domain/imports';
import { csvOfCodes } from '../../src/domain/start_codes';

const found = (more: Partial<Found> = {}): Found => ({
  columns: ['编号', '地址', '名称', '经度', '纬度'].map((name) => ({ name, samples: [] })),
  ...{ layers: [], rows: 3, crs: '', crs_implied: false, is_table: true, asks: ['crs'] },
  guesses: { ref_field: '编号', address_field: '地址', lon_field: '经度', lat_field: '纬度' },
  ...more,
});
const job = (more: Partial<ImportDetail> = {}): ImportDetail => ({
  ...{ id: 'j', kind: 'premises', file_name: 'd.csv', options: {}, step: 'look', state: 'looked' },
  ...{ rows_done: 0, rows_of: null, counts: {}, problem: null, by: '', made_at: '', ended_at: null },
  ...{ found: found(), file_here: true, has_report: false },
  ...more,
});

test('columns are guessed, coordinates and kinds are not', () => {
  const said = saidOf(job());
  expect(said.columns['lon_field']).toBe('经度');
  expect([said.crs, said.kind]).toEqual([null, null]);
  expect(missing(job(), said)).toEqual(['kind', 'crs']);
});
test('a column that is not wanted is said, so that its name alone brings nothing in', () => {
  const said = { ...saidOf(job()), crs: 'gcj02' as const, kind: 'household' as const };
  expect(optionsOf(job(), said)).toEqual({
    ...{ crs: 'gcj02', lon_field: '经度', lat_field: '纬度', ref_field: '编号', name_field: '-' },
    ...{ plate_field: '-', address_field: ['地址'], kind_field: '-', kind: 'household' },
  });
});
test('what was said before a dry run stays said', () => {
  const before = { ...saidOf(job()), crs: 'epsg' as const, epsg: 'epsg: 4547', kind: 'enterprise' as const };
  const options = optionsOf(job(), { ...before, more_address: ['名称'] });
  expect(options['crs']).toBe('EPSG:4547');
  const again = saidOf(job({ options, step: 'check' }));
  expect([again.crs, again.epsg, again.kind, again.more_address]).toEqual([
    'epsg',
    '4547',
    'enterprise',
    ['名称'],
  ]);
  expect(again.columns['name_field']).toBe('');
});
test('a file that says its coordinates is not asked for them, nor is a table of officers', () => {
  const area = job({ kind: 'areas', found: found({ crs: 'EPSG:4490', is_table: false, asks: [] }) });
  expect(missing(area, saidOf(area))).toEqual(['level', 'code_field', 'name_field']);
  expect(optionsOf(area, saidOf(area))['crs']).toBeUndefined();
  const officers = job({ kind: 'officers' });
  expect(missing(officers, saidOf(officers))).not.toContain('crs');
});
test('how to open a file is asked where the server could not know it', () => {
  expect(asksToOpen(job({ found: found({ asks: ['layer'] }) }))).toBe('layer');
  const wrong = { code: 'encoding_wrong', detail: '' };
  expect(asksToOpen(job({ state: 'refused', problem: wrong }))).toBe('encoding');
  expect(asksToOpen(job({ state: 'refused', problem: wrong, file_here: false }))).toBe(null);
});
test('the bar shows a share only where the end is known', () => {
  expect(shareDone(job({ state: 'running', rows_done: 1, rows_of: 4 }))).toBe(0.25);
  expect(shareDone(job({ state: 'running', rows_done: 9 }))).toBe(null);
});
test('codes as a file: no cell is a formula, commas stay inside their cell', () => {
  const rows = [{ username: 'a', name: '=1+1', code: 'X' }, { username: 'b', name: 'c, "d"', code: 'Y' }]; // prettier-ignore
  expect(csvOfCodes(rows, ['u', 'n', 'c'])).toBe('\ufeffu,n,c\r\na,\'=1+1,X\r\nb,"c, ""d""",Y\r\n');
});
