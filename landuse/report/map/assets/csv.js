// A text as a spreadsheet keeps it. What it would read as a number or a date, and change (18 digits, leading zeros, 1-2),
// stands as ="0601", which Excel and WPS show as it is and `landuse` reads back; what would be a formula gets an apostrophe.
landuse.csvText = (value) => {
  'use strict';
  const text = value === null || value === undefined ? '' : String(value), plain = text.normalize('NFKC').trim();
  const figure = /\d/.test(plain) && !/^(0|[1-9]\d{0,10})$/.test(text) && !/^[+-].*[^e][+\-/:]/i.test(plain)
    && /^(?!e)(?:[\d.,:\/\-+%()\s年月日时分秒]|e(?=[+-]?\d)|[ap]m|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)+$/i.test(plain);
  if (figure) return /[",\r\n]/.test(text) ? `"=""${text}"""` : `="${text}"`;
  return `"${text.replace(/^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/, "'$&").replace(/"/g, '""')}"`;
};

// The rows of a list as CSV; the mark at the front tells Excel it is UTF-8.
landuse.csv = (key, rows, data) => {
  'use strict';
  const {word} = landuse, {plots, parks, districts, treated, blocks} = data;
  const text = landuse.csvText;
  const number = (value) => (value === null || value === undefined ? '' : String(value));
  const mu = (m2) => (m2 === null || m2 === undefined ? '' : landuse.mu(m2).toFixed(2));
  const shown = (figure) => (figure === null || figure === undefined ? '' : figure.toFixed(2));
  const named = (kind, value) => data.words[`${kind}_${value}`] || value;
  // heading, and the cell of a row
  const columns = {
    changes: () => landuse.changeColumns({text, number, mu, named}),
    plots: () => [
      ['csv_rank', (k) => number(plots.rank[k])], ['csv_id', (k) => text(plots.id[k])],
      ['district', (k) => text(landuse.districtName(plots.district[k]))], ['firms', (k) => text(plots.firms ? plots.firms[k] : '')],
      ['csv_area_m2', (k) => number(plots.area_m2[k])], ['csv_area_mu', (k) => mu(plots.area_m2[k])],
      ['position', (k) => text(named('position', plots.position[k]))], ['csv_distance', (k) => number(plots.park_distance_m[k])],
      ['cluster', (k) => number(plots.cluster[k])], ['csv_cluster_mu', (k) => mu(plots.cluster_m2[k])],
      ...(data.judged ? [
        ['csv_tax', (k) => number(plots.tax_per_mu[k])], ['csv_years', (k) => text(plots.years[k].join(' '))],
        ['csv_reasons', (k) => text(plots.reasons[k].join(' '))], ['evidence', (k) => text(named('evidence', plots.evidence[k]))],
        ['csv_listed', (k) => text(word(plots.reasons[k].length ? 'yes' : 'no'))],
      ] : []),
      ...(data.more || []).map((each) => [() => each.label, (k) => text(each.texts[k])]),
    ],
    treated: () => [
      ['csv_rank', (k) => number(k + 1)], ['csv_id', (k) => text(treated.id[k])], ['csv_action', (k) => text(named('action', treated.action[k]))],
      ['csv_year', (k) => number(treated.year[k])], ['district', (k) => text(landuse.districtName(treated.district[k]))],
      ['csv_area_m2', (k) => number(treated.area_m2[k])], ['csv_area_mu', (k) => mu(treated.area_m2[k])],
      ...['park_id', 'park_name', 'block_id'].map((name, i) => [['csv_park', 'csv_name', 'csv_block'][i],
        (k) => text(treated.block[k] < 0 ? '' : blocks[name][treated.block[k]])]),
      ['csv_to_district', (k) => text(treated.to[k] < 0 ? '' : landuse.districtName(treated.to[k]))],
      ['csv_used_mu', (k) => mu(treated.land_used_m2[k])], ['csv_way', (k) => number(treated.distance_m[k])],
      ['csv_fit', (k) => text(named('fit', treated.fit[k]))], ['csv_cost', (k) => number(treated.cost_yuan[k])],
      ['csv_tax_yuan', (k) => number(treated.tax_yuan[k])], ['csv_tax_known', (k) => text(word(treated.tax_known[k] ? 'yes' : 'no'))],
    ],
    parks: () => [
      ['csv_park', (k) => text(parks.id[k])], ['csv_name', (k) => text(parks.name[k])], ['level', (k) => text(named('level', parks.level[k]))],
      ['csv_attributed_mu', (k) => shown(parks.industrial_mu[k])], ['csv_gross_mu', (k) => mu(parks.industrial_gross_m2[k])],
      ['csv_park_mu', (k) => mu(parks.land_m2[k])], ['csv_industry_rate', (k) => number(parks.industrial_share[k])],
      ['blocks', (k) => number(parks.blocks[k])], ['csv_main_share', (k) => number(parks.main_share[k])],
      ...(parks.place ? [['csv_place', (k) => text(parks.place[k])], ['csv_score', (k) => number(parks.score[k])],
        ['csv_tax_mu', (k) => number(parks.tax[k])], ['csv_tax_built_mu', (k) => number(parks.tax_built[k])]] : []),
    ],
    districts: () => [
      ['csv_district', (k) => text(districts.id[k])], ['csv_name', (k) => text(districts.name[k])],
      ['csv_total_mu', (k) => shown(districts.total_mu[k])], ['csv_inside_mu', (k) => shown(districts.inside_mu[k])],
      ['csv_share', (k) => number(districts.share[k])], ['csv_gap_mu', (k) => shown(districts.gap_mu[k])],
    ],
  }[key]();
  const lines = [columns.map(([heading]) => text(typeof heading === 'function' ? heading() : word(heading))), ...rows.map((k) => columns.map(([, cell]) => cell(k)))];
  return `\ufeff${lines.map((line) => line.join(',')).join('\r\n')}\r\n`;
};

landuse.download = (key, rows, title, data) => {
  const address = URL.createObjectURL(new Blob([landuse.csv(key, rows, data)], {type: 'text/csv;charset=utf-8'}));
  const link = landuse.h('a', {href: address, download: `${data.study.name}-${title}.csv`.replace(/[\\/:*?"<>|]/g, '_')});
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
};
