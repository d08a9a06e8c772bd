// The legend: counts, areas and shares; a row shows and hides its class, and the selector recolours the map.

// fill of a hatch in a colour; its pattern is made when first asked for
landuse.hatch = (colour) => {
  const {svg} = landuse, id = `lu-hatch-${colour.slice(1)}`;
  if (!document.getElementById(id)) {
    document.body.prepend(svg('svg', {width: 0, height: 0, 'aria-hidden': 'true', style: 'position:absolute'}, svg('defs', {},
      svg('pattern', {id, width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)'},
        svg('rect', {width: 6, height: 6, fill: '#F3E9DF'}), svg('rect', {width: 3, height: 6, fill: colour})))));
  }
  return `url(#${id})`;
};

landuse.swatch = (style) => (style.sign ? landuse.sign(style.sign) : landuse.svg('svg', {width: 18, height: 13, 'aria-hidden': 'true'}, style.line
  ? landuse.svg('path', {d: 'M1 7h16', fill: 'none', stroke: style.stroke, 'stroke-width': Math.min(style.width + 0.5, 3)})
  : landuse.svg('rect', {
    x: 1.5, y: 1.5, width: 15, height: 10, rx: 1.5,
    fill: style.hatch ? landuse.hatch(style.fill) : style.fill || 'none', 'fill-opacity': style.opacity,
    stroke: style.stroke === '#FFFFFF' ? 'none' : style.stroke || 'none',
    'stroke-width': Math.min(style.width, 2.2), 'stroke-dasharray': style.dash,
  })));

landuse.legend = (app) => {
  'use strict';
  const {h, word, data} = landuse, {colourings} = data;
  let shown = null; // the colouring

  function row({layer, codes, label, count, m2, share}, style, note) {
    const hidden = app.layers[layer] && app.layers[layer].hidden.has(codes[0]);
    const element = h('button', {
      type: 'button', class: 'lu-entry', 'aria-pressed': String(!hidden), title: word('toggle'), 'data-layer': layer, 'data-class': codes[0],
      onclick: () => {
        const on = element.getAttribute('aria-pressed') !== 'true';
        element.setAttribute('aria-pressed', String(on));
        app.show(layer, codes, on);
      },
    }, layer === 'changes' ? landuse.changeSwatch(style) : landuse.swatch(style), h('span', {class: 'name', title: label}, label),
    h('span', {class: 'count'}, note || (count === null ? '' : landuse.figure(count))),
    h('span', {class: 'area'}, ['land', 'plots', 'treated', 'changes'].includes(layer) ? landuse.muFigure(m2, 0) : ''),
    h('span', {class: 'share'}, share === null ? '' : landuse.percent(share, 1)));
    return element;
  }

  const note = (entry) => (['parks', 'outlines'].includes(entry.layer) ? word('parks_count', {count: entry.count, blocks: entry.blocks})
    : entry.layer === 'blocks' && entry.class === 0 ? word('load_of', {used: landuse.muFigure(entry.used_m2, 0), spare: landuse.muFigure(entry.m2, 0)}) : '');
  const after = () => Boolean(app.plan && app.plan.after && app.plan.after());
  // after the plan, or on an earlier date, what there is by then
  const then = (entry) => (app.past() ? app.change.legend.then(entry)
    : (after() && ((data.plan.legend[entry.layer] || [])[entry.class])) || {});
  const own = (entry) => (app.past() && !app.change.legend.stays(entry) ? [] : [
    row({...entry, label: word(`${entry.layer}_${entry.class}`), ...then(entry)}, then(entry).style || entry.style, note({...entry, ...then(entry)})),
    ...(after() && entry === data.legend.filter(({layer}) => layer === 'treated').pop()
      ? [h('p', {class: 'lu-left'}, landuse.swatch(data.plan.left), word('plan_left'))] : []),
  ]);
  // what changed stands above what no industry belongs to
  const front = (entry) => !['parks', 'districts', 'water', 'roads'].includes(entry.layer);
  const changes = () => (app.change ? app.change.legend.rows(row) : []);

  // what is behind the land
  const behind = ['image', 'tiles'].filter((key) => (key === 'image' ? data.behind.picture : data.behind.tiles)).map((key) => ({
    layer: key, codes: [0], label: key === 'image' ? word('image') : word('tiles', {origin: data.behind.tiles.origin}), count: null, share: null,
  }));

  // the rows of the layer that is recoloured are those of the colouring, at the place of its own
  function rows(colouring) {
    const under = behind.map((entry) => row(entry, {fill: '#DCE5D6', stroke: '#9AA5AA', width: 1, opacity: 1}));
    const rest = [...changes(), ...data.legend.filter((entry) => !front(entry)).flatMap(own), ...under];
    if (!colouring) return [...data.legend.filter(front).flatMap(own), ...rest];
    const first = data.legend.findIndex((entry) => entry.layer === colouring.layer);
    return [...data.legend.filter(front).flatMap((entry, k) => (entry.layer !== colouring.layer ? own(entry) : k !== first ? [] : [
      ...colouring.classes.map((each) => row(each, colouring.styles[each.codes[0]])),
      h('p', {class: 'note'}, word(`marked_${colouring.layer}`), after() ? ` · ${word('plan_before_areas')}` : ''),
    ])), ...rest];
  }

  const body = h('div', {}, rows(null));
  const select = h('select', {'aria-label': word('colour_by'), onchange: () => app.recolour(select.value)},
    h('option', {value: ''}, word('colour_class')), colourings.map(({key, label}) => h('option', {value: key}, label)));
  const title = colourings.length ? h('label', {}, h('span', {}, word('colour_by')), select) : h('b', {}, word('legend'));
  const element = h('section', {class: 'lu-legend', 'aria-label': word('legend')},
    h('header', {}, title, h('span', {class: 'note'}, word('legend_area'))), body);

  return {
    element,
    refresh(colouring = shown) {
      shown = colouring;
      select.value = colouring ? colouring.key : '';
      element.classList.toggle('recoloured', Boolean(colouring) && colouring.layer !== 'land');
      landuse.fill(body, rows(colouring));
    },
    // what the colours say, for paper, where nothing is chosen
    title: () => (select.selectedIndex > 0 ? select.options[select.selectedIndex].textContent : word('legend')),
  };
};
