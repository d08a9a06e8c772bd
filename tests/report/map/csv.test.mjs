// What landuse/report/map/assets/csv.js writes, without a browser: node --test
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import test from 'node:test';
import vm from 'node:vm';

const assets = new URL('../../../landuse/report/map/assets/', import.meta.url);
globalThis.self = globalThis;
for (const name of ['dom.js', 'csv.js']) vm.runInThisContext(readFileSync(new URL(name, assets), 'utf8'));
const {landuse} = globalThis, {csvText} = landuse;

test('what a spreadsheet would change stands as a text', () => {
  for (const id of ['990109200100011334', '3301090000000000001', '0601', '000', '330110001000', '1E5', '12e3', '+1', '-1', '1-2', '3/4',
    '2024-05', '1.50', '5%', '(12)', '12:30', '3月5日', 'Mar-1', 'SEPT2', '１２３４５６７８９０１２', ' 0601']) {
    assert.equal(csvText(id), `="${id}"`);
  }
  assert.equal(csvText('1,234'), '"=""1,234"""');
});

test('other texts stay as they are', () => {
  for (const text of ['601', '0', '330114', 'P1', 'DK-01', '恒立机械', '0601 工业用地', 'marble 1', 'E5', '', '第3号']) {
    assert.equal(csvText(text), /^\d+$/.test(text) ? `"${text}"` : `"${text}"`);
  }
  assert.equal(csvText(null), '""');
  assert.equal(csvText('a"b'), '"a""b"');
});

test('nothing is a formula', () => {
  for (const text of ['=1+1', '+SUM(A1)', '-cmd|x', '@SUM(1)', '\t=1', '\r=1', ' =1', '＝1+1', '＠x']) assert.equal(csvText(text), `"'${text}"`);
  assert.equal(csvText('-2+3'), '"\'-2+3"');
  assert.equal(csvText('-1e-5'), '="-1e-5"');
  assert.equal(csvText('=1"&x'), '"\'=1""&x"');
});

test('areas are rounded in whole numbers, halves up', () => {
  for (const [m2, mu] of [[10, 0.02], [30, 0.05], [3130, 4.7], [3129.99, 4.69], [0, 0], [-10, -0.02], [666666.67, 1000]]) assert.equal(landuse.mu(m2), mu);
});
