// Cards of what changed: what the land was, what it is, in which park then and now, and why it counts as it does.
landuse.changeCard = (() => {
  'use strict';
  const {h, word} = landuse;
  const NOT = 0, INSIDE = 1;
  const KEYS = ['new_outside', 'new_outside', 'new_inside', 'cleared_inside', 'cleared_outside', 'reclassified', 'redrawn_in', 'redrawn_out', 'transferred', 'anew'];
  const row = (name, value, note) => h('tr', {}, h('th', {}, name), h('td', {colspan: note ? 1 : 2}, value), note ? h('td', {class: 'note'}, note) : null);
  let found = null;

  // rows by plot, and what is known of new plots outside by row
  function index() {
    if (found) return found;
    const {changes, violations} = landuse.data, plots = new Map();
    changes.id.forEach((id, k) => plots.set(id, [...(plots.get(id) || []), k]));
    found = {plots, violations: new Map(violations.row.map((at, i) => [at, i]))};
    return found;
  }

  const step = (k) => landuse.data.change.steps[landuse.data.changes.step[k]];
  const violation = (k) => index().violations.get(k);
  const district = (k, when) => landuse.data.change.districts[landuse.data.changes[`district_${when}`][k]] || word('no_district');
  const side = (k, when) => landuse.data.changes[when === 'before' ? 'was' : 'now'][k];

  function park(k, when) {
    const {change, changes} = landuse.data, at = changes[`park_${when}`][k];
    return side(k, when) === INSIDE ? change.parks[at] || change.park_ids[at] : word('outside_parks');
  }

  // code of the class; of new land also what it was where a layer of every class tells
  function code(k, when) {
    const {changes, violations} = landuse.data, own = changes[`code_${when}`][k], at = violation(k);
    return own || (when === 'before' && at !== undefined ? violations.code_before[at] : '');
  }
  function className(k, when, short = false) {
    const own = code(k, when), name = landuse.data.change.codes[own];
    return own ? (short && name ? name : [own, name].filter(Boolean).join(' ')) : word('change_not');
  }

  function chip(k) {
    const {layers} = landuse.app, {kind} = landuse.data.changes, {sign} = (layers.changes.own || layers.changes).styles[kind[k]];
    return h('span', {class: `chip change ${sign}`}, sign ? landuse.changeSign(sign, 11) : '', sign ? word(`changes_${kind[k]}`) : '');
  }

  function why(k) {
    const {changes} = landuse.data, {from: start, to: end} = step(k), key = KEYS[changes.kind[k]], out = [];
    const held = park(k, ['new_inside', 'redrawn_in'].includes(key) ? 'after' : 'before');
    out.push(word(`why_${key}`, {start, end, park: held}));
    if (key === 'reclassified' && changes.now[k] === NOT) out.push(word('why_left_set', {end}));
    if (key === 'reclassified' && changes.was[k] === NOT) out.push(word('why_joined_set', {start}));
    if (changes.admitted_m2[k] > 0) out.push(word('why_admitted', {start, area: landuse.muText(changes.admitted_m2[k])}));
    if (changes.recorded[k]) out.push(word('why_recorded'));
    return h('div', {class: 'lu-box lu-why'}, h('b', {}, word('change_why')), out.map((each) => h('p', {}, each)));
  }

  // who has to explain a new plot outside, or did
  function documents(k) {
    const {violations: v} = landuse.data, i = violation(k);
    if (i === undefined) return null;
    return h('div', {class: `lu-box lu-document ${v.alert[i] ? 'alert' : ''}`},
      h('p', {}, v.alert[i] ? word('doc_alert') : word('doc_excepted', {number: v.document[i]})),
      v.approval[i] && v.alert[i] ? h('p', {}, word('doc_approval', {number: v.approval[i]})) : null,
      v.stands[i] ? null : h('p', {class: 'note'}, word('gone_again')));
  }

  function period(k) {
    const {from: start, to: end} = step(k);
    return word('step_of', {start, end});
  }

  function link(text, go) {
    return h('button', {type: 'button', class: 'lu-link', onclick: (event) => { event.stopPropagation(); go(); }}, text); // the card is replaced
  }

  // the other changes of a plot, each a way to its card
  function others(id, but = -1) {
    const rows = (index().plots.get(id) || []).filter((k) => k !== but && landuse.data.changes.kind[k] < KEYS.length - 1);
    return rows.length ? h('div', {class: 'lu-others'}, h('b', {}, word('change_of_plot')),
      rows.map((k) => h('div', {}, chip(k), link(period(k), () => landuse.app.select('changes', k))))) : null;
  }

  function change(k) {
    const {changes, violations: v} = landuse.data, {from, to} = step(k), i = violation(k);
    const counted = (when) => (side(k, when) === NOT ? word('change_not_counted') : landuse.muText(changes[`m2_${when}`][k]));
    const where = (when) => (side(k, when) === NOT ? '\u2013' : park(k, when));
    const pair = (name, tell) => h('tr', {}, h('th', {scope: 'row'}, name), ['before', 'after'].map((when) => h('td', {}, tell(when))));
    const [own, then] = [side(k, 'after') === NOT ? 'before' : 'after', side(k, 'before') === NOT ? 'after' : 'before'].map((when) => district(k, when));
    const plot = landuse.app.same('changes', k, 'plots');
    return landuse.card(changes.id[k], own,
      h('p', {class: 'lu-kind'}, chip(k)),
      h('table', {class: 'lu-then-now'},
        h('tr', {}, h('td'), [from, to].map((day) => h('th', {scope: 'col'}, day))),
        pair(word('change_class'), (when) => className(k, when)), pair(word('change_park'), where), pair(word('change_counted'), counted),
        own === then ? null : pair(word('district'), (when) => district(k, when))),
      changes.parcel_before[k] || i !== undefined ? h('table', {},
        changes.parcel_before[k] ? row(word('change_before_id'), changes.parcel_before[k]) : null,
        i === undefined ? null : row(word('position'), landuse.data.words[`position_${v.position[i]}`] || v.position[i])) : null,
      why(k), documents(k), others(changes.id[k], k),
      plot === undefined ? null : h('p', {}, link(word('plan_more'), () => landuse.app.select('plots', plot))));
  }

  // a park as it was on an earlier date
  function outline(k) {
    const {outlines: o, parks, change: {dates}} = landuse.data, now = parks.id.indexOf(o.id[k]), {date} = dates[o.date[k]];
    return landuse.card(o.name[k] || o.id[k], word('time_outline', {date}),
      h('table', {},
        o.level[k] ? row(word('level'), landuse.data.words[`level_${o.level[k]}`] || o.level[k]) : null,
        row(word('industry_attributed'), landuse.inMu(o.industrial_mu[k]), date),
        row('', now < 0 ? word('no_data') : landuse.inMu(parks.industrial_mu[now]), landuse.data.change.today),
        row(word('park_land'), landuse.muText(o.land_m2[k]), date),
        row('', now < 0 ? word('no_data') : landuse.muText(parks.land_m2[now]), landuse.data.change.today),
        row(word('blocks'), String(o.blocks[k]))));
  }

  Object.assign(landuse.cards, {changes: change, outlines: outline});
  return {
    chip, violation, className, park, district, period, side, step,
    // rows of the cards of today: what a plot, a park and a district were
    ofPlot: (id) => others(id),
    ofPark(k) {
      const {outlines: o, parks, change: {dates}} = landuse.data;
      return dates.map(({date}, d) => {
        const at = o.id.findIndex((id, i) => id === parks.id[k] && o.date[i] === d);
        return row(word('time_industry', {date}), at < 0 ? word('no_data') : landuse.inMu(o.industrial_mu[at]));
      });
    },
    ofDistrict: (k) => landuse.data.change.dates.map(({date, districts}) => row(word('time_share', {date}), landuse.percent(districts[k]))),
  };
})();
