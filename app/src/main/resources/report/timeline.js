// The timeline of an incident or a subject, with its chart.

/** Findings as bars and their events as points, a lane for each kind. */
const chart = all => {
  const seen = new Map();
  all.forEach(finding => eventsOf(finding).forEach(event =>
    seen.set(`${event.category} ${event.id}`, event)));
  const shown = [...seen.values()];
  const lanes = ["finding", ...Object.keys(KINDS).filter(kind =>
    shown.some(event => event.kind === kind))];
  const times = [...all.flatMap(finding => [finding.start, finding.end]),
    ...shown.map(event => event.at)];
  const from = times.reduce((one, other) => Math.min(one, other));
  const to = Math.max(times.reduce((one, other) => Math.max(one, other)), from + 60000);
  const width = widthFor(1080), left = 88, right = 16, lane = 30, top = 6;
  const x = at => left + (at - from) / (to - from) * (width - left - right);
  const steps = [300000, 900000, 3600000, 3 * 3600000, 6 * 3600000, 12 * 3600000, DAY, 2 * DAY,
    7 * DAY, 28 * DAY, 364 * DAY];
  const step = steps.find(each => (to - from) / each <= Math.max(2, (width - left) / 110))
    || 3640 * DAY;
  // Findings that overlap are below each other, in at most eight rows.
  const ends = [];
  const rowOf = new Map();
  all.forEach(finding => {
    const free = ends.findIndex(end => end <= x(finding.start) - 6);
    const row = free >= 0 ? free : Math.min(ends.length, 7);
    ends[row] = Math.max(x(finding.end), x(finding.start)) + 6;
    rowOf.set(finding, row);
  });
  const extra = (Math.max(1, ends.length) - 1) * 16;
  const height = top + lanes.length * lane + extra + 22;
  const picture = s("svg", {class: "chart", viewBox: `0 0 ${width} ${height}`, width, height,
    role: "img", "aria-label": `${count(all.length, "finding")} and ${count(shown.length, "event")} from ${minute(from)} to ${minute(to)}`});
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    picture.append(s("line", {class: "tick", x1: x(at), x2: x(at), y1: top, y2: height - 20}),
      s("text", {class: "axis", x: x(at), y: height - 6, "text-anchor": x(at) > width - 60 ? "end" : "middle"},
        step >= DAY ? day(at).slice(5) : at % DAY ? clock(at) : day(at).slice(5)));
  }
  lanes.forEach((kind, i) => {
    const y = top + i * lane + lane / 2 + (i ? extra : 0);
    picture.append(s("text", {class: "lane", x: 12, y: y + 4},
      kind === "finding" ? "Findings" : KINDS[kind]),
    s("line", {class: "tick", x1: left, x2: width - right, y1: y + lane / 2 + (i ? 0 : extra), y2: y + lane / 2 + (i ? 0 : extra)}));
    if (kind === "finding") {
      all.forEach(finding => picture.append(s("rect",
        {class: `bar ${SEVERITIES[finding.severity]}`, x: x(finding.start) - 4, y: y - 6 + rowOf.get(finding) * 16, rx: 4,
          width: Math.max(8, x(finding.end) - x(finding.start) + 8), height: 12},
        s("title", null, `${minute(finding.start)} ${finding.title}`))));
    } else {
      shown.filter(event => event.kind === kind).forEach(event => picture.append(s("circle",
        {class: `point ${kind}`, cx: x(event.at), cy: y, r: 5},
        s("title", null, `${minute(event.at)} ${event.observed} ${event.ip}`))));
    }
  });
  return h("div", {class: "scroll"}, picture);
};

const timelineView = (group, name) => {
  const all = [...group.findings].sort((one, other) => one.start - other.start);
  const seen = new Map();
  all.forEach(finding => eventsOf(finding).forEach(event => {
    const key = `${event.category} ${event.id}`;
    if (!seen.has(key)) {
      seen.set(key, event);
    }
  }));
  const items = [...[...seen.values()].map(event => ({at: event.at, order: 0, event})),
    ...all.map(finding => ({at: finding.end, order: 1, finding}))]
    .sort((one, other) => one.at - other.at || one.order - other.order);
  let last = "";
  return h("article", {class: "one"},
    h("p", {class: "steps"}, h("a", {href: "#"}, "All findings"), muted(name)),
    groupHead(group, "h2"), all.length > 0 && chart(all),
    group.incident && group.incident.isReal && h("div", {class: "commands"},
      command(about.explainIncident, brief(group.incident.id, true))),
    isLive && !group.incident && hasState(group.subject) && h("p", {class: "ask"}, h("a",
      {href: stateOf(group.subject)}, "Look up in the kept state")),
    h("h3", null, "What happened, UTC"),
    h("ol", {class: "timeline events"}, items.flatMap(item => {
      const heading = day(item.at) !== last && h("li", {class: "day"}, day(item.at));
      last = day(item.at);
      const element = item.event ? eventItem(item.event, item.at)
        : line(item.finding, second(item.at), "finding");
      return heading ? [heading, element] : [element];
    })));
};
