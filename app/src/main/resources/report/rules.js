// The views of all rules and of one rule.

const bySeverity = all => SEVERITIES.map((_, k) => {
  const number = all.filter(finding => finding.severity === k).length;
  return number ? number.toLocaleString("en") : "";
}).slice(0, 3);

const rulesView = () => {
  const of = new Map();
  findings.forEach(finding => of.set(finding.rule, [...(of.get(finding.rule) || []), finding]));
  const ids = [...new Set([...rules.keys(), ...of.keys()])]
    .sort((one, other) => (of.get(other) || []).length - (of.get(one) || []).length);
  return h("section", null, h("h2", null, "Rules"),
    table(["Rule", "Title", "Correlates", "Runs", "High", "Medium", "Low", "ATT&CK"], ids.map(id => {
      const rule = rules.get(id);
      return [h("a", {href: linkTo.rule(id)}, id), rule ? rule.title : "", rule ? rule.correlates : "", rule ? rule.runs : "",
        ...bySeverity(of.get(id) || []), rule ? rule.techniques.join(", ") : ""];
    })));
};

const ruleView = id => {
  const rule = rules.get(id);
  const all = findings.filter(finding => finding.rule === id);
  const tally = key => {
    const numbers = new Map();
    all.forEach(finding => numbers.set(key(finding), (numbers.get(key(finding)) || 0) + 1));
    return [...numbers].sort((one, other) => other[1] - one[1]);
  };
  return h("article", {class: "one"},
    h("p", {class: "steps"}, h("a", {href: "#rules"}, "All rules")),
    h("h2", null, id), rule && h("p", null, rule.title, rule.correlates && `. Correlates ${rule.correlates}`, "."),
    rule && h("dl", {class: "about"}, h("dt", null, "Version"), h("dd", null, String(rule.version)),
      h("dt", null, "Runs"), h("dd", null, rule.runs),
      h("dt", null, "ATT&CK"), h("dd", null, joined([...rule.tactics, ...rule.techniques.map(technique)], ", ")),
      rule.settings.length > 0 && [h("dt", null, "Settings"), h("dd", null, rule.settings.map(setting =>
        h("div", null, h("code", null, `${setting[0]}: ${setting[1]}`), muted(` default ${setting[2]}`))))]),
    rule && rule.runbook.length > 0 && [h("h3", null, "What to do"),
      h("ol", {class: "steps-list"}, rule.runbook.map(step => h("li", null, marked(step))))],
    all.length > 0 && [h("h3", null, count(all.length, "finding")),
      h("div", {class: "columns"},
        h("div", null, table(["Reason", "Findings"], tally(finding => finding.reason).map(each => [each[0], String(each[1])]))),
        h("div", null, table(["Subject", "Findings"], tally(finding => finding.subject).slice(0, 10).map(each =>
          [h("a", {href: linkTo.subject(subjects[each[0]])}, soft(subjects[each[0]].name)), String(each[1])])))),
      h("ol", {class: "alone"}, lines(all.slice(0, 200), false)),
      all.length > 200 && h("p", {class: "muted"}, `The first 200 of ${all.length}; filter the list for more.`)]);
};
