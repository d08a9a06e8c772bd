self.landuse = self.landuse || {};

// Elements and figures. Text goes into the page as text, never as markup.
landuse.h = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
};

// in place of what is in an element
landuse.fill = (element, ...children) => {
  element.textContent = '';
  element.append(...children.flat());
};

landuse.svg = (tag, attributes = {}, ...children) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

landuse.ICONS = {
  plus: 'M8 3v10M3 8h10', minus: 'M3 8h10', close: 'M4 4l8 8M12 4l-8 8',
  full: 'M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3', whole: 'M2.5 8L8 3l5.5 5M4.5 7v6h7V7', fold: 'M10 3L5 8l5 5', unfold: 'M6 3l5 5-5 5',
  measure: 'M2 11l9-9 3 3-9 9zM5 8l1.5 1.5M7.5 5.5L9 7M10 3l1.5 1.5', undo: 'M3 7h7a3 3 0 0 1 0 6H6M6 4L3 7l3 3',
  print: 'M4 6V2h8v4M4 12H2V6h12v6h-2M4 10h8v4H4z', search: 'M7 3a4 4 0 1 0 0 8a4 4 0 0 0 0-8M10 10l4 4',
};

landuse.icon = (name) => landuse.svg('svg', {viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true', class: 'lu-icon'},
  landuse.svg('path', {d: landuse.ICONS[name]}));

// a word of the dictionary, its {fields} filled in
landuse.word = (key, fields = {}) =>
  landuse.data.words[key].replace(/\{(\w+)\}/g, (all, name) => (name in fields ? fields[name] : all));

landuse.figure = (value, decimals = 0) =>
  value.toLocaleString('en-US', {minimumFractionDigits: decimals, maximumFractionDigits: decimals});
// 1 m2 = 0.0015 mu; to two decimals from hundredths of a m2, halves up, as every other output rounds an area of its own
landuse.mu = (m2) => Math.sign(m2) * Math.floor((Math.round(Math.abs(m2) * 100) * 15 + 5000) / 10000) / 100;
landuse.muFigure = (m2, decimals = 2) => landuse.figure(decimals === 2 ? landuse.mu(m2) : m2 * 0.0015, decimals);
landuse.inMu = (mu) => landuse.word('mu_value', {value: landuse.figure(mu, 2)}); // already in mu
landuse.muText = (m2, decimals = 2) => landuse.word('mu_value', {value: landuse.muFigure(m2, decimals)});
landuse.percent = (share, decimals = 2) =>
  (share === null || share === undefined ? landuse.word('no_data') : `${landuse.figure(share * 100, decimals)}%`);
landuse.distance = (m, decimals = 1) => (m === null || m === undefined ? landuse.word('no_data')
  : m < 1000 ? landuse.word('m', {value: landuse.figure(m, decimals - 1)}) : landuse.word('km', {value: landuse.figure(m / 1000, decimals)}));

landuse.button = (name, label, onclick) =>
  landuse.h('button', {type: 'button', class: 'lu-tool', title: label, 'aria-label': label, onclick}, landuse.icon(name));

// the level of evidence as dots: registered three, statistics two, a remote proxy one
landuse.dots = (evidence) => {
  const full = ['none', 'remote', 'statistical', 'registered'].indexOf(evidence);
  return landuse.h('span', {class: 'lu-dots', title: landuse.word(`evidence_${evidence}`)},
    [0, 1, 2].map((k) => landuse.h('i', {class: k < full ? 'full' : ''})));
};

landuse.districtName = (code) => (code < 0 ? landuse.word('no_district') : landuse.data.codes.districts[code] || landuse.word('no_district'));
