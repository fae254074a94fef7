// Findings by incident, or else by subject.

const groups = (() => {
  const all = incidents.map(incident => ({incident, findings: incident.findings,
    subject: subjects[incident.findings[0].subject]}));
  const alone = new Map();
  for (const finding of findings) {
    if (finding.incident < 0) {
      if (!alone.has(finding.subject)) {
        alone.set(finding.subject, {subject: subjects[finding.subject], findings: []});
      }
      alone.get(finding.subject).findings.push(finding);
    }
  }
  return [...all, ...alone.values()];
})();

const relatedLine = near => near.map(([address, number, others]) => h("p", {class: "related"},
  "Also at ", h("span", {class: "ip"}, text(address)), " within a day: ",
  others.length === 0 ? `${number} other findings or incidents` : joined(others.map(other => other < -1
    ? h("a", {href: linkTo.incident(incidents[-2 - other])},
      `incident ${brief(incidents[-2 - other].id, incidents[-2 - other].isReal)}`)
    : other < 0 ? "another finding"
    : h("a", {href: linkTo.finding(findings[other])}, findings[other].title)), ", ")));

const groupHead = (group, level) => {
  const ofRules = rulesOf(group.findings);
  const incident = group.incident;
  return h("header", null,
    h(level, null, severity(worst(group.findings)), " ",
      h("a", {class: "title", href: incident ? linkTo.incident(incident) : linkTo.subject(group.subject)},
        soft(incident ? incident.subject : group.subject.name)), " ",
      chip(incident, "incident"), !incident && muted(group.subject.kind)),
    h("p", {class: "muted"}, `${count(group.findings.length, "finding")} of ${count(ofRules.length, "rule")}, `,
      span(earliest(group.findings), latest(group.findings)),
      incident && incident.isRaised && [", ", h("b", null, "raised"), ` since ${ofRules.length} rules agree`],
      ofRules.length < 5 && `: ${ofRules.join(", ")}`),
    incident && relatedLine(incident.near));
};

const groupElement = group => {
  const isSingle = !group.incident && group.findings.length === 1;
  const list = h("ol", {class: group.incident ? "timeline" : "alone"},
    lines(group.findings.slice(0, GROUP_FINDINGS), group.incident));
  const left = group.findings.length - GROUP_FINDINGS;
  const more = left > 0 && h("button", {type: "button", class: "more", click: () => {
    list.replaceChildren(...lines(group.findings, group.incident));
    more.remove();
  }}, `Show ${count(left, "more finding")}`);
  return h("article", {class: isSingle ? "single" : "group"},
    !isSingle && groupHead(group, "h3"), list, more);
};
