// Tools of the map: full screen, position of the pointer, measuring.

// the true longitude and latitude of a place on the map, which a copy shifted to GCJ-02 shows elsewhere
landuse.place = ({lat, lng}) => (landuse.data.behind.gcj02 ? landuse.gcj02.back(lng, lat) : [lng, lat]);

landuse.fullScreen = () => landuse.button('full', landuse.word('full_screen'), () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
});

// Where the pointer is, or the middle of the map for those who move it by keys: in degrees and in the study's own plane.
landuse.position = (map) => {
  const {h, word, data} = landuse, forward = data.plane ? landuse.plane.forward(data.plane) : null;
  const element = h('output', {class: 'lu-position'});
  const write = (latlng) => {
    const [lon, lat] = landuse.place(latlng), plane = forward && forward(lon, lat);
    landuse.fill(element, h('span', {}, word('degrees', {lon: lon.toFixed(5), lat: lat.toFixed(5)})),
      plane ? h('span', {title: data.study.plane}, word('plane', {east: plane[0].toFixed(0), north: plane[1].toFixed(0), crs: data.study.crs})) : []);
  };
  map.on('moveend', () => write(map.getCenter()));
  write(map.getCenter());
  return {element, write};
};

// Lengths and areas by clicking; with the map in focus, Enter takes the place under the cross.
landuse.measure = (app) => {
  'use strict';
  const {h, word} = landuse, {map} = app;
  let points = [], done = false, on = false;
  const options = {pane: landuse.pane(map, 'measure'), interactive: false, smoothFactor: 0};
  const shape = L.polygon([], {...options, className: 'lu-measured area', stroke: false});
  const casing = L.polyline([], {...options, className: 'lu-measured casing'}), line = L.polyline([], {...options, className: 'lu-measured'});
  const drawing = L.layerGroup([shape, casing, line]), said = h('output', {'aria-live': 'polite'});
  const chip = h('section', {class: 'lu-measure', hidden: true, 'aria-label': word('measure')}, said,
    landuse.button('undo', word('undo'), () => { points.pop(); done = false; write(); }),
    landuse.button('close', word('close'), () => toggle(false)));
  const tool = landuse.button('measure', word('measure'), () => toggle(!on));

  function write(pointer = null) {
    const all = pointer && points.length && !done ? [...points, pointer] : points, places = all.map(landuse.place);
    shape.setLatLngs(all.length > 2 ? all : []);
    casing.setLatLngs(all);
    line.setLatLngs(all);
    landuse.fill(said, places.length < 2 ? word('measure_how') : [
      h('b', {}, word('length', {value: landuse.distance(landuse.plane.length(places), 2)})),
      places.length > 2 ? h('span', {}, word('measured_area', (({mu, ha}) => ({mu, ha}))(figures(landuse.plane.area(places))))) : [],
    ].flat());
  }
  const figures = (m2) => ({mu: landuse.muFigure(m2), ha: landuse.figure(m2 / 10000, 2)});

  function toggle(now) {
    on = now;
    points = [];
    done = false;
    chip.hidden = !on;
    tool.setAttribute('aria-pressed', String(on));
    document.body.classList.toggle('measuring', on);
    map.doubleClickZoom[on ? 'disable' : 'enable']();
    if (on) drawing.addTo(map); else drawing.remove();
    write();
  }

  function add(latlng) {
    if (done) { points = []; done = false; }
    const last = points[points.length - 1];
    if (last && last.equals(latlng)) return; // the second click of a double one
    points.push(latlng);
    write();
  }

  map.on('dblclick', () => { if (on) { done = true; write(); } });
  document.addEventListener('keydown', (event) => {
    if (!on) return;
    if (event.key === 'Escape') toggle(false);
    if (event.key === 'Backspace' && event.target === map.getContainer()) { points.pop(); done = false; write(); }
  });
  return {chip, tool, add, move: (latlng) => { if (points.length && !done) write(latlng); }, active: () => on};
};
