// The page around the map: headline, tools, selection, print.
landuse.headline = (study) => {
  const {h, word} = landuse, short = study.relocate_m2 > 0;
  return h('header', {class: 'lu-headline'},
    h('div', {class: 'study'}, h('h1', {title: study.name}, study.name),
      study.date ? h('div', {class: 'note'}, word('as_of', {date: study.date})) : null),
    h('div', {class: 'share', title: word('share_title')}, h('output', {}, landuse.percent(study.share)),
      study.interval ? h('span', {class: 'interval'}, `[${study.interval.map((x) => (x * 100).toFixed(1)).join(' – ')}]`) : null),
    h('div', {class: 'bar'},
      h('span', {class: 'target', style: `left:${study.target * 100}%`}, word('target', {share: landuse.percent(study.target, study.target * 100 % 1 ? 2 : 0)})),
      landuse.shareBar(study.share, study.target, study.interval)),
    h('span', {class: `pill ${study.verdict.replace('_', '-')}`}, word(study.verdict)),
    h('div', {class: 'gap'}, h('b', {}, landuse.muText(Math.abs(study.relocate_m2))),
      h('div', {class: 'note'}, short
        ? `${word('relocate')} · ${word('clear', {value: landuse.muFigure(study.clear_m2)})}` : word('surplus'))),
    study.synthetic ? h('span', {class: 'pill synthetic'}, word('synthetic')) : null,
    h('div', {class: 'definition note'}, h('div', {title: study.definition}, study.definition.replaceAll(' · ', '\u00a0· ')),
      study.definitions > 1 ? h('div', {}, word('band', {count: study.definitions,
        low: landuse.percent(study.band[0], 1), high: landuse.percent(study.band[1], 1)})) : null,
      h('div', {}, [study.crs, word('run', {id: study.run})].join(' · '),
        study.assumptions.length ? h('span', {class: 'assumed', title: study.assumptions.join('\n')},
          ' · ', word('assumptions', {count: study.assumptions.length})) : null)));
};

landuse.start = (map, layers) => {
  'use strict';
  const data = landuse.data = landuse.json('landuse-page');
  const {h, word} = landuse, container = map.getContainer();
  const chosen = {key: null, row: null}, order = ['plots', 'land', 'parks', 'districts'].filter((key) => layers[key]);
  for (const [name, colour] of Object.entries(data.palette)) document.documentElement.style.setProperty(`--${name}`, colour);
  landuse.lines(map, layers);
  document.body.classList.toggle('has-districts', Boolean(layers.districts));
  document.body.prepend(landuse.hatch());

  const outline = (className) => L.polygon([], {
    pane: landuse.pane(map, 'selection'), interactive: false, fill: false, className, smoothFactor: 0.5,
  });
  const casing = outline('lu-casing').addTo(map), selection = outline('lu-selection').addTo(map), lit = outline('lu-lit').addTo(map);
  const popup = L.popup({
    closeOnClick: false, autoClose: false, maxWidth: 380, minWidth: 320, className: 'lu-popup',
    autoPanPaddingTopLeft: [334, 96], autoPanPaddingBottomRight: [66, 20],
  });

  const app = {
    map, layers, popup,

    visible: (key) => Boolean(layers[key]) && layers[key].hidden.size < layers[key].styles.length,

    show(key, number, on) {
      layers[key].show(number, on);
      app.labels.place();
    },

    hover(key, k) { lit.setLatLngs(key && k >= 0 && layers[key].shapes ? layers[key].rings(k) : []); },

    selected: (key, row) => chosen.key === key && chosen.row === row,

    // row of a table; the land's rows are its shapes
    async select(key, row, {fly = false, at = null} = {}) {
      Object.assign(chosen, {key, row});
      await (layers[key] && layers[key].ready);
      const shape = key === 'districts' ? data.districts.shape[row] : row;
      const card = key === 'land' ? landuse.cards.land(await layers.land.columns(), row) : landuse.cards[key](row);
      if (!app.selected(key, row)) return; // another one was chosen meanwhile
      const rings = shape >= 0 && layers[key] ? layers[key].rings(shape) : [];
      casing.setLatLngs(rings);
      selection.setLatLngs(rings);
      app.hover();
      if (fly && rings.length) app.fly(layers[key].bounds(shape), ['plots', 'land'].includes(key));
      app.panel.mark(key, row);
      popup.setLatLng(at || app.anchor(key, row, shape)).setContent(card).openOn(map);
      popup.getElement().querySelector('.leaflet-popup-close-button').setAttribute('aria-label', word('close'));
    },

    // where a card points: a name's place, or the upper edge, so that the card hides no plot it speaks of
    anchor(key, row, shape) {
      const table = data[key];
      if (table && table.lat && table.lat[row] !== null) return L.latLng(table.lat[row], table.lon[row]);
      if (shape < 0 || !layers[key]) return map.getCenter();
      const bounds = layers[key].bounds(shape);
      return L.latLng(bounds.getNorth(), bounds.getCenter().lng);
    },

    // no nearer than its neighbourhood, and beside what covers the map
    fly(bounds, small) {
      const left = document.body.classList.contains('folded') ? 20 : 340;
      map.fitBounds(bounds, {paddingTopLeft: [left, 330], paddingBottomRight: [60, 60], maxZoom: small ? 16 : 14, animate: false});
    },

    whole() {
      const left = document.body.classList.contains('folded') ? 20 : 340;
      // beside the legend where that makes the city hardly smaller
      const zoom = (right) => map.getBoundsZoom(data.bounds, false, L.point(left + right, 140));
      const right = zoom(346) >= zoom(70) - 0.25 ? 346 : 70;
      map.fitBounds(data.bounds, {paddingTopLeft: [left, 110], paddingBottomRight: [right, 30], animate: false});
    },

    // the uppermost shape at a place: layer and row
    at(latlng) {
      for (const key of order) {
        const shape = layers[key].at(latlng, key === 'plots' ? 6 : 0);
        if (shape >= 0) return {key, shape, row: key === 'districts' ? data.districts.shape.indexOf(shape) : shape};
      }
      return null;
    },
  };

  popup.on('remove', () => {
    Object.assign(chosen, {key: null, row: null});
    casing.setLatLngs([]);
    selection.setLatLngs([]);
    app.panel.mark(null, null);
  });

  const fold = landuse.button('fold', word('fold'), () => document.body.classList.toggle('folded'));
  fold.classList.add('lu-fold');
  const tools = h('nav', {class: 'lu-tools'},
    landuse.button('plus', word('zoom_in'), () => map.zoomIn()), landuse.button('minus', word('zoom_out'), () => map.zoomOut()),
    landuse.button('whole', word('whole'), () => app.whole()), landuse.button('print', word('print'), () => window.print()));
  app.panel = landuse.panel(app);
  document.body.append(landuse.headline(data.study), app.panel.element, fold, tools, landuse.legend(app));
  L.control.scale({imperial: false, position: 'bottomleft', maxWidth: 120}).addTo(map);
  app.whole();
  app.labels = landuse.labels(map, app);

  map.on('click', ({latlng}) => {
    const found = app.at(latlng);
    if (found) app.select(found.key, found.row, {at: latlng});
    else popup.remove();
  });
  let frame = 0;
  map.on('mousemove', ({latlng}) => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      const found = app.at(latlng), small = found && ['plots', 'land'].includes(found.key);
      container.style.cursor = found ? 'pointer' : '';
      app.hover(small ? found.key : null, small ? found.shape : -1);
    });
  });
  landuse.printing(app);
  landuse.app = app;
  Promise.all(order.map((key) => layers[key].ready)).then(() => document.body.classList.add('ready'));
};

// Outlines grow thinner where the map shows more, lest they hide what they enclose.
landuse.lines = (map, layers) => {
  const rules = Object.values(layers).flatMap(({key, styles}) => styles.map((style, k) =>
    `.lu-${key}-${k} { stroke-width: calc(${style.width}px * var(--lu-line, 1)); }`));
  document.head.append(landuse.h('style', {}, rules.join('\n')));
  const set = () => map.getContainer().style.setProperty('--lu-line', landuse.lineScale(map.getZoom()));
  map.on('zoomend', set);
  set();
};
landuse.lineScale = (zoom) => Math.min(1, Math.max(0.5, 2 ** ((zoom - 15) / 2)));

// On paper the map gets the size of the sheet before it is drawn, and its place on the screen back afterwards.
landuse.printing = ({map, panel}) => {
  let view = null;
  addEventListener('beforeprint', () => {
    view = {center: map.getCenter(), zoom: map.getZoom(), bounds: map.getBounds()};
    document.body.classList.add('printing');
    const list = document.body.appendChild(panel.printed()), legend = document.querySelector('.lu-legend');
    while (list.querySelector('li') && list.offsetTop + list.offsetHeight > legend.offsetTop - 8) list.querySelector('li:last-child').remove();
    map.invalidateSize({animate: false, pan: false});
    // what a card speaks of is printed as it stands on the screen, otherwise the whole city, left of the legend
    if (landuse.app.popup.isOpen()) map.fitBounds(view.bounds, {animate: false});
    else map.fitBounds(landuse.data.bounds, {animate: false, paddingTopLeft: [12, 12], paddingBottomRight: [336, 12]});
    landuse.app.labels.place();
  });
  addEventListener('afterprint', () => {
    document.body.classList.remove('printing');
    document.querySelector('.lu-printed').remove();
    map.invalidateSize({animate: false, pan: false});
    map.setView(view.center, view.zoom, {animate: false});
  });
};
