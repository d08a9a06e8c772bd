// The legend: counts, areas and shares; a row shows and hides its class.
landuse.hatch = () => landuse.svg('svg', {width: 0, height: 0, 'aria-hidden': 'true', style: 'position:absolute'},
  landuse.svg('defs', {},
    landuse.svg('pattern', {id: 'lu-hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)'},
      landuse.svg('rect', {width: 6, height: 6, fill: '#F3E9DF'}),
      landuse.svg('rect', {width: 3, height: 6, fill: landuse.data.palette.industry}))));

landuse.swatch = (style) => landuse.svg('svg', {width: 18, height: 13, 'aria-hidden': 'true'},
  landuse.svg('rect', {
    x: 1.5, y: 1.5, width: 15, height: 10, rx: 1.5,
    fill: style.hatch ? 'url(#lu-hatch)' : style.fill || 'none', 'fill-opacity': style.opacity,
    stroke: style.stroke === '#FFFFFF' ? 'none' : style.stroke || 'none',
    'stroke-width': Math.min(style.width, 2.2), 'stroke-dasharray': style.dash,
  }));

landuse.legend = (app) => {
  const {h, word} = landuse;
  const rows = landuse.data.legend.map((entry) => {
    const count = entry.layer === 'parks'
      ? word('parks_count', {count: entry.count, blocks: entry.blocks}) : landuse.figure(entry.count);
    const row = h('button', {
      type: 'button', class: 'lu-entry', 'aria-pressed': 'true', title: word('toggle'),
      'data-layer': entry.layer, 'data-class': entry.class,
      onclick: () => {
        const on = row.getAttribute('aria-pressed') !== 'true';
        row.setAttribute('aria-pressed', String(on));
        app.show(entry.layer, entry.class, on);
      },
    }, landuse.swatch(entry.style), h('span', {class: 'name'}, word(`${entry.layer}_${entry.class}`)),
    h('span', {class: 'count'}, count),
    h('span', {class: 'area'}, ['land', 'plots'].includes(entry.layer) ? landuse.muFigure(entry.m2, 0) : ''),
    h('span', {class: 'share'}, entry.share === null ? '' : landuse.percent(entry.share, 1)));
    return row;
  });
  return h('section', {class: 'lu-legend', 'aria-label': word('legend')},
    h('header', {}, h('b', {}, word('legend')), h('span', {class: 'note'}, word('legend_area'))), rows);
};
