// What every layer of shapes can do, and the layer that draws few of them as elements of the page.
landuse.json = (id) => JSON.parse(document.getElementById(id).textContent);

// the bytes of a block: base 85 of gzip, or of the bytes themselves
landuse.unpack = async (id, compressed) => {
  const element = document.getElementById(id), bytes = landuse.shapes.base85(element.textContent);
  element.remove(); // the text is as large as the data
  if (!compressed) return bytes;
  if (typeof DecompressionStream === 'undefined') throw new Error(landuse.data ? landuse.word('old_browser') : 'gzip');
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

// Shared by ShapeLayer and ParcelLayer; both hold `key`, `styles`, `hidden` (a set of classes) and, once `ready`, `shapes`.
// Each draws itself anew by `redress` after its classes or styles changed.
landuse.ShapesMixin = {
  // draws by other classes and styles; without any, by its own again; what is hidden stays so where asked
  recolour(classes, styles, keep = false) {
    this.own = this.own || {classes: this.shapes.classes, styles: this.styles};
    this.shapes.classes = classes || this.own.classes;
    this.styles = styles || this.own.styles;
    if (!keep) this.hidden = new Set();
    this.lines();
    this.redress();
  },

  // outlines grow thinner where the map shows more, lest they hide what they enclose
  lines() {
    const rules = this.styles.map(({width}, k) => `.lu-${this.key}-${k} { stroke-width: calc(${width}px * var(--lu-line, 1)); }`);
    this.sheet = this.sheet || document.head.appendChild(landuse.h('style'));
    this.sheet.textContent = rules.join('\n');
  },

  drawn(k) { return !this.hidden.has(this.shapes.classes[k]); },

  // the shape at a place, or -1; `reach` is in pixels of the screen
  at(latlng, reach = 0) {
    if (!this.shapes || !this._map) return -1;
    const [x, y] = landuse.shapes.pixel(this.shapes, latlng.lat, latlng.lng);
    const scale = 2 ** (this.shapes.zoom - this._map.getZoom());
    return landuse.shapes.hit(this.shapes, x, y, (k) => this.drawn(k), reach * scale);
  },

  // of a shape, or of a line
  rings(k) {
    const {first, start, x, y} = this.shapes, out = [];
    for (let r = first[k]; r < first[k + 1]; r++) {
      const ring = [];
      for (let i = start[r]; i < start[r + 1]; i++) ring.push(landuse.shapes.degrees(this.shapes, x[i], y[i]));
      out.push(ring);
    }
    return out;
  },

  bounds(k) {
    const box = this.shapes.box, degrees = (i, j) => landuse.shapes.degrees(this.shapes, box[4 * k + i], box[4 * k + j]);
    return L.latLngBounds(degrees(0, 1), degrees(2, 3));
  },
};

// of outlines: thinner where the map shows more
landuse.lineScale = (zoom) => Math.min(1, Math.max(0.5, 2 ** ((zoom - 15) / 2)));

landuse.PANES = {
  image: 300, districts: 310, water: 320, roads: 330, blocks: 390, land: 400, then: 405, parks: 420, outlines: 421, treated: 425,
  plots: 430, changes: 432, moves: 434, selection: 440, lines: 442, loads: 444, signs: 446, labels: 450, measure: 460,
};

landuse.pane = (map, key) => {
  const name = `landuse-${key}`;
  if (!map.getPane(name)) {
    const pane = map.createPane(name);
    pane.style.zIndex = landuse.PANES[key];
    pane.style.pointerEvents = 'none'; // clicks are answered by the map itself, from the shapes
  }
  return name;
};

landuse.ShapeLayer = L.FeatureGroup.extend({
  includes: landuse.ShapesMixin,

  // of another layer's shapes where one is given
  initialize(key, styles, source = null) {
    L.FeatureGroup.prototype.initialize.call(this, []);
    Object.assign(this, {key, styles, hidden: new Set()});
    this.data = source ? source.data : landuse.json(`landuse-${key}`);
    this.shapes = source ? {...source.shapes} : landuse.shapes.fromJson(this.data);
    this.ready = Promise.resolve();
  },

  onAdd(map) {
    this.renderer = this.renderer || L.svg({pane: landuse.pane(map, this.key), padding: 0.5});
    if (!this.paths) this.redress();
    L.FeatureGroup.prototype.onAdd.call(this, map);
  },

  redress() {
    this.clearLayers();
    this.paths = Array.from({length: this.shapes.n}, (_, k) => this.path(k));
    this.paths.forEach((path, k) => { if (this.drawn(k)) this.addLayer(path); });
  },

  path(k) {
    const number = this.shapes.classes[k], style = this.styles[number];
    return new (style.line ? L.Polyline : L.Polygon)(this.rings(k), {
      pane: `landuse-${this.key}`, renderer: this.renderer, interactive: false, smoothFactor: 0.5, noClip: style.line && style.mark,
      className: `lu-${this.key}-${number}`, fillRule: 'evenodd',
      fill: Boolean(style.fill), fillOpacity: style.opacity,
      fillColor: style.hatch ? landuse.hatch(style.fill) : style.fill,
      stroke: Boolean(style.stroke), color: style.stroke, weight: style.width, dashArray: style.dash || null,
    });
  },

  show(numbers, on) {
    numbers.forEach((number) => this.hidden[on ? 'delete' : 'add'](number));
    this.paths.forEach((path, k) => {
      if (numbers.includes(this.shapes.classes[k])) this[on ? 'addLayer' : 'removeLayer'](path);
    });
  },

  columns() { return Promise.resolve(this.data.columns); },
});
