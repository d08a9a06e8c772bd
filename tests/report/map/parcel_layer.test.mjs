// Decode, index and hit functions of landuse/report/map/assets/shapes.js, without a browser: node --test
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import test from 'node:test';
import vm from 'node:vm';

const assets = new URL('../../../landuse/report/map/assets/', import.meta.url);
vm.runInThisContext(readFileSync(new URL('shapes.js', assets), 'utf8'));
const {base85, fromJson, fromBytes, query, inside, hit, pixel, degrees, area} = globalThis.landuse.shapes;

// rows of squares of 8 pixels, 10 apart, and one with a hole and a second part at the end
function city(across, down) {
  const rings = [], vertices = [], classes = [], x = [], y = [];
  const ring = (...points) => { vertices.push(points.length); points.forEach(([a, b]) => { x.push(a); y.push(b); }); };
  const square = (a, b, side) => ring([a, b], [a + side, b], [a + side, b + side], [a, b + side]);
  for (let j = 0; j < down; j++) for (let i = 0; i < across; i++) { square(10 * i, 10 * j, 8); rings.push(1); classes.push((i + j) % 3); }
  square(1000, 1000, 100);
  square(1040, 1040, 20);
  square(1200, 1000, 50);
  rings.push(3);
  classes.push(1);
  const step = (values) => values.map((value, k) => value - (k ? values[k - 1] : 0));
  return {zoom: 19, x0: 1000, y0: 2000, rings, vertices, dx: step(x), dy: step(y), classes};
}

function bytesOf(data) {
  const varints = (values) => values.flatMap((value) => {
    const out = [];
    do { out.push(value % 128 + (value > 127 ? 128 : 0)); value = Math.floor(value / 128); } while (value);
    return out;
  });
  const zigzag = (values) => values.map((value) => (value < 0 ? -2 * value - 1 : 2 * value));
  const blocks = [varints(data.rings), varints(data.vertices), varints(zigzag(data.dx)), varints(zigzag(data.dy)), data.classes];
  const head = new DataView(new ArrayBuffer(48));
  [...'LUS1'].forEach((letter, k) => head.setUint8(k, letter.charCodeAt(0)));
  [data.zoom, data.rings.length, data.vertices.length, data.dx.length, data.x0, data.y0, ...blocks.map((b) => b.length)]
    .forEach((value, k) => head.setUint32(4 + 4 * k, value, true));
  return Uint8Array.from([...new Uint8Array(head.buffer), ...blocks.flat()]);
}

test('bytes and JSON decode to the same shapes', () => {
  const data = city(30, 20);
  assert.deepEqual(fromBytes(bytesOf(data)), fromJson(data));
});

test('a block that is no block of shapes is refused', () => {
  assert.throws(() => fromBytes(new Uint8Array(48)), /not a block/);
});

test('the index finds what a look at every box finds', () => {
  const shapes = fromJson(city(120, 90)); // more than two levels of 64
  for (const [w, n, e, s] of [[0, 0, 5, 5], [333, 111, 501, 402], [995, 900, 1300, 1300], [-9, -9, -1, -1], [8.5, 0, 9.5, 900]]) {
    const found = [], all = [];
    query(shapes, w, n, e, s, (k) => found.push(k));
    for (let k = 0; k < shapes.n; k++) {
      const [a, b, c, d] = shapes.box.subarray(4 * k, 4 * k + 4);
      if (a <= e && c >= w && b <= s && d >= n) all.push(k);
    }
    assert.deepEqual(found, all);
  }
});

test('holes are outside, second parts inside', () => {
  const shapes = fromJson(city(3, 3)), last = shapes.n - 1;
  assert.equal(inside(shapes, last, 1010, 1010), true);
  assert.equal(inside(shapes, last, 1050, 1050), false);
  assert.equal(inside(shapes, last, 1225, 1025), true);
  assert.equal(area(shapes, last), 100 * 100 + 20 * 20 + 50 * 50); // all wound alike
});

test('a hole of the other winding is taken off the area', () => {
  const data = {zoom: 1, x0: 0, y0: 0, rings: [2], vertices: [4, 4], classes: [0],
    dx: [0, 10, 0, -10, 2, 0, 2, 0], dy: [0, 0, 10, 0, -8, 2, 0, -2]};
  assert.equal(area(fromJson(data), 0), 100 - 4);
});

test('a hit respects the filter and reaches for what is small', () => {
  const shapes = fromJson(city(10, 10));
  assert.equal(hit(shapes, 14, 24), 21);
  assert.equal(hit(shapes, 14, 24, (k) => k !== 21), -1);
  assert.equal(hit(shapes, 19, 24), -1);
  assert.equal(hit(shapes, 19, 24, () => true, 6), 21);
});

test('a feature without rings is met by nothing', () => {
  const shapes = fromJson({zoom: 1, x0: 0, y0: 0, rings: [0, 1], vertices: [3], classes: [0, 0], dx: [0, 4, 0], dy: [0, 0, 4]});
  const found = [];
  query(shapes, -1e9, -1e9, 1e9, 1e9, (k) => found.push(k));
  assert.deepEqual(found, [1]);
});

test('pixels and degrees are inverse', () => {
  const shapes = {zoom: 19, x0: 111_000_000, y0: 55_000_000}, [x, y] = pixel(shapes, 30.25, 120.16), [lat, lng] = degrees(shapes, x, y);
  assert.ok(Math.abs(lat - 30.25) < 1e-9 && Math.abs(lng - 120.16) < 1e-9);
});

test('base 85 is four bytes to five signs, spare ones left off', () => {
  assert.deepEqual([...base85('+(((()yyC+(')], [0, 0, 0, 1, 255]); // as landuse.report.map.encode.packed says
  assert.deepEqual([...base85('(')], []);
});
