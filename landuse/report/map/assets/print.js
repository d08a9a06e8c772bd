// On paper the map gets the size of the sheet before it is drawn, and its place on the screen back afterwards.
landuse.sheet = (app) => {
  const {h, svg, word, data} = landuse, {map} = app;
  const metres = 40075016.686 * Math.cos(map.getCenter().lat * Math.PI / 180) / (256 * 2 ** map.getZoom());
  const scale = metres / (0.0254 / 96), digits = 10 ** (Math.floor(Math.log10(scale)) - 2);
  const north = svg('svg', {viewBox: '0 0 30 44', width: 30, height: 44, role: 'img', 'aria-label': word('north')},
    svg('path', {d: 'M15 12L24 40L15 33Z', fill: '#fff', stroke: '#22313A'}), svg('path', {d: 'M15 12L6 40L15 33Z', fill: '#22313A', stroke: '#22313A'}),
    svg('text', {x: 15, y: 10, 'text-anchor': 'middle', 'font-size': 11, 'font-weight': 700}, 'N'));
  return h('section', {class: 'lu-sheet'}, h('div', {class: 'lu-north'}, north),
    h('footer', {},
      h('span', {}, word(data.study.synthetic ? 'synthetic' : 'internal')),
      h('span', {}, word('scale_about', {n: landuse.figure(Math.round(scale / digits) * digits)})),
      h('span', {}, data.study.crs), data.study.date ? h('span', {}, word('as_of', {date: app.figures().date})) : null,
      h('span', {}, word('printed_on', {date: new Date().toLocaleDateString('sv-SE')})),
      h('span', {class: 'slot'}, word('made_by')), h('span', {class: 'slot'}, word('review_number'))));
};

landuse.printing = (app) => {
  const {map, panel, legend} = app;
  let view = null, added = [];
  addEventListener('beforeprint', () => {
    if (view) return;
    view = {center: map.getCenter(), zoom: map.getZoom(), bounds: map.getBounds()};
    document.body.classList.add('printing');
    const list = document.body.appendChild(panel.printed()), box = legend.element;
    const title = box.querySelector('header').appendChild(landuse.h('b', {class: 'lu-title'}, legend.title()));
    added = [list, title];
    while (list.querySelector('li') && list.offsetTop + list.offsetHeight > box.offsetTop - 8) list.querySelector('li:last-child').remove();
    const bars = list.querySelector('.lu-waterfall');
    if (bars && list.offsetTop + list.offsetHeight > box.offsetTop - 8) bars.remove();
    map.invalidateSize({animate: false, pan: false});
    // what a card speaks of is printed as it stands on the screen, otherwise the whole city, left of the legend
    if (app.popup.isOpen()) map.fitBounds(view.bounds, {animate: false});
    else map.fitBounds(landuse.data.bounds, {animate: false, paddingTopLeft: [12, 12], paddingBottomRight: [336, 12]});
    added.push(document.body.appendChild(landuse.sheet(app)));
    app.labels.place();
  });
  addEventListener('afterprint', () => {
    if (!view) return;
    document.body.classList.remove('printing');
    added.forEach((element) => element.remove());
    map.invalidateSize({animate: false, pan: false});
    map.setView(view.center, view.zoom, {animate: false});
    view = null;
  });
};
