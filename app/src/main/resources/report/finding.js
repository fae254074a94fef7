// A finding: its line, what that opens to, and its view.

const eventItem = (event, before) => {
  const mattered = event.mattered.map(pair => `${spaced(pair[0])} ${pair[1]}`).join(", ");
  return h("li", {class: `event ${event.kind}`},
    h("span", {class: "when"}, h("span", {class: "time"}, second(event.at)),
      muted(before === undefined ? day(event.at)
        : event.at === before ? "" : `+ ${length(event.at - before)}`)),
    h("span", {class: "what"},
      h("span", null, h("b", null, event.observed), " ",
        event.ip && h("span", {class: "ip"}, event.ip), " ",
        muted(joined([networkText(event.network), event.place && event.place.name], " · "))),
      mattered && muted(mattered),
      muted(event.category, " ", h("code", null, event.id), " ", h("code", {class: "where"}, event.where))));
};

const gateList = (finding, level) => {
  const gates = finding.row[19].map(number => data.gates[number]);
  return gates.length > 0 && h("div", {class: "gates"}, h(level, {class: "small"}, "Checked",
    gates.some(gate => text(gate[1]) === "passed") && "; what passed did not suppress the finding"),
    h("ul", null, gates.map(([gate, verdict, named]) => h("li", null,
      h("span", {class: `verdict ${text(verdict) === "raised" || text(verdict) === "fires"
        ? "raised" : "other"}`}, text(verdict)),
      h("span", null, h("b", null, text(gate)), " ",
        muted(numbersText(text(gate), pairs(named).filter(pair => pair[0] !== "token"
          || !text(finding.row[7]).includes(pair[1])))))))));
};

const runbook = rule => rule && rule.runbook.length > 0 &&
  h("details", {class: "runbook"}, h("summary", null, "What to do"),
    h("ol", null, rule.runbook.map(step => h("li", null, marked(step)))));

const aboutFinding = finding => {
  const principal = part("principals", finding.row[9]);
  const rule = rules.get(finding.rule);
  const row = (name, ...value) => [h("dt", null, name), h("dd", null, value)];
  const group = pairs(finding.row[16]);
  const techniques = part("lists", finding.row[15]).map(text);
  return h("dl", {class: "about"},
    row("Subject", h("a", {href: linkTo.subject(subjects[finding.subject])},
      soft(subjects[finding.subject].name)),
    principal && muted(` ${text(principal[2])} ${text(principal[0])}`)),
    group.length > 0 && row("Group", group.map(pair => `${pair[0]} ${pair[1]}`).join(", ")),
    row("Rule", h("a", {href: linkTo.rule(finding.rule)}, finding.rule),
      muted(rule ? ` version ${rule.version}, reason ${finding.reason}` : ` reason ${finding.reason}`)),
    techniques.length > 0 && row("ATT&CK", joined(techniques.map(technique), ", ")),
    row("Time", span(finding.start, finding.end), " UTC",
      muted(`, count ${finding.count.toLocaleString("en")}, revision ${finding.revision}`)),
    row("Id", h("a", {href: linkTo.finding(finding)}, h("code", null, finding.id))));
};

const body = (finding, level) => {
  const alerts = finding.row[20].map(number => data.alerts[number].map(text));
  const seen = eventsOf(finding);
  const trip = journey(finding);
  return h("div", {class: "body"},
    h("p", {class: "description"}, soft(text(finding.row[7]))),
    alerts.map(alert => h("p", {class: "defender"}, "Microsoft Defender: ",
      alert[4] ? outside(alert[4], alert[0]) : alert[0], " ",
      muted(joined([alert[1], alert[2], alert[3]], " · ")))),
    h("div", {class: "columns"},
      h("div", null, seen.length > 0 && [h(level, {class: "small"}, "Evidence, UTC"),
        h("ol", {class: "events"}, seen.map((event, i) =>
          eventItem(event, i ? seen[0].at : undefined)))]),
      trip && h("div", null, h(level, {class: "small"}, "Places"), map([{places: trip, severity: finding.severity, findings: [finding]}], 420, true))),
    gateList(finding, level), runbook(rules.get(finding.rule)),
    isLive && h("p", {class: "ask"}, h("a", {href: linkTo.state("finding", finding.id)},
      "Explain by the kept state")),
    finding.isReal && (about.explain || about.accept) && h("div", {class: "commands"},
      command(about.explain, brief(finding.id, true)), command(about.accept, brief(finding.id, true))),
    aboutFinding(finding));
};

const fill = details => {
  if (details.children.length === 1) {
    details.append(body(details.finding, "h4"));
  }
};

const line = (finding, time, below) => {
  const addresses = finding.ip ? [finding.ip]
    : [...new Set(eventsOf(finding).map(event => event.ip).filter(ip => ip))].slice(0, 2);
  const details = h("details", {toggle: () => details.open && fill(details)},
    h("summary", null,
      h("span", {class: "when"}, h("span", {class: "time"}, time), muted(below)),
      h("span", {class: "level"}, severity(finding.severity), finding.before >= 0 &&
        muted(`${finding.before === finding.severity ? "stays" : "was"} ${SEVERITIES[finding.before]}`)),
      h("span", {class: "what"}, h("span", {class: "title"}, soft(finding.title)),
        h("span", {class: "muted"}, joined([finding.rule,
          finding.reason !== finding.rule && finding.reason,
          ...addresses.map(ip => h("span", {class: "ip"}, ip))], " · "), " ",
        finding.news && h("span", {class: "chip news"}, finding.news),
        chip(finding.flags & SHADOW, "shadow"), chip(finding.flags & COLD_START, "cold start"),
        chip(finding.flags & OVERFLOW, "more not counted"), chip(finding.row[20].length, "Defender")))));
  details.finding = finding;
  return h("li", {class: `finding ${SEVERITIES[finding.severity]}-line`, id: `f-${finding.id}`}, details);
};

const lines = (all, isTimeline) => {
  const first = earliest(all);
  let last = "";
  return all.flatMap(finding => {
    if (!isTimeline) {
      return [line(finding, day(finding.start), clock(finding.start))];
    }
    const later = finding.start - first;
    const item = line(finding, clock(finding.start), later ? `+ ${length(later)}` : "start");
    const heading = day(finding.start) !== last && h("li", {class: "day"}, day(finding.start));
    last = day(finding.start);
    return heading ? [heading, item] : [item];
  });
};

const findingView = finding => {
  const at = shown.indexOf(finding);
  const step = (to, word) => to
    ? h("a", {class: "step", href: linkTo.finding(to), rel: word}, word === "prev" ? "‹ Previous (k)" : "Next (j) ›")
    : h("span", {class: "step muted"}, word === "prev" ? "‹ Previous" : "Next ›");
  const incident = incidents[finding.incident];
  return h("article", {class: "one"},
    h("p", {class: "steps"}, h("a", {href: "#"}, "All findings"), step(shown[at - 1], "prev"),
      step(at < 0 ? null : shown[at + 1], "next"),
      at >= 0 && muted(`${(at + 1).toLocaleString("en")} of ${shown.length.toLocaleString("en")}`)),
    h("h2", null, severity(finding.severity), " ", soft(finding.title)),
    incident && h("p", null, "Part of ", h("a", {href: linkTo.incident(incident)},
      `incident ${brief(incident.id, incident.isReal)}`), ` with ${count(incident.findings.length, "finding")}`,
    finding.before >= 0 && `, ${finding.before === finding.severity ? "stays" : "raised from"} ${SEVERITIES[finding.before]}`, "."),
    body(finding, "h3"));
};
