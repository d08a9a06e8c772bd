// Shapes by the hundred thousand on canvas tiles (see docs/map-format.md).
landuse.ParcelLayer = L.GridLayer.extend({
  includes: landuse.ShapesMixin,

  SPECK: 2, // a shape smaller than this [px] both ways is drawn as a box
  STEP: 0.7, // vertices nearer than this [px] to the one before are left out
  BATCH: 100, // polygons in one path: one path for all takes seconds a frame
  SHADES: 8, // steps of the opacity of boxes

  // of another layer's shapes where one is given
  initialize(key, styles, compressed, source = null) {
    L.GridLayer.prototype.initialize.call(this, {
      pane: `landuse-${key}`, className: `lu-canvas lu-${key}`, keepBuffer: 1, updateWhenZooming: false,
    });
    Object.assign(this, {key, styles, compressed, source, hidden: new Set()});
    this.ready = this.load().catch((error) => {
      document.body.append(landuse.h('p', {class: 'lu-failure', role: 'alert'}, error.message));
      throw error;
    });
  },

  async load() {
    await null; // the words of the page come after the layers
    if (this.source) await this.source.ready;
    this.shapes = this.source ? {...this.source.shapes}
      : landuse.shapes.fromBytes(await landuse.unpack(`landuse-${this.key}`, this.compressed));
    this.areas = new Float32Array(this.shapes.n).fill(-1);
    this.repaint();
  },

  columns() {
    this.decoded = this.decoded || landuse.unpack(`landuse-${this.key}-columns`, this.compressed)
      .then((bytes) => JSON.parse(new TextDecoder().decode(bytes)));
    return this.decoded;
  },

  onAdd(map) {
    landuse.pane(map, this.key);
    L.GridLayer.prototype.onAdd.call(this, map);
  },

  show(numbers, on) {
    numbers.forEach((number) => this.hidden[on ? 'delete' : 'add'](number));
    this.repaint();
  },

  redress() { this.repaint(); },

  // in place: new tiles would flicker
  repaint() {
    for (const tile of Object.values(this._tiles || {})) this.paint(tile.el, tile.coords);
  },

  createTile(coords, done) {
    const tile = L.DomUtil.create('canvas', 'lu-tile'), fine = Math.min(2, window.devicePixelRatio || 1);
    tile.width = tile.height = 256 * fine;
    const draw = () => { this.paint(tile, coords); done(null, tile); };
    if (document.body.classList.contains('printing')) this.paint(tile, coords);
    setTimeout(draw, 0);
    return tile;
  },

  paint(tile, coords) {
    if (!this.shapes) return;
    const fine = tile.width / 256, context = tile.getContext('2d', {willReadFrequently: true});
    context.setTransform(fine, 0, 0, fine, 0, 0);
    context.clearRect(0, 0, 256, 256);
    const {batches, specks} = this.collect(coords), line = landuse.lineScale(coords.z);
    this.styles.forEach((style, number) => {
      this.paintSpecks(context, style, specks[number]);
      context.globalAlpha = style.opacity;
      context.fillStyle = style.hatch ? this.hatch(context, style.fill) : style.fill;
      if (style.fill) for (const {path} of batches[number]) context.fill(path, 'evenodd');
      context.globalAlpha = 1;
      context.strokeStyle = style.stroke;
      context.lineWidth = style.width * line;
      context.setLineDash(style.dash ? style.dash.split(' ').map(Number) : []);
      if (style.stroke) for (const {path, outlined} of batches[number]) if (outlined || !style.fill) context.stroke(path);
    });
  },

  // the shapes of a tile by class: paths of up to BATCH polygons, large ones apart, and boxes for what is too small
  collect({x, y, z}) {
    const {shapes} = this, {box, classes, zoom, x0, y0} = shapes, scale = 2 ** (z - zoom);
    const left = x * 256 / scale - x0, top = y * 256 / scale - y0, margin = 4 / scale, size = 256 / scale;
    const batches = this.styles.map(() => []), specks = this.styles.map(() => []), open = new Map();
    landuse.shapes.query(shapes, left - margin, top - margin, left + size + margin, top + size + margin, (k) => {
      const number = classes[k];
      if (this.hidden.has(number)) return;
      const width = (box[4 * k + 2] - box[4 * k]) * scale, height = (box[4 * k + 3] - box[4 * k + 1]) * scale;
      if (width < this.SPECK && height < this.SPECK) {
        specks[number].push((box[4 * k] - left) * scale, (box[4 * k + 1] - top) * scale, width, height, this.area(k) * scale * scale);
        return;
      }
      const outlined = width > 5 || height > 5, slot = 2 * number + outlined;
      let batch = open.get(slot);
      if (!batch || batch.count === this.BATCH) {
        batch = {path: new Path2D(), count: 0, outlined};
        open.set(slot, batch);
        batches[number].push(batch);
      }
      batch.count++;
      this.trace(batch.path, k, left, top, scale, this.styles[number].line);
    });
    return {batches, specks};
  },

  trace(path, k, left, top, scale, open) {
    const {first, start, x, y} = this.shapes;
    for (let r = first[k]; r < first[k + 1]; r++) {
      let lastX = Infinity, lastY = Infinity;
      for (let i = start[r]; i < start[r + 1]; i++) {
        const px = (x[i] - left) * scale, py = (y[i] - top) * scale;
        if (i > start[r] && Math.abs(px - lastX) + Math.abs(py - lastY) < this.STEP) continue;
        if (i === start[r]) path.moveTo(px, py); else path.lineTo(px, py);
        lastX = px;
        lastY = py;
      }
      if (!open) path.closePath();
    }
  },

  area(k) {
    if (this.areas[k] < 0) this.areas[k] = landuse.shapes.area(this.shapes, k);
    return this.areas[k];
  },

  // a box as opaque as the share of it the shape covers, so that an overview shows no more land than there is
  paintSpecks(context, style, specks) {
    context.fillStyle = style.fill || style.stroke;
    const shades = Array.from({length: this.SHADES + 1}, () => []);
    for (let i = 0; i < specks.length; i += 5) {
      if (style.mark) { shades[this.SHADES].push(specks[i] + specks[i + 2] / 2 - 1.5, specks[i + 1] + specks[i + 3] / 2 - 1.5, 3, 3); continue; }
      const width = Math.max(1, specks[i + 2]), height = Math.max(1, specks[i + 3]);
      const covered = Math.min(1, specks[i + 4] / (width * height)) * (style.hatch ? 0.6 : 1);
      shades[Math.max(1, Math.round(covered * this.SHADES))].push(specks[i], specks[i + 1], width, height);
    }
    shades.forEach((boxes, shade) => {
      context.globalAlpha = shade / this.SHADES;
      for (let i = 0; i < boxes.length; i += 4) context.fillRect(boxes[i], boxes[i + 1], boxes[i + 2], boxes[i + 3]);
    });
  },

  // the same hatch as the page's, from a square that fits a tile a whole number of times
  hatch(context, colour) {
    this.patterns = this.patterns || {};
    if (!this.patterns[colour]) {
      const square = document.createElement('canvas');
      square.width = square.height = 8;
      const pen = square.getContext('2d', {willReadFrequently: true});
      pen.fillStyle = '#F3E9DF';
      pen.fillRect(0, 0, 8, 8);
      pen.strokeStyle = colour;
      pen.lineWidth = 2.9;
      for (const at of [-8, 0, 8]) { pen.beginPath(); pen.moveTo(at - 2, 10); pen.lineTo(at + 10, -2); pen.stroke(); }
      this.patterns[colour] = context.createPattern(square, 'repeat');
    }
    return this.patterns[colour];
  },
});
