// Rows of the legend: the kinds of change of the step shown, and on an earlier date what there was.
landuse.changeLegend = (app, state) => {
  'use strict';
  const {h, word, data} = landuse, {change} = data, NOW = change.dates.length;
  const styles = () => (app.layers.changes.own || app.layers.changes).styles;

  return {
    // land and what belongs to no date stay; parks are those of the date
    stays: ({layer}) => !['plots', 'treated', 'blocks'].includes(layer),
    then({layer, class: number}) {
      const {land, total_m2: total, parks, blocks, date} = change.dates[state.date];
      if (layer === 'land') return {count: null, m2: land[number], share: land[number] / total};
      return layer === 'parks' ? {layer: 'outlines', codes: [0], count: parks, blocks, label: word('time_parks', {date}), style: app.layers.outlines.styles[0]} : {};
    },
    rows(row) {
      const steps = state.steps();
      const sums = new Map();
      steps.flatMap(({legend}) => legend).forEach(({class: k, count, m2}) => {
        const {count: n = 0, m2: area = 0} = sums.get(k) || {};
        sums.set(k, {count: n + count, m2: area + m2});
      });
      const anew = steps.reduce((sum, {anew: {count, m2}}) => ({count: sum.count + count, m2: sum.m2 + m2}), {count: 0, m2: 0});
      return [
        state.date < NOW ? h('p', {class: 'note lu-legend-then'}, word('time_lists', {date: change.today})) : [],
        h('p', {class: 'lu-legend-step'}, word('step_classes', {step: state.title()})),
        ...[...sums].sort(([a], [b]) => a - b).map(([k, {count, m2}]) => row({layer: 'changes', codes: [k], label: word(`changes_${k}`), count, m2, share: null}, styles()[k])),
        anew.count ? h('p', {class: 'note lu-legend-then'}, word('step_anew', {count: landuse.figure(anew.count), area: landuse.muText(anew.m2)})) : [],
      ].flat();
    },
  };
};
