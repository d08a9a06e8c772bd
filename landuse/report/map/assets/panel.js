// The panel: candidates, parks and districts as lists that are one thing with the map.
landuse.panel = (app) => {
  'use strict';
  const {h, word, data} = landuse;
  const PRINTED = 8;
  const STEP = 100; // rows written at a time: a page of thousands scrolls as well as one of ten
  const state = {tab: null, text: '', sort: {}, all: false, only: false, rows: [], written: 0};

  const byNumber = (values, sign) => (a, b) => {
    if (values[a] === null || values[b] === null) return (values[a] === null) - (values[b] === null);
    return sign * (values[a] - values[b]) || a - b;
  };
  const byText = (values) => (a, b) => values[a].localeCompare(values[b], data.language) || a - b;
  const all = (table) => Array.from(table.id.keys());
  const {plots, parks, districts, treated, blocks} = data;
  const listed = (k) => !data.judged || plots.reasons[k].length > 0;

  const tabs = [
    plots && {
      key: 'plots', title: word(data.judged ? 'candidates' : 'scattered'), table: plots, shape: (k) => k,
      rows: () => all(plots).filter((k) => (state.all || listed(k)) && app.drawn('plots', k)), count: all(plots).filter(listed).length,
      text: (k) => [plots.id[k], plots.firms ? plots.firms[k] : '', landuse.districtName(plots.district[k])],
      sorts: {
        rank: byNumber(plots.rank, 1), area: byNumber(plots.area_m2, -1),
        ...(plots.tax_per_mu ? {tax: byNumber(plots.tax_per_mu, 1)} : {}),
        distance: byNumber(plots.park_distance_m, -1), cluster: byNumber(plots.cluster_m2, 1),
      },
      line: plotLine,
    },
    {
      key: 'parks', title: word('parks'), table: parks, shape: (k) => k, rows: () => all(parks), count: parks.id.length,
      text: (k) => [parks.id[k], parks.name[k]],
      sorts: {industry: byNumber(parks.industrial_m2, -1), name: byText(parks.name), area: byNumber(parks.land_m2, -1), ...(parks.score ? {score: byNumber(parks.score, -1)} : {})},
      line: (k) => [h('b', {}, parks.name[k]), landuse.muText(parks.industrial_m2[k], 0),
        h('span', {class: 'note left'}, `${data.words[`level_${parks.level[k]}`] || parks.level[k]} ${parks.place ? parks.place[k] : `${word('blocks')} ${parks.blocks[k]}`}`),
        h('span', {class: 'note'}, parks.land_m2[k] ? `${word('industry_rate')} ${landuse.percent(parks.industrial_share[k], 0)}` : '')],
    },
    {
      key: 'districts', title: word('districts'), table: districts, shape: (k) => districts.shape[k],
      rows: () => all(districts), count: districts.id.length, text: (k) => [districts.id[k], districts.name[k]],
      sorts: {share: byNumber(districts.share, 1), gap: byNumber(districts.gap_m2, -1), name: byText(districts.name), industry: byNumber(districts.total_m2, -1)},
      line: (k) => [h('b', {}, districts.name[k] || word('no_district')), landuse.percent(districts.share[k]),
        h('span', {class: 'wide'}, districts.share[k] === null ? '' : landuse.shareBar(districts.share[k], data.study.target)),
        h('span', {class: 'note'}, `${word('total')} ${landuse.muText(districts.total_m2[k], 0)}`)],
    },
    treated && {
      key: 'treated', title: word('plan_tab'), table: treated, shape: (k) => k, rows: () => all(treated).filter((k) => app.drawn('treated', k)),
      count: treated.id.length,
      text: (k) => [treated.id[k], firmOf(k), landuse.districtName(treated.district[k]), word(`action_${treated.action[k]}`), String(treated.year[k]),
        ...(treated.block[k] < 0 ? [] : [blocks.park_name[treated.block[k]], blocks.block_id[treated.block[k]]])],
      sorts: {plan: (a, b) => a - b, year: byNumber(treated.year, 1), area: byNumber(treated.area_m2, -1), cost: byNumber(treated.cost_yuan, -1), way: byNumber(treated.distance_m, -1)},
      line: (k) => [h('b', {}, treated.id[k]), landuse.muText(treated.area_m2[k], 1),
        h('span', {class: 'left'}, h('span', {class: `chip ${treated.action[k]}`}, plannedText(k))),
        h('span', {class: 'note end'}, treated.block[k] < 0 ? '' : landuse.distance(treated.distance_m[k])),
        h('span', {class: 'note wide'}, treated.block[k] < 0 ? `${landuse.districtName(treated.district[k])} · ${firmOf(k) || word('no_firm')}`
          : `→ ${landuse.planCard.blockName(treated.block[k])}`)],
    },
    app.change && landuse.changeList(app, {byNumber, all}),
  ].filter(Boolean);

  const plannedText = (k) => word('plan_when', {action: word(`action_${treated.action[k]}`), year: treated.year[k]});

  function firmOf(k) {
    const row = plots && plots.firms ? app.plan.same('treated', k, 'plots') : undefined;
    return row === undefined ? '' : plots.firms[row];
  }

  function plotLine(k) {
    const planned = treated ? app.same('plots', k, 'treated') : undefined;
    const firm = plots.firms && plots.firms[k], reasons = plots.reasons ? plots.reasons[k] : [];
    const name = (code) => (data.rules.find((rule) => rule.code === code) || {name: code}).name;
    return [
      h('b', {}, `${landuse.districtName(plots.district[k])} · ${firm || word('no_firm')}`), landuse.muText(plots.area_m2[k], 1),
      h('span', {class: 'note wide'}, `${plots.id[k]} · ${word('nearest_park')} ${landuse.distance(plots.park_distance_m[k])}`),
      h('span', {}, planned === undefined ? null : h('span', {class: `chip ${treated.action[planned]}`}, plannedText(planned)),
        reasons.map((code) => h('span', {class: 'chip'}, name(code))),
        reasons.length || !data.judged ? null
          : h('span', {class: 'chip grey'}, plots.evidence[k] === 'none' ? word('no_data') : data.words[`position_${plots.position[k]}`] || plots.position[k])),
      plots.evidence ? landuse.dots(plots.evidence[k]) : null,
    ];
  }

  const heads = tabs.map((tab) => h('button', {type: 'button', role: 'tab', onclick: () => open(tab)},
    tab.title, ' ', h('span', {class: 'note'}, landuse.figure(tab.count))));
  const search = h('input', {type: 'search', placeholder: word('search'), 'aria-label': word('search'), autocomplete: 'off'});
  const sort = h('select', {'aria-label': word('sort')});
  const unlisted = h('label', {class: 'note'}, h('input', {type: 'checkbox'}), word('with_unlisted'));
  const only = h('label', {class: 'note'}, h('input', {type: 'checkbox'}), h('span'));
  const csv = h('button', {type: 'button', class: 'lu-link', onclick: () => landuse.download(state.tab.key, state.rows, state.tab.title, data)}, word('export'));
  const list = h('ol', {class: 'lu-list'});
  const found = h('div', {class: 'lu-found'});

  search.addEventListener('input', () => { state.text = search.value.trim().toLowerCase(); refresh(); });
  search.addEventListener('keydown', (event) => { if (event.key === 'Enter') first(); });
  sort.addEventListener('change', () => { state.sort[state.tab.key] = sort.value; refresh(); });
  unlisted.firstChild.addEventListener('change', (event) => { state.all = event.target.checked; refresh(); });
  only.firstChild.addEventListener('change', (event) => { state.only = event.target.checked; refresh(); });
  list.addEventListener('scroll', () => { if (list.scrollTop + list.clientHeight > list.scrollHeight - 200) write(); });

  function open(tab) {
    state.tab = tab;
    heads.forEach((head, i) => head.setAttribute('aria-selected', String(tabs[i] === tab)));
    landuse.fill(sort, Object.keys(tab.sorts).map((key) => h('option', {value: key}, `${word('sort')} ${word(`sort_${key}`)}`)));
    sort.value = state.sort[tab.key] || sort.value;
    unlisted.hidden = tab.key !== 'plots' || !data.judged;
    only.hidden = !tab.only;
    only.lastChild.textContent = tab.only || '';
    document.body.classList.toggle('changing', tab.key === 'changes');
    if (app.change) app.change.refresh();
    refresh();
  }

  function refresh() {
    const {tab, text} = state;
    tabs.forEach((each, i) => { if (each.now) heads[i].lastChild.textContent = landuse.figure(each.now()); });
    state.rows = tab.rows(state.only).filter((k) => !text || tab.text(k).some((value) => value.toLowerCase().includes(text)))
      .sort(tab.sorts[sort.value]);
    state.written = 0;
    list.textContent = '';
    list.scrollTop = 0;
    found.textContent = '';
    if (!state.rows.length && text) {
      found.append(h('p', {class: 'note'}, word('not_found')),
        h('button', {type: 'button', class: 'lu-link', onclick: () => findPart(search.value.trim())}, word('find_plot', {id: search.value.trim()})));
    } else if (!state.rows.length) found.append(h('p', {class: 'note'}, word('none_listed')));
    write();
  }

  function write() {
    const {tab, rows} = state;
    for (const last = Math.min(rows.length, state.written + STEP); state.written < last; state.written++) {
      const k = rows[state.written], number = state.written + 1;
      list.append(h('li', {
        tabindex: 0, 'data-row': k, class: app.selected(tab.key, k) ? 'selected' : '',
        onmouseenter: () => app.hover(tab.key, tab.shape(k)), onmouseleave: () => app.hover(),
        onfocus: () => app.hover(tab.key, tab.shape(k)), onblur: () => app.hover(),
        onclick: () => app.select(tab.key, k, {fly: true}), onkeydown: (event) => move(event, k),
      }, h('span', {class: 'number'}, String(number)), h('div', {}, tab.line(k))));
    }
  }

  function move(event, k) {
    const row = event.currentTarget, next = {ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling}[event.key];
    if (event.key === 'Enter') app.select(state.tab.key, k, {fly: true});
    if (next) { event.preventDefault(); next.focus(); }
  }

  // Enter takes the first row; a number of a plot that is on no list is looked up in the land itself
  function first() {
    if (state.rows.length) app.select(state.tab.key, state.rows[0], {fly: true});
    else if (search.value.trim()) findPart(search.value.trim());
  }

  async function findPart(id) {
    const columns = await app.layers.land.columns(), k = columns.id.indexOf(id);
    if (k >= 0) app.select('land', k, {fly: true});
    else landuse.fill(found, h('p', {class: 'note'}, word('not_found')));
  }

  const sections = [app.plan, app.change].filter(Boolean).map((each) => each.element);
  const element = h('aside', {class: 'lu-panel'}, app.change ? h('div', {class: 'lu-sections'}, sections) : sections,
    h('div', {class: 'lu-tabs', role: 'tablist'}, heads),
    h('div', {class: 'lu-search'}, landuse.icon('search'), search),
    h('div', {class: 'lu-order'}, sort, csv), unlisted, only, found, list);

  // the row of the open list that stands for a row of another one
  const same = (key, row) => (key ? app.same(key, row, state.tab.key) : undefined);

  open(tabs[0]);
  return {
    element,

    // the head of the list, for paper
    printed() {
      const {tab, rows} = state;
      return h('section', {class: 'lu-printed'}, data.plan && tab.key !== 'changes' ? h('p', {}, data.plan.sentence) : [], app.change ? app.change.printed(tab.key === 'changes') : [], h('b', {}, tab.title, ' ', h('span', {class: 'note'}, landuse.figure(tab.now ? tab.now() : tab.count))),
        h('ol', {class: 'lu-list'}, rows.slice(0, PRINTED).map((k, i) =>
          h('li', {}, h('span', {class: 'number'}, String(i + 1)), h('div', {}, tab.line(k))))));
    },
    // what the legend hides is on no list
    refresh,

    // the candidates of a district
    show(text) {
      search.value = text;
      state.text = text.toLowerCase();
      open(tabs[0]);
    },

    // the row of what the pointer is over on the map
    light(key, row) {
      const k = same(key, row);
      for (const row of list.querySelectorAll('.lit')) row.classList.remove('lit');
      const found = k !== undefined && list.querySelector(`[data-row="${k}"]`);
      if (found) found.classList.add('lit');
    },

    // brings a row that was chosen on the map into sight
    mark(key, row) {
      const k = same(key, row);
      for (const each of list.children) each.classList.toggle('selected', Number(each.dataset.row) === k);
      const found = list.querySelector('.selected');
      if (found) found.scrollIntoView({block: 'nearest'});
    },
  };
};
