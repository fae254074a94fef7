// The map of journeys, and its view.

const land = document.getElementById("land").textContent;
const projected = place => [(place.longitude + 180) * 5, (84 - place.latitude) * 5];
/** Points of the shortest way over the globe; over a pole it leaves the map and comes back. */
const way = (from, to) => {
  const vector = ({latitude, longitude}) => {
    const phi = latitude * Math.PI / 180, lambda = longitude * Math.PI / 180;
    return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
  };
  const a = vector(from), b = vector(to);
  const angle = Math.acos(Math.max(-1, Math.min(1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2])));
  if (angle < 1e-6) {
    return "";
  }
  let path = "", before = null;
  for (let i = 0; i <= 48; i++) {
    const f = Math.sin((1 - i / 48) * angle) / Math.sin(angle);
    const g = Math.sin(i / 48 * angle) / Math.sin(angle);
    const [vx, vy, vz] = a.map((each, k) => f * each + g * b[k]);
    const [px, py] = projected({latitude: Math.atan2(vz, Math.hypot(vx, vy)) * 180 / Math.PI,
      longitude: Math.atan2(vy, vx) * 180 / Math.PI});
    path += `${before === null || Math.abs(px - before) > 900 ? "M" : "L"}${px.toFixed(1)} ${py.toFixed(1)}`;
    before = px;
  }
  return path;
};
/** A map with a line for each pair of places; cut to them if it is a small one. */
const map = (trips, most, isCut) => {
  const width = widthFor(most);
  let box = [0, 0, 1800, 710];
  if (isCut) {
    const points = trips.flatMap(trip => trip.places.map(projected));
    const xs = points.map(point => point[0]), ys = points.map(point => point[1]);
    const wide = Math.max(300, (Math.max(...xs) - Math.min(...xs)) * 1.5,
      (Math.max(...ys) - Math.min(...ys)) * 1.5 * 1.7);
    const high = wide / 1.7;
    box = [(Math.max(...xs) + Math.min(...xs) - wide) / 2,
      (Math.max(...ys) + Math.min(...ys) - high) / 2, wide, high];
  }
  const height = width * box[3] / box[2];
  const unit = box[2] / width;
  const picture = s("svg", {class: "map", viewBox: box.map(each => each.toFixed(1)).join(" "),
    width: Math.round(width), height: Math.round(height), role: "img",
    "aria-label": `Map of ${trips.slice(0, 20).map(trip => trip.places.map(place => place.name).join(" and ")).join("; ")}`},
  s("rect", {class: "sea", x: box[0], y: box[1], width: box[2], height: box[3]}),
  s("path", {class: "land", d: land}));
  [...trips].reverse().forEach(trip => {
    const path = s("path", {class: `way ${SEVERITIES[trip.severity]}`, d: way(...trip.places),
      "stroke-width": (1.8 + Math.min(3, Math.log2(trip.findings.length))).toFixed(1)},
    s("title", null, `${trip.places.map(place => place.name).join(" and ")}: ${count(trip.findings.length, "finding")}`));
    picture.append(path);
  });
  const labels = [];
  const places = new Map(trips.flatMap(trip => trip.places).map(place => [place.name, place]));
  const size = 12 * unit;
  places.forEach(place => {
    const [px, py] = projected(place);
    picture.append(s("circle", {class: "place", cx: px, cy: py, r: 3.5 * unit},
      s("title", null, place.name)));
    const wide = place.name.length * size * 0.56;
    const isLeft = px + 8 * unit + wide > box[0] + box[2];
    const near = isLeft ? px - 8 * unit - wide : px + 8 * unit;
    const at = [py + size / 3, py - size * 0.7, py + size * 1.3]
      .find(y => labels.every(([lx, ly, lw]) =>
        near + wide < lx || lx + lw < near || Math.abs(y - ly) > size * 1.05));
    if (at !== undefined && place.name.length <= 40) {
      labels.push([near, at, wide]);
      picture.append(s("text", {class: "label", x: isLeft ? px - 8 * unit : near, y: at,
        "text-anchor": isLeft ? "end" : "start", "font-size": size.toFixed(1),
        "stroke-width": (3 * unit).toFixed(1)}, place.name));
    }
  });
  return picture;
};

const mapView = () => {
  const trips = new Map();
  findings.forEach(finding => {
    const places = journey(finding);
    if (places) {
      const sorted = [...places].sort((one, other) => one.name < other.name ? -1 : 1);
      const key = sorted.map(place => place.name).join(" ");
      if (!trips.has(key)) {
        trips.set(key, {places: sorted, findings: []});
      }
      trips.get(key).findings.push(finding);
    }
  });
  const all = [...trips.values()].map(trip => ({...trip, severity: worst(trip.findings)}))
    .sort((one, other) => one.severity - other.severity || other.findings.length - one.findings.length);
  return h("section", null, h("h2", null, "Impossible travel"),
    all.length === 0 ? h("p", null, "No finding is about a journey.")
      : [h("div", {class: "scroll"}, map(all, 1120, false)),
        table(["Places", "Severity", "Findings", "Who"], all.map(trip => [
          trip.places.map(place => place.name).join(" and "), severity(trip.severity),
          trip.findings.length.toLocaleString("en"),
          h("span", null, joined(trip.findings.slice(0, 8).map(finding =>
            h("a", {href: linkTo.finding(finding)}, soft(subjects[finding.subject].name))), ", "),
          trip.findings.length > 8 && ` and ${trip.findings.length - 8} more`)]))]);
};
