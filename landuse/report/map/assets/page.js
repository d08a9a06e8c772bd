// The page around the map: headline, tools, selection, print.
landuse.headline = (study) => {
  const {h, word} = landuse, short = study.relocate_m2 > 0;
  return h('header', {class: `lu-headline ${study.after ? 'after' : study.past ? 'past' : ''}`},
    h('div', {class: 'study'}, h('h1', {title: study.name}, study.name),
      study.date ? h('div', {class: 'note'}, word('as_of', {date: study.date})) : null),
    h('div', {class: 'share', title: word('share_title')}, h('output', {}, landuse.percent(study.share)),
      study.interval ? h('span', {class: 'interval'}, `[${study.interval.map((x) => (x * 100).toFixed(1)).join(' – ')}]`) : null,
    study.after ? h('div', {class: 'then'}, word('plan_after_note')) : study.past ? h('div', {class: 'then'}, word('time_then', {date: study.date})) : null),
    h('div', {class: 'bar'},
      h('span', {class: 'target', style: `left:${study.target * 100}%`}, word('target', {share: landuse.percent(study.target, study.target * 100 % 1 ? 2 : 0)})),
      landuse.shareBar(study.share, study.target, study.interval)),
    h('span', {class: `pill ${study.verdict.replace('_', '-')}`}, word(study.verdict)),
    h('div', {class: 'gap'}, h('b', {}, landuse.muText(Math.abs(study.relocate_m2))),
      h('div', {class: 'note'}, short
        ? `${word('relocate')} · ${word('clear', {value: landuse.muFigure(study.clear_m2)})}` : word('surplus'))),
    h('span', {class: 'pill synthetic'}, word(study.synthetic ? 'synthetic' : 'internal')),
    h('div', {class: 'definition note'}, h('div', {title: study.definition}, study.definition.split(' · ').join('\u00a0· ')),
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
  const chosen = {key: null, row: null}, order = ['changes', 'plots', 'treated', 'land', 'parks', 'districts'].filter((key) => layers[key]);
  for (const [name, colour] of Object.entries(data.palette)) document.documentElement.style.setProperty(`--${name}`, colour);
  for (const layer of Object.values(layers)) layer.lines();
  const thin = () => container.style.setProperty('--lu-line', landuse.lineScale(map.getZoom()));
  map.on('zoomend', thin);
  thin();
  document.body.classList.toggle('has-districts', Boolean(layers.districts));
  document.body.classList.toggle('dated', Boolean(data.change));
  const codes = {}, behind = landuse.background(map);
  let coloured = null;

  const outline = (className) => L.polygon([], {
    pane: landuse.pane(map, 'selection'), interactive: false, fill: false, className, smoothFactor: 0.5,
  });
  const casing = outline('lu-casing').addTo(map), selection = outline('lu-selection').addTo(map), lit = outline('lu-lit').addTo(map);
  const popup = L.popup({
    closeOnClick: false, autoClose: false, maxWidth: 380, minWidth: 320, className: 'lu-popup',
    autoPanPaddingTopLeft: [334, 96], autoPanPaddingBottomRight: [(data.plan || data.change) && innerWidth > 1200 ? 400 : 66, 20], // clear of the legend, which these make tall
  });

  const app = {
    map, layers, popup,

    visible: (key) => Boolean(layers[key]) && layers[key].hidden.size < layers[key].styles.length,

    drawn: (key, k) => !layers[key] || !layers[key].shapes || layers[key].drawn(k),

    show(key, numbers, on) {
      (layers[key] || behind[key]).show(numbers, on);
      if (key === 'treated') layers.moves.show(numbers, on);
      if (key === 'blocks') app.plan.place();
      if (key === 'changes') app.change.refresh();
      app.labels.place();
      app.panel.refresh();
    },

    // by a colouring of the findings; by the classes of the layers themselves without a key
    async recolour(key) {
      if (key && app.past()) await app.change.today();
      coloured = key;
      await app.dress(false);
    },

    coloured: () => Boolean(coloured),

    // draws land and plots by what was chosen: a colouring, before or after the plan
    async dress(keep = true) {
      const key = coloured, colouring = data.colourings.find((each) => each.key === key) || null;
      if (colouring && !codes[key]) codes[key] = landuse.unpack(`landuse-colour-${key}`, colouring.compressed);
      const classes = colouring && await codes[key];
      for (const each of ['land', 'plots'].filter((name) => layers[name])) {
        await layers[each].ready;
        const chosen = colouring && colouring.layer === each;
        layers[each].recolour(chosen ? classes : null, chosen ? colouring.styles : null, keep);
        if (each !== 'plots' || !app.plan || !app.plan.after || !app.plan.after()) continue;
        const left = app.plan.left(layers.plots.shapes.classes, layers.plots.styles);
        layers.plots.recolour(left.classes, left.styles, keep);
      }
      map.getPane('landuse-land').classList.toggle('faded', Boolean(colouring) && colouring.layer !== 'land');
      app.legend.refresh(colouring);
      app.panel.refresh();
    },

    hover(key, k) {
      lit.setLatLngs(key && k >= 0 && layers[key] && layers[key].shapes ? layers[key].rings(k) : []);
      if (app.plan && app.plan.hover) app.plan.hover(key, k);
    },

    selected: (key, row) => chosen.key === key && chosen.row === row,

    // whether the page shows an earlier date
    past: () => Boolean(app.change) && app.change.past(),

    // of the headline: today's, after the plan, or of an earlier date
    figures: () => ({...data.study, ...(app.plan && app.plan.figures ? app.plan.figures() : {}), ...(app.past() ? app.change.figures() : {})}),

    // closes a card that is of no such layer
    leave(keys) { if (!keys.includes(chosen.key)) popup.remove(); },

    // the row of another list that stands for a row
    same(key, row, other) {
      if (key === other) return row;
      return [app.plan, app.change].map((each) => (each && each.same ? each.same(key, row, other) : undefined)).find((each) => each !== undefined);
    },

    // row of a table; the land's rows are its shapes
    async select(key, row, {fly = false, at = null} = {}) {
      if (app.past() && ['plots', 'treated', 'parks', 'blocks'].includes(key)) await app.change.today();
      Object.assign(chosen, {key, row});
      await (layers[key] && layers[key].ready);
      const shape = key === 'districts' ? data.districts.shape[row] : row;
      const card = key === 'land' ? landuse.cards.land(await layers.land.columns(), row) : landuse.cards[key](row);
      if (!app.selected(key, row)) return; // another one was chosen meanwhile
      const rings = shape >= 0 && layers[key] ? layers[key].rings(shape) : [];
      casing.setLatLngs(rings);
      selection.setLatLngs(rings);
      app.hover();
      if (app.plan && app.plan.mark) app.plan.mark(key, row);
      if (fly && rings.length) app.fly(app.around(key, row, layers[key].bounds(shape)), !['parks', 'districts', 'outlines'].includes(key));
      app.panel.mark(key, row);
      popup.setLatLng(at || app.anchor(key, row, shape)).setContent(card).openOn(map);
      popup.getElement().querySelector('.leaflet-popup-close-button').setAttribute('aria-label', word('close'));
    },

    // what is flown to: of a plot that moves, also where to
    around(key, row, bounds) {
      if (key === 'treated') app.plan.bounds(key, row).forEach((point) => bounds.extend(point));
      return bounds;
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
      const block = app.plan && app.plan.at && !app.past() ? app.plan.at(latlng) : -1;
      if (block >= 0) return {key: 'blocks', shape: block, row: block};
      for (const key of app.past() ? app.change.order : order) {
        const shape = layers[key].at(latlng, ['plots', 'treated', 'changes'].includes(key) ? 6 : 0);
        if (shape >= 0) return {key: key === 'then' ? 'changes' : key, shape, row: key === 'districts' ? data.districts.shape.indexOf(shape) : shape};
      }
      return null;
    },
  };

  popup.on('remove', () => {
    Object.assign(chosen, {key: null, row: null});
    casing.setLatLngs([]);
    selection.setLatLngs([]);
    if (app.plan && app.plan.mark) app.plan.mark(null, null);
    app.panel.mark(null, null);
  });

  const fold = landuse.button('fold', word('fold'), () => document.body.classList.toggle('folded'));
  fold.classList.add('lu-fold');
  const measure = landuse.measure(app);
  const tools = h('nav', {class: 'lu-tools'},
    landuse.button('plus', word('zoom_in'), () => map.zoomIn()), landuse.button('minus', word('zoom_out'), () => map.zoomOut()),
    landuse.button('whole', word('whole'), () => app.whole()), document.fullscreenEnabled ? landuse.fullScreen() : null,
    measure.tool, landuse.button('print', word('print'), () => window.print()));
  app.plan = landuse.plan(app);
  app.change = data.change ? landuse.change(app) : null;
  app.panel = landuse.panel(app);
  app.legend = landuse.legend(app);
  let head = landuse.headline(data.study);
  app.head = () => {
    const fresh = landuse.headline(app.figures());
    head.replaceWith(fresh);
    head = fresh;
  };
  document.body.append(head, app.panel.element, fold, tools, app.legend.element, measure.chip);
  L.control.scale({imperial: false, position: 'bottomleft', maxWidth: 120}).addTo(map);
  app.whole();
  const position = landuse.position(map), bar = L.control({position: 'bottomleft'});
  bar.onAdd = () => position.element;
  bar.addTo(map);
  app.labels = landuse.labels(map, app);

  const choose = (latlng) => {
    const found = measure.active() ? null : app.at(latlng);
    if (measure.active()) measure.add(latlng);
    else if (found) app.select(found.key, found.row, {at: latlng});
    else popup.remove();
  };
  map.on('click', ({latlng}) => choose(latlng));
  container.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target === container) choose(map.getCenter());
  });
  let frame = 0;
  map.on('mousemove', ({latlng}) => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      position.write(latlng);
      if (measure.active()) { measure.move(latlng); return; }
      const found = app.at(latlng), small = found && !['parks', 'districts', 'outlines'].includes(found.key);
      container.style.cursor = found ? 'pointer' : '';
      app.hover(small ? found.key : null, small ? found.shape : -1);
      app.panel.light(found && found.key, found && found.row);
    });
  });
  landuse.printing(app);
  landuse.app = app;
  Promise.all([...Object.values(layers), ...(app.change ? [app.change] : [])].map((each) => each.ready)).then(() => document.body.classList.add('ready'));
};
