// Planes, lengths and the way back from GCJ-02 of landuse/report/map/assets, without a browser. Reads questions from standard
// input, so that the answers can be held against PROJ's: node plane.mjs < questions.json
import {readFileSync} from 'node:fs';
import vm from 'node:vm';

const assets = new URL('../../../landuse/report/map/assets/', import.meta.url);
for (const name of ['plane.js', 'gcj02.js']) vm.runInThisContext(readFileSync(new URL(name, assets), 'utf8'));
const {plane, gcj02} = globalThis.landuse;
const {planes, rings, shifted} = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify({
  planes: planes.map(({parameters, points}) => points.map((point) => plane.forward(parameters)(...point))),
  rings: rings.map((ring) => [plane.length(ring), plane.area(ring)]),
  back: shifted.map((point) => gcj02.back(...point)),
}));
