// Names of parks and districts; where two would cover each other, a park's stays before a district's, then the larger one's.
landuse.labels = (map, app) => {
  const make = (table, key, size) => table.id.map((_, k) => ({
    key, row: k, size: size[k], at: table.lat && table.lat[k] !== null ? L.latLng(table.lat[k], table.lon[k]) : null,
    element: landuse.h('span', {class: `lu-label ${key}`}, table.name[k]),
  })).filter((label) => label.at && label.element.textContent);
  const {parks, districts} = landuse.data;
  const labels = [
    ...make(parks, 'parks', parks.land_m2),
    ...(districts.lat ? make(districts, 'districts', districts.total_m2) : []),
  ].sort((a, b) => (a.key === b.key ? b.size - a.size : a.key === 'parks' ? -1 : 1));
  const pane = landuse.pane(map, 'labels');
  for (const label of labels) {
    label.marker = L.marker(label.at, {
      pane, interactive: false, keyboard: false, icon: L.divIcon({className: 'lu-label-at', html: label.element, iconSize: [0, 0]}),
    }).addTo(map);
  }

  function place() {
    const marks = app.plan && app.plan.boxes ? app.plan.boxes() : [], taken = marks.map(({latlng, size}) => {
      const {x, y} = map.latLngToContainerPoint(latlng);
      return [x - size / 2, y - size / 2, x + size / 2, y + size / 2];
    });
    for (const {key, row, at, element} of labels) {
      const {x, y} = map.latLngToContainerPoint(at), w = element.offsetWidth / 2 + 3, h = element.offsetHeight / 2 + 1;
      const box = (up) => [x - w, y - up - h, x + w, y - up + h];
      // above or below a mark that stands in its place
      const up = (marks.length ? [0, 20, -20] : [0]).find((each) => {
        const own = box(each);
        return taken.every((b) => b[0] > own[2] || b[2] < own[0] || b[1] > own[3] || b[3] < own[1]);
      });
      const free = app.visible(key) && up !== undefined && !(key === 'parks' && app.past() && !app.change.hasPark(row));
      element.classList.toggle('covered', !free);
      element.style.marginTop = up ? `${-up}px` : '';
      if (free) taken.push(box(up));
    }
  }
  map.on('zoomend viewreset resize', place);
  place();
  return {place};
};
