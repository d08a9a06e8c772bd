// What changed between dates: a slider that takes the page back, the steps to choose from, and the share each moved.
landuse.change = (app) => {
  'use strict';
  const {h, word, data} = landuse, {change, changes, outlines} = data, {map, layers} = app;
  const NOW = change.dates.length, ALL = -1, days = [...change.dates.map(({date}) => date), change.today];
  const shares = [...change.dates.map(({share}) => share), data.study.share];
  const state = {
    date: NOW, step: NOW - 1,
    steps: () => (state.step === ALL ? change.steps : [change.steps[state.step]]),
    title: () => (state.step === ALL ? word('step_all', {start: days[0]}) : word('step_of', {start: days[state.step], end: days[state.step + 1]})),
  };

  // Land as it was lies over that of today, the latest step lowest, so that what is on top is how it was first.
  const NOTHING = 3 * NOW, OTHER = layers.changes ? layers.changes.styles.length - 1 : 0, empty = {fill: '', stroke: '', width: 0, dash: '', opacity: 0};
  if (layers.changes) {
    const twin = landuse.ParcelLayer && layers.changes instanceof landuse.ParcelLayer ? landuse.ParcelLayer : null, styles = [...Array(NOW).fill(change.then).flat(), empty];
    layers.then = twin ? new twin('then', styles, false, layers.changes) : new landuse.ShapeLayer('then', styles, layers.changes);
    layers.then.hidden.add(NOTHING);
    layers.changes.hidden.add(OTHER);
  }
  layers.outlines.hidden.add(1);
  const signs = layers.changes ? landuse.changeSigns(app) : {place() {}};

  // none, inside, outside: the third, the first and the second style of the step
  const was = () => Uint8Array.from(changes.step, (s, k) => (s < state.date || changes.was[k] === changes.now[k] ? NOTHING
    : 3 * (NOW - 1 - s) + (changes.was[k] + 2) % 3));

  function paint() {
    layers.outlines.recolour(Uint8Array.from(outlines.date, (d) => (d === state.date ? 0 : 1)), null, true);
    if (!layers.changes) return;
    layers.then.recolour(was(), null, true);
    const kind = (s, k) => (state.step === ALL || s === state.step ? changes.kind[k] : OTHER);
    layers.changes.recolour(Uint8Array.from(changes.step, kind), null, true);
    signs.place();
  }
  const ready = Promise.all(['changes', 'then', 'outlines'].filter((key) => layers[key]).map((key) => layers[key].ready)).then(() => {
    if (layers.then) {
      layers.then.shapes.classes = was();
      layers.then.addTo(map);
    }
    paint();
    app.panel.refresh();
  });

  // to another date; the plan and the colours speak of today
  async function turn(to) {
    if (to === state.date) return;
    state.date = to;
    const past = to < NOW;
    mark();
    document.body.classList.toggle('past', past);
    if (past && app.plan && app.plan.turn) await app.plan.turn(false);
    app.leave(['changes', 'districts']);
    await ready;
    paint();
    await (past && app.coloured() ? app.recolour('') : app.dress());
    app.head();
    app.labels.place();
  }

  function pick(to) {
    state.step = to;
    paint();
    app.legend.refresh();
    app.panel.refresh();
    tell();
  }

  // the years where they tell the dates apart
  const short = [4, 7, 10].map((n) => days.map((day) => day.slice(0, n))).find((each) => new Set(each).size === each.length);
  const slider = h('input', {type: 'range', min: 0, max: NOW, step: 1, value: NOW, 'aria-label': word('time_pick'), oninput: () => turn(Number(slider.value)), style: `width:calc(${100 * NOW / (NOW + 1)}% + 16px)`});
  const stops = days.map((day, k) => h('button', {type: 'button', tabindex: -1, title: day, onclick: () => turn(k)}, h('b', {}, short[k]), h('span', {}, landuse.percent(shares[k]))));
  const figures = h('output', {class: 'note', 'aria-live': 'polite'});
  const select = h('select', {'aria-label': word('step'), onchange: () => pick(Number(select.value))},
    change.steps.map(({from: start, to: end}, k) => h('option', {value: k}, word('step_of', {start, end}))), NOW > 1 ? h('option', {value: ALL}, word('step_all', {start: days[0]})) : null);
  select.value = state.step;
  const moved = h('span'), told = h('div');

  function mark() {
    const past = state.date < NOW, {inside_m2: inside, total_m2: total} = past ? change.dates[state.date] : data.study;
    slider.value = state.date;
    slider.setAttribute('aria-valuetext', `${days[state.date]}, ${landuse.percent(shares[state.date])}`);
    stops.forEach((stop, k) => stop.classList.toggle('chosen', k === state.date));
    figures.textContent = word('time_figures', {inside: landuse.muFigure(inside), total: landuse.muFigure(total)});
  }

  // of a step, or of all together: their effects add up
  function decomposed() {
    const steps = state.steps(), effects = new Map();
    for (const each of steps.flatMap((step) => step.effects)) {
      const sum = effects.get(each.kind) || {...each, effect: 0, points: 0, mu: 0};
      effects.set(each.kind, {...sum, effect: sum.effect + each.effect, points: sum.points + each.points, mu: sum.mu + each.mu});
    }
    const order = change.kinds, rows = [...effects.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
    const first = steps[0], last = steps[steps.length - 1];
    return {start: first.from, end: last.to, before: first.before, after: last.after, effects: rows, stayed: steps.length === 1 ? [{share: first.stayed}] : []};
  }
  const sentences = () => state.steps().map(({boundary, to}) => h('p', {}, state.step === ALL ? `${to}: ` : '', boundary));

  function tell() {
    const parts = decomposed();
    moved.textContent = word('step_points', {points: landuse.points(parts.effects.reduce((sum, {points}) => sum + points, 0))});
    landuse.fill(told, landuse.waterfall(parts), ...sentences());
  }

  const element = h('section', {class: 'lu-change', 'aria-label': word('time')},
    h('header', {}, h('b', {}, word('time')), figures),
    slider, h('div', {class: `lu-stops ${days.length > 6 ? 'many' : ''}`}, stops),
    h('div', {class: 'lu-step'}, h('label', {}, h('span', {class: 'note'}, word('step')), select)),
    h('details', {open: !data.plan || innerHeight > 940, ontoggle: () => element.scrollIntoView({block: 'nearest'})}, h('summary', {}, word('step_decomposed'), ' ', moved), told));
  mark();
  tell();

  const plotOf = new Map(data.plots ? data.plots.id.map((id, k) => [id, k]) : []), rowOf = new Map();
  changes.id.forEach((id, k) => { if (!rowOf.has(id)) rowOf.set(id, k); });
  return {
    element, ready, turn,
    past: () => state.date < NOW,
    today: () => turn(NOW),
    figures: () => ({...change.dates[state.date], past: true}),
    order: ['changes', 'then', 'land', 'outlines', 'districts'].filter((key) => layers[key]),
    legend: landuse.changeLegend(app, state),
    hasPark: (row) => outlines.id.some((id, k) => outlines.date[k] === state.date && id === data.parks.id[row]),
    same(key, k, other) {
      if (key === 'changes' && other === 'plots') return plotOf.get(changes.id[k]);
      if (key === 'plots' && other === 'changes') return rowOf.get(data.plots.id[k]);
      return undefined;
    },
    printed: (whole) => [h('p', {}, change.sentence), whole ? [h('p', {}, change.alerts), landuse.waterfall(decomposed())] : []].flat(),
    refresh: () => signs.place(),
  };
};
