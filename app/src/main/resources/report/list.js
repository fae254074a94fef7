// The list of findings, with tiles (the numbers of findings by severity), the form of its filters, and its bars.

const list = (() => {
  const numbers = SEVERITIES.map((_, k) => findings.filter(finding => finding.severity === k).length);
  const results = h("div", {class: "results"});
  const output = h("output", {"aria-live": "polite"});
  const chart = h("div", {class: "bars", role: "group", "aria-label": "Findings a day"});
  const axis = h("p", {class: "axis muted", "aria-hidden": "true"});
  const byRule = new Map();
  findings.forEach(finding => byRule.set(finding.rule, (byRule.get(finding.rule) || 0) + 1));
  const busiest = subjects.map((subject, number) => [subject, number])
    .sort((one, other) => other[0].findings.length - one[0].findings.length).slice(0, MOST_SUBJECTS);
  const ruleSelect = h("select", {name: "rule"}, h("option", {value: ""}, "All rules"),
    [...byRule].sort().map(([rule, number]) => h("option", {value: rule}, `${rule} (${number})`)));
  const subjectSelect = h("select", {name: "subject"}, h("option", {value: "-1"}, "All subjects"),
    busiest.map(([subject, number]) =>
      h("option", {value: String(number)}, `${subject.name.slice(0, 60)} (${subject.findings.length})`)));
  const boxes = SEVERITIES.map((name, k) => h("input", {type: "checkbox", name: "severity", value: name, checked: true}));
  const search = h("input", {type: "search", name: "text", autocomplete: "off", spellcheck: "false",
    placeholder: "Name, address, id ( / )", "aria-label": "Text"});
  const form = h("form", {id: "filter"},
    h("fieldset", {class: "tiles"}, h("legend", null, "Severity"), SEVERITIES.map((name, k) =>
      (numbers[k] > 0 || k < 3) && h("label", {class: `tile ${name}`}, boxes[k],
        h("b", null, numbers[k].toLocaleString("en")), " ", h("span", null, name)))),
    h("div", {class: "fields"}, h("label", null, h("span", {class: "name"}, "Rule"), ruleSelect),
      h("label", null, h("span", {class: "name"}, "Subject"), subjectSelect),
      h("label", {class: "text"}, h("span", {class: "name"}, "Text"), search),
      h("button", {type: "reset"}, "Reset")));
  const element = h("div", {class: "list"}, form, findings.length > 0 && h("div", {class: "days"}, chart, axis), output, results);
  let next = 0;
  let watcher = null;
  const more = h("button", {type: "button", class: "more", click: () => append()});
  const append = () => {
    more.remove();
    let added = 0;
    while (next < shownGroups.length && added < PAGE_FINDINGS) {
      const group = shownGroups[next];
      const kind = group.incident ? "Incidents" : incidents.length ? "By subject" : "Findings";
      if (results.lastHeading !== kind) {
        results.append(h("h2", null, kind));
        results.lastHeading = kind;
      }
      results.append(groupElement(group));
      added += Math.min(GROUP_FINDINGS, group.findings.length);
      next++;
    }
    if (next < shownGroups.length) {
      const left = shownGroups.slice(next).reduce((sum, group) => sum + group.findings.length, 0);
      more.textContent = `Show more (${left.toLocaleString("en")} left)`;
      results.append(more);
      if (watcher) {
        watcher.disconnect();
        watcher.observe(more);
      }
    }
  };
  if (window.IntersectionObserver) {
    watcher = new IntersectionObserver(entries => entries.some(entry => entry.isIntersecting) && append(), {rootMargin: "600px"});
  }
  const refresh = () => {
    applyFilter();
    results.replaceChildren();
    results.lastHeading = null;
    next = 0;
    append();
    chart.replaceChildren(...dayBars(filter.day === null ? shown : findings));
    axis.replaceChildren(...[bars.from, bars.from + (bars.number - 1) * bars.width].map(at => h("span", null, day(at))));
    const isWhole = shown.length === findings.length;
    output.textContent = findings.length === 0 ? "No findings." : isWhole ? `${count(shown.length, "finding")}`
      : `${shown.length.toLocaleString("en")} of ${count(findings.length, "finding")}${filter.day === null ? "" : `, ${day(filter.day)}`}`;
  };
  const take = () => {
    filter.severities = new Set(boxes.flatMap((box, k) => box.checked ? [k] : []));
    filter.rule = ruleSelect.value;
    filter.subject = Number(subjectSelect.value);
    filter.words = search.value.toLowerCase().split(/\s+/).filter(word => word);
    refresh();
  };
  /** Sets the filters as they were over older data, with as many findings shown. */
  const restore = kept => {
    boxes.forEach((box, k) => { box.checked = kept.severities[k]; });
    if (kept.rule && !byRule.has(kept.rule)) {
      ruleSelect.append(h("option", {value: kept.rule}, `${kept.rule} (0)`));
    }
    ruleSelect.value = kept.rule;
    const number = subjects.findIndex(subject => keyOf(subject) === kept.subject);
    if (number >= 0 && !busiest.some(each => each[1] === number)) {
      subjectSelect.append(h("option", {value: String(number)}, subjects[number].name.slice(0, 60)));
    }
    subjectSelect.value = String(number);
    search.value = kept.text;
    const bar = kept.day === null ? -1 : Math.floor((kept.day - bars.from) / bars.width);
    filter.day = bar >= 0 && bar < bars.number ? bars.from + bar * bars.width : null;
    take();
    while (next < shownGroups.length && next < kept.groups) {
      append();
    }
    results.querySelectorAll(".finding > details").forEach(details => {
      if (kept.open.has(details.finding.id)) {
        fill(details);
        details.open = true;
      }
    });
  };
  const keeps = () => ({severities: boxes.map(box => box.checked), rule: ruleSelect.value,
    subject: filter.subject < 0 ? "" : keyOf(subjects[filter.subject]), text: search.value,
    day: filter.day, groups: next, focus: form.contains(document.activeElement) ? document.activeElement.name : "",
    open: new Set([...results.querySelectorAll(".finding > details[open]")].map(each => each.finding.id))});
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(take, 80);
  });
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { filter.day = null; take(); }));
  const printed = [];
  return {element, refresh, search, restore, keeps, form,
    beforePrint: () => {
      while (next < shownGroups.length && results.querySelectorAll(".finding").length < MOST_PRINTED) {
        append();
      }
      results.querySelectorAll("button.more").forEach(button => button !== more && button.click());
      results.querySelectorAll(".finding > details:not([open])").forEach(details => {
        fill(details);
        details.open = true;
        printed.push(details);
      });
    },
    afterPrint: () => printed.splice(0).forEach(details => { details.open = false; })};
})();
