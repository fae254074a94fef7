// The data: numbers lead to texts and to shared parts.

const text = number => number < 0 ? "" : data.texts[number];
const part = (table, number) => number < 0 ? null : data[table][number];
const pairs = number => {
  const row = part("words", number) || [];
  const all = [];
  for (let i = 0; i < row.length; i += 2) {
    all.push([text(row[i]), text(row[i + 1])]);
  }
  return all;
};
const networkOf = number => {
  const row = part("networks", number);
  return row && {asn: row[0], organisation: text(row[1]), prefix: text(row[2]),
    country: text(row[3]), kind: text(row[4])};
};
const networkText = network => !network ? "" : [
  joined([network.asn >= 0 && `AS${network.asn}`, network.organisation], " ").join(""),
  network.country, network.kind].filter(each => each).join(", ");
const placeOf = number => {
  const row = part("places", number);
  return row && {number, country: text(row[0]), city: text(row[1]), latitude: row[2],
    longitude: row[3],
    name: [text(row[1]), text(row[0])].filter(each => each).join(", ")
      || `${row[2].toFixed(1)}, ${row[3].toFixed(1)}`};
};
const kindOf = category => /SignIn/i.test(category) ? "sign-in"
  : /Alert/i.test(category) ? "alert"
  : /Risk/i.test(category) ? "risk"
  : /^(AuditLogs|Administrative)$/.test(category) ? "change"
  : /Gateway|Graph|AuditEvent|FrontDoor/i.test(category) ? "call" : "other";
const KINDS = {"sign-in": "Sign-ins", call: "Calls", alert: "Alerts", risk: "Risks",
  change: "Changes", other: "Other"};
const events = new Map();
const eventOf = number => {
  if (!events.has(number)) {
    const row = data.events[number];
    const category = text(row[0]);
    const all = pairs(row[8]);
    const observed = all.find(pair => pair[0] === "observation");
    events.set(number, {category, id: text(row[1]),
      where: text(row[2]) + (row[3] >= 0 ? row[3] : ""), at: about.base + row[4],
      ip: text(row[5]), network: networkOf(row[6]), place: placeOf(row[7]),
      kind: kindOf(category), observed: observed ? observed[1] : category,
      mattered: all.filter(pair => pair !== observed)});
  }
  return events.get(number);
};
const findings = data.findings.map((row, number) => ({
  number, row, id: text(row[0]), revision: row[1], rule: text(row[2]), reason: text(row[3]),
  severity: row[4], before: row[5], title: text(row[6]), subject: row[8],
  ip: text(row[10]), start: about.base + row[11], end: about.base + row[11] + row[12],
  count: row[13], flags: row[14], incident: row[17], isReal: row[21] === 1,
  news: !before || before.revisions.get(text(row[0])) === row[1] ? ""
    : before.revisions.has(text(row[0])) ? "changed" : "new"}));
const byId = new Map(findings.map(finding => [finding.id, finding]));
const eventsOf = finding =>
  finding.row[18].map(eventOf).sort((one, other) => one.at - other.at);
const subjects = data.subjects.map(row =>
  ({kind: text(row[0]), id: text(row[1]), name: text(row[2]), findings: []}));
findings.forEach(finding => subjects[finding.subject].findings.push(finding));
const incidents = data.incidents.map(row => ({id: text(row[0]), subject: text(row[1]),
  isRaised: row[2] === 1, isReal: row[3] === 1, near: row[4], texts: [row[0], row[1]],
  findings: []}));
findings.forEach(finding => {
  if (finding.incident >= 0) {
    incidents[finding.incident].findings.push(finding);
  }
});
const keyOf = subject => `${subject.kind}:${subject.id}`;
const rules = new Map(data.rules.map(rule => [rule.id, rule]));
const worst = all => Math.min(...all.map(finding => finding.severity));
const latest = all => all.reduce((end, finding) => Math.max(end, finding.end), -Infinity);
const earliest = all => all.reduce((start, finding) => Math.min(start, finding.start), Infinity);
const rulesOf = all => [...new Set(all.map(finding => finding.rule))].sort();
const placesOf = finding => {
  const seen = new Map();
  eventsOf(finding).forEach(event => event.place && seen.set(event.place.name, event.place));
  return [...seen.values()];
};
/** The journey of a finding: its first and last place, if they are far apart. */
const journey = finding => {
  const places = finding.rule.startsWith("impossible-travel") ? placesOf(finding) : [];
  return places.length < 2 ? null : [places[0], places[places.length - 1]];
};
