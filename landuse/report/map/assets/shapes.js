// Shapes in whole pixels (format: docs/map-format.md): decode, index, query, hit. No Leaflet, no document.
globalThis.landuse = globalThis.landuse || {};

landuse.shapes = (() => {
  'use strict';
  const BLOCK = 64; // features under one box of the first level, and boxes of it under one of the second

  function assemble(zoom, x0, y0, rings, vertices, x, y, classes) {
    const shapes = {zoom, x0, y0, n: rings.length, x, y, classes, first: sums(rings), start: sums(vertices)};
    shapes.box = featureBoxes(shapes);
    shapes.level1 = outerBoxes(shapes.box);
    shapes.level2 = outerBoxes(shapes.level1);
    return shapes;
  }

  function sums(counts) {
    const out = new Uint32Array(counts.length + 1);
    for (let i = 0; i < counts.length; i++) out[i + 1] = out[i] + counts[i];
    return out;
  }

  function fromJson(data) {
    const x = Int32Array.from(data.dx), y = Int32Array.from(data.dy);
    for (let i = 1; i < x.length; i++) { x[i] += x[i - 1]; y[i] += y[i - 1]; }
    return assemble(data.zoom, data.x0, data.y0, data.rings, data.vertices, x, y, Uint8Array.from(data.classes));
  }

  function fromBytes(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.getUint32(0, true) !== 0x3153554c) throw new Error('landuse: not a block of shapes');
    const [zoom, features, rings, vertices, x0, y0, ...sizes] =
      Array.from({length: 11}, (_, i) => view.getUint32(4 + 4 * i, true));
    let at = 48;
    const block = (size) => bytes.subarray(at, at += size);
    return assemble(zoom, x0, y0,
      varints(block(sizes[0]), new Uint32Array(features)),
      varints(block(sizes[1]), new Uint32Array(rings)),
      differences(block(sizes[2]), new Int32Array(vertices)),
      differences(block(sizes[3]), new Int32Array(vertices)),
      block(sizes[4]).slice());
  }

  // five signs are four bytes; the first sign of all says how many at the end are none
  function base85(text) {
    const sign = (at) => { const code = text.charCodeAt(at); return (code === 33 ? 60 : code) - 40; };
    const bytes = new Uint8Array((text.length - 1) / 5 * 4);
    for (let i = 1, at = 0; i < text.length; i += 5) {
      const value = (((sign(i) * 85 + sign(i + 1)) * 85 + sign(i + 2)) * 85 + sign(i + 3)) * 85 + sign(i + 4);
      bytes[at++] = value >>> 24;
      bytes[at++] = value >>> 16;
      bytes[at++] = value >>> 8;
      bytes[at++] = value;
    }
    return bytes.subarray(0, bytes.length - sign(0));
  }

  function varints(bytes, out) {
    for (let i = 0, at = 0; i < out.length; i++) {
      let value = 0, shift = 0, octet;
      do { octet = bytes[at++]; value |= (octet & 127) << shift; shift += 7; } while (octet & 128);
      out[i] = value;
    }
    return out;
  }

  function differences(bytes, out) {
    for (let i = 0, at = 0, sum = 0; i < out.length; i++) {
      let value = 0, shift = 0, octet;
      do { octet = bytes[at++]; value |= (octet & 127) << shift; shift += 7; } while (octet & 128);
      out[i] = sum += (value >>> 1) ^ -(value & 1);
    }
    return out;
  }

  // boxes: west, north, east, south of each feature; a feature without vertices has one that nothing meets
  function featureBoxes({n, first, start, x, y}) {
    const out = emptyBoxes(n);
    for (let k = 0; k < n; k++) {
      for (let i = start[first[k]], end = start[first[k + 1]]; i < end; i++) grow(out, 4 * k, x[i], y[i], x[i], y[i]);
    }
    return out;
  }

  function outerBoxes(boxes) {
    const n = boxes.length / 4, out = emptyBoxes(Math.ceil(n / BLOCK));
    for (let k = 0; k < n; k++) {
      const at = 4 * k;
      grow(out, 4 * Math.floor(k / BLOCK), boxes[at], boxes[at + 1], boxes[at + 2], boxes[at + 3]);
    }
    return out;
  }

  function emptyBoxes(n) {
    const out = new Int32Array(4 * n);
    for (let k = 0; k < out.length; k += 4) { out[k] = out[k + 1] = 2 ** 31 - 1; out[k + 2] = out[k + 3] = -(2 ** 31); }
    return out;
  }

  function grow(boxes, at, west, north, east, south) {
    if (west < boxes[at]) boxes[at] = west;
    if (north < boxes[at + 1]) boxes[at + 1] = north;
    if (east > boxes[at + 2]) boxes[at + 2] = east;
    if (south > boxes[at + 3]) boxes[at + 3] = south;
  }

  // calls visit(feature) for every feature whose box meets the window (pixels from x0, y0), in their order
  function query({n, box, level1, level2}, west, north, east, south, visit) {
    const meets = (boxes, k) => boxes[4 * k] <= east && boxes[4 * k + 2] >= west
      && boxes[4 * k + 1] <= south && boxes[4 * k + 3] >= north;
    const ones = level1.length / 4;
    for (let a = 0; a < level2.length / 4; a++) {
      if (!meets(level2, a)) continue;
      for (let b = a * BLOCK, lastB = Math.min(ones, b + BLOCK); b < lastB; b++) {
        if (!meets(level1, b)) continue;
        for (let k = b * BLOCK, last = Math.min(n, k + BLOCK); k < last; k++) if (meets(box, k)) visit(k);
      }
    }
  }

  // even-odd rule over all rings of a feature
  function inside({first, start, x, y}, k, px, py) {
    let odd = false;
    for (let r = first[k]; r < first[k + 1]; r++) {
      for (let i = start[r], end = start[r + 1], j = end - 1; i < end; j = i++) {
        if ((y[i] > py) !== (y[j] > py) && px < (x[j] - x[i]) * (py - y[i]) / (y[j] - y[i]) + x[i]) odd = !odd;
      }
    }
    return odd;
  }

  // the last feature drawn at a point that `wanted` accepts; one whose middle is within `reach` where none holds the point
  function hit(shapes, px, py, wanted = () => true, reach = 0) {
    let found = -1, near = -1, nearest = reach;
    query(shapes, px - reach, py - reach, px + reach, py + reach, (k) => {
      if (!wanted(k)) return;
      if (inside(shapes, k, px, py)) { found = k; return; }
      const [x, y] = middle(shapes, k), away = Math.hypot(x - px, y - py);
      if (away < nearest) { near = k; nearest = away; }
    });
    return found >= 0 ? found : near;
  }

  function middle({box}, k) {
    return [(box[4 * k] + box[4 * k + 2]) / 2, (box[4 * k + 1] + box[4 * k + 3]) / 2];
  }

  // pixels from x0, y0 of a place in degrees
  function pixel({zoom, x0, y0}, lat, lng) {
    const across = 256 * 2 ** zoom, sine = Math.sin(lat * Math.PI / 180);
    return [(lng / 360 + 0.5) * across - x0, (0.5 - Math.atanh(sine) / (2 * Math.PI)) * across - y0];
  }

  function degrees({zoom, x0, y0}, px, py) {
    const across = 256 * 2 ** zoom, up = (0.5 - (py + y0) / across) * 2 * Math.PI;
    return [Math.atan(Math.sinh(up)) * 180 / Math.PI, ((px + x0) / across - 0.5) * 360];
  }

  // area in square pixels, holes taken off
  function area({first, start, x, y}, k) {
    let total = 0;
    for (let r = first[k]; r < first[k + 1]; r++) {
      const begin = start[r];
      for (let i = begin, end = start[r + 1], j = end - 1; i < end; j = i++) {
        total += (x[j] - x[begin]) * (y[i] - y[begin]) - (x[i] - x[begin]) * (y[j] - y[begin]);
      }
    }
    return Math.abs(total) / 2;
  }

  return {base85, fromJson, fromBytes, query, inside, hit, middle, pixel, degrees, area};
})();
