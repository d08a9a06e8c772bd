// What moved the share: from one date to another, kind by kind, in percentage points.
landuse.points = (value) => {
  const figure = landuse.figure(Math.abs(value), 2);
  return `${Number(figure) === 0 ? '' : value < 0 ? '\u2212' : '+'}${figure}`;
};

landuse.waterfall = (parts) => {
  'use strict';
  const {h, word} = landuse, {start, end, before, after, effects, stayed} = parts;
  let at = before;
  const steps = effects.map((each) => ({...each, from: at, to: at += each.effect}));
  const ends = [before, after, ...stayed.map(({share}) => share), ...steps.map(({to}) => to)];
  const span = Math.max(...ends) - Math.min(...ends) || 0.001, low = Math.max(0, Math.min(...ends) - 0.12 * span), high = Math.max(...ends) + 0.02 * span;
  const place = (share) => (share - low) / (high - low) * 100;
  const bar = (kind, from, to) => h('td', {class: 'bar'},
    h('i', {class: kind, style: `left:${Math.min(place(from), place(to)).toFixed(2)}%;width:${Math.abs(place(to) - place(from)).toFixed(2)}%`}));
  const line = (name, share, kind) => h('tr', {class: 'end'}, h('th', {scope: 'row', colspan: 2}, name), bar(kind, low, share), h('td', {}, landuse.percent(share)));
  const signed = ({kind}) => ({new_outside: 'excepted'}[kind] || kind);
  return h('table', {class: 'lu-waterfall'},
    h('colgroup', {}, [17, 124, null, 48].map((width) => h('col', width ? {style: `width:${width}px`} : {}))),
    line(start, before, 'whole'),
    steps.map((each) => h('tr', {title: landuse.word('mu_value', {value: landuse.figure(each.mu, 2)})},
      h('td', {class: 'sign'}, landuse.CHANGE_SIGNS[signed(each)] ? landuse.changeSign(signed(each), 12) : ''),
      h('th', {scope: 'row', title: each.name}, each.name), bar(each.effect < 0 ? 'down' : 'up', each.from, each.to), h('td', {}, landuse.points(each.points)))),
    line(end, after, 'whole'),
    stayed.map(({share}) => line(word('step_stayed'), share, 'stayed')),
    h('caption', {class: 'note'}, word('step_axis', {share: landuse.percent(low, 1)})));
};
