// What every layer of shapes can do, and the layer that draws few of them as elements of the page.
landuse.json = (id) => JSON.parse(document.getElementById(id).textContent);

// Shared by ShapeLayer and ParcelLayer; both hold `key`, `styles`, `hidden` (a set of classes) and, once `ready`, `shapes`.
landuse.ShapesMixin = {
  drawn(k) { return !this.hidden.has(this.shapes.classes[k]); },

  // the shape at a place, or -1; `reach` is in pixels of the screen
  at(latlng, reach = 0) {
    if (!this.shapes || !this._map) return -1;
    const [x, y] = landuse.shapes.pixel(this.shapes, latlng.lat, latlng.lng);
    const scale = 2 ** (this.shapes.zoom - this._map.getZoom());
    return landuse.shapes.hit(this.shapes, x, y, (k) => this.drawn(k), reach * scale);
  },

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

landuse.PANES = {districts: 310, land: 400, parks: 420, plots: 430, selection: 440, labels: 450};

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

  initialize(key, styles) {
    L.FeatureGroup.prototype.initialize.call(this, []);
    Object.assign(this, {key, styles, hidden: new Set()});
    this.data = landuse.json(`landuse-${key}`);
    this.shapes = landuse.shapes.fromJson(this.data);
    this.ready = Promise.resolve();
  },

  onAdd(map) {
    this.renderer = this.renderer || L.svg({pane: landuse.pane(map, this.key), padding: 0.5});
    if (!this.paths) {
      this.paths = Array.from({length: this.shapes.n}, (_, k) => this.path(k));
      this.paths.forEach((path) => this.addLayer(path));
    }
    L.FeatureGroup.prototype.onAdd.call(this, map);
  },

  path(k) {
    const number = this.shapes.classes[k], style = this.styles[number];
    return L.polygon(this.rings(k), {
      pane: landuse.pane(this._map, this.key), renderer: this.renderer, interactive: false, smoothFactor: 0.5,
      className: `lu-${this.key}-${number}`, fillRule: 'evenodd',
      fill: Boolean(style.fill), fillOpacity: style.opacity,
      fillColor: style.hatch ? 'url(#lu-hatch)' : style.fill,
      stroke: Boolean(style.stroke), color: style.stroke, weight: style.width, dashArray: style.dash || null,
    });
  },

  show(number, on) {
    this.hidden[on ? 'delete' : 'add'](number);
    this.paths.forEach((path, k) => {
      if (this.shapes.classes[k] === number) this[on ? 'addLayer' : 'removeLayer'](path);
    });
  },

  columns() { return Promise.resolve(this.data.columns); },
});
