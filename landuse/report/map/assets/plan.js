// The relocation plan: what the panel says of it, lines to the blocks, how full these get, and the city after it.

// a disc filled as far as a block's spare land is used
landuse.pie = (load, size) => {
  const {svg} = landuse, part = Math.min(0.9999, Math.max(0, load)), turn = 2 * Math.PI * part, r = 6.2;
  const at = `${(8 + r * Math.sin(turn)).toFixed(2)} ${(8 - r * Math.cos(turn)).toFixed(2)}`;
  return svg('svg', {viewBox: '0 0 16 16', width: size, height: size, class: 'lu-pie', 'aria-hidden': 'true'},
    svg('circle', {cx: 8, cy: 8, r: 7, class: 'disc'}),
    ...(part > 0 ? [svg('path', {d: `M8 8V${8 - r}A${r} ${r} 0 ${part > 0.5 ? 1 : 0} 1 ${at}Z`, class: 'sector'})] : []));
};

// what stands for a class of the plan in the legend
landuse.sign = (sign) => {
  const {svg} = landuse, box = (...children) => svg('svg', {viewBox: '0 0 18 13', width: 18, height: 13, class: `lu-sign ${sign}`, 'aria-hidden': 'true'}, ...children);
  if (sign === 'load' || sign === 'room') return landuse.pie(sign === 'load' ? 0.65 : 0, sign === 'load' ? 15 : 11);
  if (sign === 'clear') return box(svg('path', {d: 'M5.5 3l7 7M12.5 3l-7 7'}));
  if (sign === 'rebuild') return box(svg('rect', {x: 5, y: 2.5, width: 8, height: 8}));
  return box(svg('path', {d: 'M3.5 9.5Q9 1.5 17 4'}), svg('circle', {cx: 3.5, cy: 9.5, r: 2.6}));
};

// signs at the start of lines, and in place of those without a length; each made once for the page
landuse.marks = (small) => {
  const {svg} = landuse;
  const marker = (name, size, child) => svg('marker', {
    id: `lu-mark-${name}`, viewBox: '0 0 12 12', refX: 6, refY: 6, markerWidth: small ? 0.7 * size : size, markerHeight: small ? 0.7 * size : size, markerUnits: 'userSpaceOnUse',
  }, child);
  document.body.prepend(svg('svg', {width: 0, height: 0, 'aria-hidden': 'true', style: 'position:absolute', class: 'lu-marks'}, svg('defs', {},
    marker('move', 8, svg('circle', {cx: 6, cy: 6, r: 4, class: 'dot'})),
    marker('clear', 11, svg('path', {d: 'M2 2l8 8M10 2l-8 8', class: 'cross'})),
    marker('rebuild', 10, svg('rect', {x: 2, y: 2, width: 8, height: 8, class: 'box'})))));
};

landuse.plan = (app) => {
  'use strict';
  const {h, word, data} = landuse, {plan, treated, blocks, plots} = data, {map, layers} = app;
  if (!plan) return null;
  if (!plan.exists) return {element: h('section', {class: `lu-plan ${plan.status.replace('_', '-')}`, 'aria-label': word('plan')},
    plan.missing.length ? [h('b', {}, `${word('plan')}: ${word('plan_none')}`), h('ul', {}, plan.missing.map((each) => h('li', {}, each)))]
      : h('p', {}, plan.sentence))};

  const rowOf = new Map(treated.id.map((id, k) => [id, k])), plotOf = new Map(plots ? plots.id.map((id, k) => [id, k]) : []);
  const DIM = 300, MANY = 1500; // lines from which each is fainter
  landuse.marks(treated.id.length > DIM);
  map.getPane('landuse-moves').classList.toggle('many', treated.id.length > DIM);
  map.getPane('landuse-moves').classList.toggle('most', treated.id.length > MANY);
  const line = (className) => L.polyline([], {pane: landuse.pane(map, 'lines'), interactive: false, className, smoothFactor: 0.5, noClip: true}).addTo(map);
  // the more of them, the fainter each
  const draw = (each, found) => {
    const drawn = paths(found), path = each.getElement();
    each.setLatLngs(drawn);
    if (path) { path.classList.toggle('some', drawn.length > 40); path.classList.toggle('many', drawn.length > 200); }
    return drawn.length > 0;
  };
  const lit = line('lu-move lit'), marked = line('lu-move marked');

  // plots a row of a list or of the map stands for
  function rows(key, row) {
    if (key === 'treated') return [row];
    if (key === 'plots') return rowOf.has(plots.id[row]) ? [rowOf.get(plots.id[row])] : [];
    if (key === 'blocks') return Array.from(treated.id.keys()).filter((k) => treated.block[k] === row);
    if (key === 'parks') return Array.from(treated.id.keys()).filter((k) => treated.block[k] >= 0 && blocks.park_id[treated.block[k]] === data.parks.id[row]);
    return [];
  }
  const drawnRows = (key, row) => (layers.moves.shapes && row >= 0 ? rows(key, row).filter((k) => layers.moves.drawn(k)) : []);
  const paths = (found) => found.filter((k) => treated.block[k] >= 0).flatMap((k) => layers.moves.rings(k));

  // how full the blocks get, as marks that grow with the room they have
  const most = Math.max(...blocks.spare_m2, 1), pies = new Map();
  if (layers.blocks) {
    blocks.block_id.forEach((_, k) => {
      if (blocks.spare_m2[k] <= 0) return;
      const size = Math.round(blocks.used_m2[k] > 0 ? 13 + 9 * Math.sqrt(blocks.spare_m2[k] / most) : 11);
      pies.set(k, {size, latlng: L.latLng(blocks.lat[k], blocks.lon[k]), marker: L.marker([blocks.lat[k], blocks.lon[k]], {
        pane: landuse.pane(map, 'loads'), interactive: false, keyboard: false,
        icon: L.divIcon({className: 'lu-load', html: landuse.pie(blocks.used_m2[k] / blocks.spare_m2[k], size), iconSize: [size, size]}),
      })});
    });
  }
  const place = () => pies.forEach(({marker}, k) => (app.drawn('blocks', k) ? marker.addTo(map) : marker.remove()));
  place();

  let after = false;
  const figures = () => (after ? {...plan.after, after: true} : {});
  const buttons = ['before', 'after'].map((when) => h('button', {type: 'button', 'aria-pressed': String(when === 'before'), onclick: () => turn(when === 'after')}, word(`plan_${when}`)));

  async function turn(on) {
    if (after === on) return;
    after = on;
    if (on && app.change) await app.change.today();
    buttons.forEach((button, k) => button.setAttribute('aria-pressed', String(Boolean(k) === on)));
    document.body.classList.toggle('after', on);
    await layers.treated.ready;
    layers.treated.recolour(null, on ? [plan.left, plan.left, layers.treated.styles[2]] : null, true);
    await app.dress();
    app.head();
  }

  const gap = ({relocate_m2: m2}) => (m2 > 0 ? landuse.muFigure(m2) : word('plan_surplus', {value: landuse.muFigure(-m2)}));
  const line3 = (name, tell) => h('tr', {}, h('th', {}, word(name)), [plan.before, plan.after].map((each) => h('td', {}, tell(each))));
  const whole = plan.target * 100 % 1 ? 2 : 0;
  const element = h('section', {class: 'lu-plan', 'aria-label': word('plan')},
    h('table', {},
      h('tr', {}, h('th', {}, h('b', {}, word('plan'))), buttons.map((button) => h('td', {title: word('plan_switch')}, button))),
      line3('plan_share', ({share}) => landuse.percent(share)), line3('plan_inside', ({inside_m2: m2}) => landuse.muFigure(m2)), line3('plan_gap', gap)),
    h('div', {class: 'lu-share', role: 'img', 'aria-label': `${landuse.percent(plan.before.share)} → ${landuse.percent(plan.after.share)}`},
      h('i', {class: 'then', style: `width:${Math.min(100, plan.after.share * 100)}%`}), h('i', {class: 'value', style: `width:${plan.before.share * 100}%`}),
      h('i', {class: 'tick', style: `left:${Math.min(100, plan.target * 100)}%`})),
    h('details', {open: !data.change}, h('summary', {}, h('span', {class: `pill ${plan.status}`}, plan.status_word),
      h('span', {class: 'note'}, word('plan_target', {share: landuse.percent(plan.target, whole), year: plan.year}))),
    [plan.sentence, plan.proof].map((each) => h('p', {}, each))),
    h('details', {class: 'note'}, h('summary', {}, word('plan_grounds')), h('p', {}, plan.beside), h('ul', {}, plan.unknown.map((each) => h('li', {}, each)))));

  return {
    element, figures, turn,
    after: () => after,
    row: (key, k) => (key === 'treated' ? k : rows('plots', k)[0]),
    // the same plot in another list
    same(key, k, other) {
      if (key === 'plots' && other === 'treated') return rows(key, k)[0];
      if (key === 'treated' && other === 'plots') return plotOf.get(treated.id[k]);
      if (key === 'blocks' && other === 'parks') return data.parks.id.indexOf(blocks.park_id[k]);
      return key === other ? k : undefined;
    },
    hover(key, k) { draw(lit, key ? drawnRows(key, k) : []); },
    mark(key, k) {
      map.getPane('landuse-moves').classList.toggle('faded', draw(marked, key ? drawnRows(key, k) : []));
    },
    bounds(key, k) { return paths(drawnRows(key, k)).flat(); },
    // the block whose mark is at a place
    at(latlng) {
      const {x, y} = map.latLngToLayerPoint(latlng);
      for (const [k, {latlng: own, size}] of pies) {
        const point = map.latLngToLayerPoint(own);
        if (app.drawn('blocks', k) && Math.hypot(point.x - x, point.y - y) <= size / 2 + 1) return k;
      }
      return -1;
    },
    // plots that are gone after the plan lose their outline
    left(classes, styles) {
      const out = Uint8Array.from(classes), gone = ['move', 'clear'];
      treated.id.forEach((id, k) => { if (plotOf.has(id) && gone.includes(treated.action[k])) out[plotOf.get(id)] = styles.length; });
      return {classes: out, styles: [...styles, {fill: '', stroke: '', width: 0, dash: '', opacity: 0}]};
    },
    place,
    // marks on the map that names keep clear of
    boxes: () => Array.from(pies).filter(([k]) => app.drawn('blocks', k)).map(([, {latlng, size}]) => ({latlng, size})),
  };
};
