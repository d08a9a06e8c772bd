// The list of what changed, plot by plot and kind by kind, and its table.
landuse.changeList = (app, {byNumber, all}) => {
  const {h, word, data} = landuse, {changes} = data, card = landuse.changeCard, EXCEPTED = 1, REDRAWN_OUT = 7;
  const drawn = (k) => Boolean(app.layers.changes) && app.drawn('changes', k);
  const latest = (a, b) => changes.step[b] - changes.step[a] || changes.kind[a] - changes.kind[b] || changes.area_m2[b] - changes.area_m2[a] || a - b;
  const urgency = (k) => Math.min(changes.kind[k], EXCEPTED + 1);
  const found = (k) => card.violation(k);

  // where it lies, by the later of the dates it counts at
  function place(k) {
    const when = card.side(k, 'after') && changes.kind[k] !== REDRAWN_OUT ? 'after' : 'before';
    return card.side(k, when) === 1 ? card.park(k, when) : card.district(k, when);
  }
  const classes = (k) => [...new Set(['before', 'after'].map((when) => card.className(k, when, true)))].join(' → ');
  const document = (k) => {
    const i = found(k);
    return i === undefined ? '' : data.violations.document[i] || word('no_document');
  };

  return {
    key: 'changes', title: word('changes'), table: changes, shape: (k) => k, count: changes.id.length, only: word('changes_only'),
    rows: (only) => all(changes).filter((k) => drawn(k) && (!only || changes.kind[k] <= EXCEPTED)),
    now: () => all(changes).filter((k) => drawn(k)).length,
    text: (k) => [changes.id[k], changes.parcel_before[k], card.district(k, 'after'), card.district(k, 'before'), card.park(k, 'before'), card.park(k, 'after'),
      word(`changes_${changes.kind[k]}`), document(k), card.className(k, 'before'), card.className(k, 'after')],
    sorts: {
      alerts: (a, b) => urgency(a) - urgency(b) || (urgency(a) <= EXCEPTED ? changes.area_m2[b] - changes.area_m2[a] : 0) || latest(a, b),
      area: byNumber(changes.area_m2, -1), kind: (a, b) => changes.kind[a] - changes.kind[b] || latest(a, b), latest,
    },
    line: (k) => [
      h('b', {}, changes.id[k]), landuse.muText(changes.area_m2[k], 1),
      h('span', {class: 'left'}, card.chip(k)), h('span', {class: 'note end'}, card.step(k).to),
      h('span', {class: 'note wide'}, [classes(k), place(k), document(k)].filter(Boolean).join(' · ')),
    ],
  };
};

landuse.changeColumns = ({text, number, mu, named}) => {
  const {word, data} = landuse, {changes, violations} = data, card = landuse.changeCard;
  const known = (name) => (k) => { const i = card.violation(k); return i === undefined ? '' : violations[name][i]; };
  const side = (when, tell) => (k) => text(card.side(k, when) ? tell(k, when) : '');
  const park = (k, when) => (card.side(k, when) === 1 ? card.park(k, when) : '');
  const answer = (value) => (value === '' ? '' : word(value ? 'yes' : 'no'));
  return [
    ['csv_from', (k) => number(card.step(k).from)], ['csv_until', (k) => number(card.step(k).to)],
    ['csv_kind', (k) => text(word(`changes_${changes.kind[k]}`))], ['csv_id', (k) => text(changes.id[k])],
    ['csv_parcel_before', (k) => text(changes.parcel_before[k])],
    ['csv_area_m2', (k) => number(changes.area_m2[k])], ['csv_area_mu', (k) => mu(changes.area_m2[k])],
    ['csv_class_before', (k) => text(card.className(k, 'before'))], ['csv_class_after', (k) => text(card.className(k, 'after'))],
    ['csv_park_before', side('before', park)], ['csv_park_after', side('after', park)],
    ['csv_district_before', side('before', card.district)], ['csv_district_after', side('after', card.district)],
    ['csv_status', (k) => text(known('alert')(k) === '' ? '' : word(known('alert')(k) ? 'changes_0' : 'changes_1'))],
    ['csv_document', (k) => text(known('document')(k))], ['csv_approval', (k) => text(known('approval')(k))],
    ['position', (k) => text(known('position')(k) && named('position', known('position')(k)))],
    ['csv_stands', (k) => text(answer(known('stands')(k)))], ['csv_recorded', (k) => text(answer(changes.recorded[k]))],
    ['csv_admitted_mu', (k) => mu(changes.admitted_m2[k])],
  ];
};
