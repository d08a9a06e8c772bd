// Cards: what is known of a plot, a park or a district, and what speaks for its place on the list.
landuse.cards = (() => {
  'use strict';
  const {h, word} = landuse;
  const row = (name, value, note) => h('tr', {}, h('th', {}, name), h('td', {}, value), h('td', {class: 'note'}, note || ''));
  const column = (table, name, k) => (table[name] ? table[name][k] : null);

  function card(title, note, ...body) {
    return h('article', {class: 'lu-card'},
      h('header', {}, h('h2', {}, title), note ? h('span', {class: 'note'}, note) : null), ...body);
  }

  landuse.card = card;

  // the value against the threshold, which is the tick; the bar ends at twice the threshold
  function bar(value, threshold, fails) {
    const width = threshold ? Math.max(0, Math.min(100, value / (2 * threshold) * 100)) : 0;
    return h('div', {class: `lu-bar ${fails ? 'fails' : ''}`},
      h('i', {class: 'value', style: `width:${width}%`}), h('i', {class: 'tick', style: 'left:50%'}));
  }

  // a figure of a rule in its own unit, or the words it is judged by
  const measured = (value, rule) => (typeof value === 'number'
    ? `${landuse.figure(value * rule.factor, rule.factor === 1 ? 2 : 0)} ${rule.unit}`.trim() : value);

  function ruleBlock(rule, plots, k) {
    const {values, limits, levels} = landuse.data.judged, code = rule.code;
    const value = values[code][k], limit = limits[code][k], known = levels[code][k] !== 'none';
    const fails = plots.reasons[k].includes(code);
    const years = rule.averaged ? (column(plots, 'years', k) || []).join(landuse.data.language === 'zh' ? '、' : ', ') : '';
    const figures = known && typeof value === 'number' && limit !== null;
    return h('section', {class: 'lu-rule'},
      h('div', {class: 'line'},
        h('b', {}, rule.name), years ? h('span', {class: 'note'}, ` (${word('years', {years})})`) : null,
        h('span', {class: `value ${fails ? 'fails' : ''}`}, known ? measured(value, rule) : word('no_data'))),
      figures ? bar(value, limit, fails) : null,
      h('div', {class: figures ? 'note at-tick' : 'note'}, figures ? measured(limit, rule) : rule.when,
        known ? ` · ${landuse.data.words[`evidence_${levels[code][k]}`]}` : ''),
      h('details', {class: 'note source'}, h('summary', {}, `${code} · ${word('source')}`),
        `${rule.when}: ${rule.source} · ${rule.date} · ${word('trust', {level: landuse.data.words[`trust_${rule.trust}`] || rule.trust})}`));
  }

  // rules met first, then the others; those nobody has figures for are named in one line
  function rules(plots, k) {
    const {rules: all, judged} = landuse.data;
    const met = (rule) => plots.reasons[k].includes(rule.code), known = (rule) => judged.levels[rule.code][k] !== 'none';
    const shown = [...all.filter(met), ...all.filter((rule) => known(rule) && !met(rule))], rest = all.filter((rule) => !known(rule));
    return [...shown.map((rule) => ruleBlock(rule, plots, k)),
      rest.length ? h('section', {class: 'lu-rule note'}, `${word('no_data')}: `,
        rest.map((rule) => rule.name).join(landuse.data.language === 'zh' ? '、' : ', ')) : null];
  }

  function verdict(plots, k) {
    if (!landuse.data.judged) return null;
    if (plots.evidence[k] === 'none') return h('p', {class: 'lu-box'}, word('survey_first'));
    if (!plots.reasons[k].length) return h('p', {class: 'lu-box'}, word('not_listed'));
    // every rule met has to be left
    return h('div', {class: 'lu-box'}, h('b', {}, word('off_list')),
      h('ul', {}, landuse.data.judged.changes[k].map((each) => h('li', {}, each))));
  }

  function plot(k) {
    const plots = landuse.data.plots, evidence = column(plots, 'evidence', k), firms = column(plots, 'firms', k);
    return card(firms || plots.id[k], firms ? plots.id[k] : '',
      h('table', {},
        row(word('area'), landuse.muText(plots.area_m2[k]), `${landuse.figure(plots.area_m2[k])} m²`),
        row(word('district'), landuse.districtName(plots.district[k])),
        row(word('position'), landuse.data.words[`position_${plots.position[k]}`] || plots.position[k],
          word('cluster_of', {no: plots.cluster[k], area: landuse.muText(plots.cluster_m2[k])})),
        column(plots, 'place', k) ? row('', landuse.data.words[`place_${plots.place[k]}`]) : null,
        row(word('nearest_park'), landuse.distance(plots.park_distance_m[k])),
        evidence ? row(word('evidence'), landuse.dots(evidence), word(`evidence_${evidence}`)) : null,
        column(plots, 'handling', k) ? row(word('handling'), word(`handling_${plots.handling[k]}`)) : null,
        column(plots, 'score', k) === null ? null : row(word('score'), landuse.figure(plots.score[k], 2)),
        ...(landuse.data.more || []).map((each) => row(each.label, each.texts[k]))),
      landuse.changeCard ? landuse.changeCard.ofPlot(plots.id[k]) : null,
      landuse.planCard.plot(k),
      verdict(plots, k),
      landuse.data.judged ? rules(plots, k) : null);
  }

  // what the plan does with a plot, short, so that the map shows where to; all else is known of it one click further
  function treated(k) {
    const {treated: t, plots} = landuse.data, same = landuse.app.plan.same('treated', k, 'plots');
    const firms = same === undefined ? null : column(plots, 'firms', same);
    const more = (event) => {
      event.stopPropagation(); // the card is replaced: the map would take the click for its own
      landuse.app.select('plots', same);
    };
    return card(firms || t.id[k], firms ? t.id[k] : '',
      h('table', {},
        row(word('area'), landuse.muText(t.area_m2[k]), `${landuse.figure(t.area_m2[k])} m²`),
        row(word('district'), landuse.districtName(t.district[k]))),
      landuse.planCard.treated(k),
      same === undefined ? null : h('p', {}, h('button', {type: 'button', class: 'lu-link', onclick: more}, word('plan_more'))));
  }

  function part(columns, k) {
    const park = columns.park[k];
    return card(columns.id[k], word('part_of'),
      h('table', {},
        row(word('area'), landuse.muText(columns.m2[k]), `${landuse.figure(columns.m2[k])} m²`),
        row(word('district'), landuse.districtName(columns.district[k])),
        row(word('position'), park < 0 ? word('outside_parks') : word('inside_park', {park: landuse.data.codes.parks[park]}),
          landuse.app.past() ? word('time_part', {date: landuse.data.change.today}) : '')));
  }

  // what of a park's land another one holds
  function claimed(parks, k) {
    const m2 = parks.industrial_gross_m2[k] - parks.industrial_m2[k];
    return landuse.mu(m2) > 0 ? word('claimed', {value: landuse.muText(m2)}) : '';
  }

  // how many plots of a district are on the list, and the way to them
  function listed(k) {
    const {plots, judged} = landuse.data, rows = [];
    if (!plots) return null;
    plots.district.forEach((code, row) => { if (code === k && (!judged || plots.reasons[row].length)) rows.push(row); });
    const m2 = rows.reduce((sum, each) => sum + plots.area_m2[each], 0), name = landuse.data.districts.name[k];
    const link = rows.length && name
      ? h('button', {type: 'button', class: 'lu-link', onclick: () => landuse.app.panel.show(name)}, word('list_them')) : '';
    return row(word(judged ? 'candidates' : 'scattered'), word('plots_count', {count: landuse.figure(rows.length), area: landuse.muText(m2)}), link);
  }

  // place, yield and intensity among the parks of its level; what nobody knows is said to be so
  function league(parks, k) {
    if (!parks.place) return [];
    const known = (value, digits) => (value === null ? word('no_data') : landuse.figure(value, digits));
    return [
      row(word('league_place'), parks.place[k], parks.score[k] === null ? '' : `${word('league_score')} ${landuse.figure(parks.score[k], 1)}`),
      row(word('league_tax'), known(parks.tax[k], 1), parks.tax_built[k] === null ? '' : word('league_tax_built', {value: landuse.figure(parks.tax_built[k], 1)})),
      row(word('league_far'), known(parks.far[k], 2), parks.far[k] === null ? '' : word('league_far_known', {share: landuse.percent(parks.far_known[k], 0)})),
      parks.leading[k] ? row(word('league_leading'), parks.leading[k]) : null,
    ];
  }

  function park(k, chosen = -1) {
    const parks = landuse.data.parks, level = parks.level[k];
    return card(parks.name[k], parks.id[k] === parks.name[k] ? '' : parks.id[k],
      h('table', {},
        level ? row(word('level'), landuse.data.words[`level_${level}`] || level) : null,
        row(word('industry_attributed'), landuse.inMu(parks.industrial_mu[k])),
        row(word('industry_gross'), landuse.muText(parks.industrial_gross_m2[k]), claimed(parks, k)),
        row(word('of_city'), landuse.percent(parks.industrial_m2[k] / landuse.data.study.total_m2)),
        row(word('park_land'), landuse.muText(parks.land_m2[k])),
        row(word('industry_rate'), parks.land_m2[k] ? landuse.percent(parks.industrial_share[k]) : word('no_data')),
        row(word('blocks'), String(parks.blocks[k]),
          parks.main_share[k] === null ? '' : `${word('main_share')} ${landuse.percent(parks.main_share[k], 0)}`),
        ...league(parks, k),
        landuse.changeCard ? landuse.changeCard.ofPark(k) : null),
      h('p', {class: 'note'}, word('attributed_note')),
      landuse.planCard.blocks(k, chosen));
  }

  function district(k) {
    const districts = landuse.data.districts, gap = districts.gap_mu[k], share = districts.share[k];
    const target = landuse.data.study.target;
    return card(districts.name[k] || word('no_district'), districts.id[k] === districts.name[k] ? '' : districts.id[k],
      share === null ? null : landuse.shareBar(share, target),
      h('table', {},
        row(word('share'), landuse.percent(share), word('target', {share: landuse.percent(target, target * 100 % 1 ? 2 : 0)})),
        row(word('total'), landuse.inMu(districts.total_mu[k])),
        row(word('inside'), landuse.inMu(districts.inside_mu[k])),
        row(word('outside'), landuse.inMu(districts.outside_mu[k])),
        share === null ? null : row(word(gap > 0 ? 'gap' : 'gap_surplus'), landuse.inMu(Math.abs(gap))),
        row(word('of_city'), landuse.percent(districts.total_m2[k] / landuse.data.study.total_m2)), listed(k), landuse.planCard.district(k),
        landuse.changeCard ? landuse.changeCard.ofDistrict(k) : null));
  }

  // a block is a part of its park's card
  const block = (k) => park(landuse.app.plan.same('blocks', k, 'parks'), k);

  return {plots: plot, land: part, parks: park, districts: district, treated, blocks: block};
})();

// a share as a bar of 0-100 %, its interval as a shade across the end, the target as a tick
landuse.shareBar = (share, target, interval = null) => landuse.h('div', {class: 'lu-share', role: 'img', 'aria-label': landuse.percent(share)},
  landuse.h('i', {class: 'value', style: `width:${Math.min(100, share * 100)}%`}),
  interval ? landuse.h('i', {class: 'interval', style: `left:${interval[0] * 100}%;width:${(interval[1] - interval[0]) * 100}%`}) : null,
  landuse.h('i', {class: 'tick', style: `left:${Math.min(100, target * 100)}%`}));
