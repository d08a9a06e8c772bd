// From GCJ-02, the shifted plane of some Chinese tile services, back to true degrees; forward as landuse/gcj02.py has it.
globalThis.landuse = globalThis.landuse || {};

landuse.gcj02 = (() => {
  'use strict';
  const A = 6378245, E2 = 0.00669342162296594323, {PI, sin, cos, sqrt, abs} = Math;
  const waves = (t, ...pairs) => pairs.reduce((sum, [factor, by]) => sum + factor * sin(t * PI / by), 0) * 2 / 3;

  function shift(lon, lat) {
    if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return [0, 0];
    const x = lon - 105, y = lat - 35;
    const common = waves(x, [20, 1 / 6], [20, 1 / 2]);
    const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common + waves(y, [20, 1], [40, 3], [160, 12], [320, 30]);
    const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common + waves(x, [20, 1], [40, 3], [150, 12], [300, 30]);
    const phi = lat * PI / 180, w = 1 - E2 * sin(phi) ** 2;
    return [east * 180 / (A / sqrt(w) * cos(phi) * PI), north * 180 / (A * (1 - E2) / w ** 1.5 * PI)];
  }

  // the shift is small and smooth: each round leaves a thousandth of the error
  function back(lon, lat) {
    let at = [lon, lat];
    for (let k = 0; k < 6; k++) { const [east, north] = shift(...at); at = [lon - east, lat - north]; }
    return at;
  }

  return {shift, back};
})();
