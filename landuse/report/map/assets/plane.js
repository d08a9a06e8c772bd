// From degrees to a Gauss-Krüger plane, lengths and areas on the ellipsoid, and back from GCJ-02. No Leaflet, no document.
globalThis.landuse = globalThis.landuse || {};

landuse.plane = (() => {
  'use strict';
  const RADIAN = Math.PI / 180;
  const CGCS2000 = {a: 6378137, e2: 0.0066943800229007876}; // WGS 84 differs by 0.1 mm

  // Krüger's series to the fourth order of the third flattening: below a millimetre within ten degrees of the meridian.
  // Returns a function of degrees to [easting, northing] in metres.
  function forward({a, e2, lon0, false_easting: east, false_northing: north}) {
    const f = 1 - Math.sqrt(1 - e2), n = f / (2 - f), e = Math.sqrt(e2), n2 = n * n, n3 = n2 * n, n4 = n3 * n;
    const rectifying = a / (1 + n) * (1 + n2 / 4 + n4 / 64);
    const alpha = [
      n / 2 - 2 * n2 / 3 + 5 * n3 / 16 + 41 * n4 / 180, 13 * n2 / 48 - 3 * n3 / 5 + 557 * n4 / 1440,
      61 * n3 / 240 - 103 * n4 / 140, 49561 * n4 / 161280,
    ];
    return (lon, lat) => {
      const tan = Math.tan(lat * RADIAN), away = (lon - lon0) * RADIAN;
      const s = Math.sinh(e * Math.atanh(e * tan / Math.hypot(1, tan))), conformal = tan * Math.hypot(1, s) - s * Math.hypot(1, tan);
      const xi = Math.atan2(conformal, Math.cos(away)), eta = Math.asinh(Math.sin(away) / Math.hypot(conformal, Math.cos(away)));
      let x = eta, y = xi;
      alpha.forEach((factor, j) => {
        x += factor * Math.cos(2 * (j + 1) * xi) * Math.sinh(2 * (j + 1) * eta);
        y += factor * Math.sin(2 * (j + 1) * xi) * Math.cosh(2 * (j + 1) * eta);
      });
      return [east + rectifying * x, north + rectifying * y];
    };
  }

  // in a plane of their own, whose meridian runs through their middle: to 2e-6 of the length over 25 km either way
  function local(points) {
    const lons = points.map(([lon]) => lon), lon0 = (Math.min(...lons) + Math.max(...lons)) / 2;
    const project = forward({...CGCS2000, lon0, false_easting: 0, false_northing: 0});
    return points.map(([lon, lat]) => project(lon, lat));
  }

  // metres along points in degrees [lon, lat]
  function length(points) {
    const xy = local(points);
    return xy.slice(1).reduce((sum, [x, y], k) => sum + Math.hypot(x - xy[k][0], y - xy[k][1]), 0);
  }

  // square metres within them
  function area(points) {
    const xy = local(points), [x0, y0] = xy[0];
    return Math.abs(xy.reduce((sum, [x, y], k) => {
      const [u, v] = xy[(k + 1) % xy.length];
      return sum + (x - x0) * (v - y0) - (u - x0) * (y - y0);
    }, 0)) / 2;
  }

  return {forward, length, area};
})();
