// Signs of the kinds of change: filled inside the parks, hollow outside; a triangle asks for an explanation.
landuse.CHANGE_SIGNS = {
  alert: 'M7 5v3.6M7 10.3v.6', excepted: 'M7 3.8v6.4M3.8 7h6.4', new_inside: 'M7 3.8v6.4M3.8 7h6.4',
  cleared_inside: 'M3.8 7h6.4', cleared_outside: 'M3.8 7h6.4', reclassified: 'M4 5.6h5.6M8 4l1.8 1.6M10 8.4H4.4M6 10L4.2 8.4',
  redrawn_in: 'M7 3.4v6.2M4.6 7.4L7 9.9l2.4-2.5', redrawn_out: 'M7 10.6V4.4M4.6 6.6L7 4.1l2.4 2.5', transferred: 'M3.6 7h6.2M7.6 4.6L10 7l-2.4 2.4',
};

landuse.changeSign = (sign, size = 14) => {
  const {svg} = landuse, full = ['alert', 'new_inside', 'cleared_inside', 'redrawn_in'].includes(sign);
  const shape = sign === 'alert' ? svg('path', {d: 'M7 1.2L13.2 12.6H.8Z', class: 'disc'})
    : sign.startsWith('redrawn') ? svg('rect', {x: 1.2, y: 1.2, width: 11.6, height: 11.6, class: 'disc'}) : svg('circle', {cx: 7, cy: 7, r: 6, class: 'disc'});
  return svg('svg', {viewBox: '0 0 14 14', width: size, height: size, class: `lu-change-sign ${sign} ${full ? 'full' : ''}`, 'aria-hidden': 'true'},
    shape, svg('path', {d: landuse.CHANGE_SIGNS[sign], class: 'stroke'}));
};

// outline and sign, for the legend
landuse.changeSwatch = (style) => landuse.h('span', {class: 'lu-change-swatch'}, landuse.swatch({...style, sign: ''}), landuse.changeSign(style.sign, 13));

// Signs on the map: on what asks for an explanation, and where a shape has room for one.
landuse.changeSigns = (app) => {
  'use strict';
  const ROOM = 20, MOST = 250, FEW = 80, SIZE = 14; // pixels of a shape, signs, signs on shapes without room, pixels of a sign
  const {map, layers: {changes: layer}} = app, {kind} = landuse.data.changes, {shapes: geometry} = landuse;
  const signs = layer.styles.map(({sign}) => sign), group = L.layerGroup().addTo(map), pane = landuse.pane(map, 'signs');

  function spot(k) {
    const {shapes} = layer, {first, start, x, y} = shapes, [px, py] = geometry.middle(shapes, k), i = start[first[k]];
    const [at, up] = geometry.inside(shapes, k, px, py) ? [px, py] : [x[i], y[i]];
    return geometry.degrees(shapes, at, up);
  }

  function place() {
    group.clearLayers();
    if (!layer.shapes) return;
    const {box, zoom} = layer.shapes, scale = 2 ** (map.getZoom() - zoom), view = map.getBounds(), large = [], alerts = [], small = [];
    const [west, north] = geometry.pixel(layer.shapes, view.getNorth(), view.getWest());
    const [east, south] = geometry.pixel(layer.shapes, view.getSouth(), view.getEast());
    geometry.query(layer.shapes, west, north, east, south, (k) => {
      if (!layer.drawn(k)) return;
      if (Math.max(box[4 * k + 2] - box[4 * k], box[4 * k + 3] - box[4 * k + 1]) * scale >= ROOM) large.push(k);
      else (kind[k] === 0 ? alerts : small).push(k);
    });
    const changing = document.body.classList.contains('changing'), few = alerts.length + small.length <= FEW;
    for (const k of [...(alerts.length <= MOST ? alerts : []), ...large, ...(changing && few ? small : [])].slice(0, MOST)) {
      L.marker(spot(k), {
        pane, interactive: false, keyboard: false,
        icon: L.divIcon({className: 'lu-change-at', html: landuse.changeSign(signs[kind[k]], SIZE), iconSize: [SIZE, SIZE]}),
      }).addTo(group);
    }
  }
  map.on('moveend', place);
  return {place};
};
