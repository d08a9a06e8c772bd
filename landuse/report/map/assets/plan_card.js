// What a card says of the plan: of a plot that is treated, and of each block of a park.
landuse.planCard = (() => {
  'use strict';
  const {h, word} = landuse;
  const wan = (yuan) => word('wan', {value: landuse.figure(yuan / 10000, 1)});
  const row = (name, value, note) => h('tr', {}, h('th', {}, name), h('td', {colspan: note ? 1 : 2}, value), note ? h('td', {class: 'note'}, note) : null);

  const blockName = (k) => {
    const {blocks} = landuse.data;
    return `${blocks.park_name[k] || blocks.park_id[k]} · ${blocks.block_id[k]}`;
  };

  // of a row of the plots treated
  function treated(k) {
    const {treated: t} = landuse.data, block = t.block[k], moves = t.action[k] === 'move';
    return h('section', {class: 'lu-box lu-planned'},
      h('b', {}, `${word('plan')}: ${word('plan_when', {action: word(`action_${t.action[k]}`), year: t.year[k]})}`),
      h('table', {},
        moves && block >= 0 ? row(word('plan_to'), blockName(block)) : null,
        moves ? row(word('plan_distance'), landuse.distance(t.distance_m[k]), t.to[k] === t.district[k] ? '' : landuse.districtName(t.to[k])) : null,
        moves && t.fit[k] ? row(word('plan_fit'), word(`fit_${t.fit[k]}`)) : null,
        moves ? row(word('plan_land'), landuse.muText(t.land_used_m2[k])) : null,
        row(word('plan_cost'), wan(t.cost_yuan[k])),
        t.tax_yuan[k] === null ? null : row(word('plan_tax'), wan(t.tax_yuan[k]), t.tax_known[k] ? '' : word('tax_unknown'))));
  }

  function block(k, chosen) {
    const {blocks, plan} = landuse.data, spare = blocks.spare_m2[k], used = blocks.used_m2[k], load = spare > 0 && plan.exists ? used / spare : null;
    const comma = landuse.data.language === 'zh' ? '、' : ', ', price = blocks.price_yuan_m2[k];
    const said = [
      blocks.plots[k] ? word('block_plots', {count: blocks.plots[k]}) : '',
      blocks.from_year[k] ? word('block_from', {year: blocks.from_year[k]}) : '',
      price === null ? '' : word('block_price', {value: landuse.figure(price / 15, 1)}), // 15 yuan per m2 are 10,000 yuan per mu
      blocks.industries[k].length ? word('block_leading', {codes: blocks.industries[k].join(comma)}) : word('block_any'),
      spare > 0 && !blocks.stated[k] ? word('block_computed') : '',
    ];
    return h('section', {class: `lu-rule ${chosen ? 'chosen' : ''}`},
      h('div', {class: 'line'}, h('b', {}, blocks.block_id[k]),
        h('span', {class: 'note'}, load === null ? '' : word('load_of', {used: landuse.muFigure(used), spare: landuse.muFigure(spare)})),
        h('span', {class: 'value'}, spare > 0 ? (load === null ? landuse.muText(spare) : landuse.percent(load, 0)) : word('block_full'))),
      load === null ? null : h('div', {class: 'lu-bar load'}, h('i', {class: 'value', style: `width:${Math.min(100, load * 100)}%`})),
      h('div', {class: 'note'}, said.filter(Boolean).join(' · ')));
  }

  return {
    blockName,
    treated,
    // of a plot of the lists, where it is treated
    plot(k) {
      const {plan} = landuse.app, row = plan && plan.row ? plan.row('plots', k) : undefined;
      return row === undefined ? null : treated(row);
    },
    // of a park: its blocks, one of them in sight first
    blocks(park, chosen = -1) {
      const {blocks, parks} = landuse.data;
      if (!blocks) return null;
      const found = Array.from(blocks.block_id.keys()).filter((k) => blocks.park_id[k] === parks.id[park]);
      found.sort((a, b) => (b === chosen) - (a === chosen) || a - b);
      return found.length ? [h('p', {}, h('b', {}, word(landuse.data.plan.exists ? 'block_load' : 'block_spare'))), ...found.map((k) => block(k, k === chosen))] : null;
    },
    // of a district: its share after
    district(k) {
      const {plan} = landuse.data;
      if (!plan || !plan.exists) return null;
      return h('tr', {}, h('th', {}, word('district_after')), h('td', {}, landuse.percent(plan.districts[k])), h('td', {class: 'note'}, word('plan_not_real')));
    },
  };
})();
