// What lies behind the land: a picture that the page carries, and tiles of a server where the study asks for them.
landuse.background = (map) => {
  const {h, data: {behind: {picture, tiles}}} = landuse, pane = landuse.pane(map, 'image'), layers = {};
  const shown = (...members) => {
    const group = L.layerGroup(members).addTo(map);
    return {show(_numbers, on) { if (on) group.addTo(map); else group.remove(); }};
  };
  if (picture) {
    const block = document.getElementById('landuse-picture');
    layers.image = shown(L.imageOverlay(`data:${picture.kind};base64,${block.textContent}`, picture.corners, {pane}));
    block.remove();
  }
  if (tiles) {
    layers.tiles = shown(...tiles.addresses.map((address) => L.tileLayer(address, {pane, maxNativeZoom: 18, maxZoom: 19})));
    const said = L.control({position: 'bottomleft'});
    said.onAdd = () => h('p', {class: 'lu-opened', role: 'note'}, tiles.notices.map((notice) => h('span', {}, notice)));
    said.addTo(map);
  }
  document.body.classList.toggle('has-picture', Boolean(picture || tiles));
  return layers;
};
