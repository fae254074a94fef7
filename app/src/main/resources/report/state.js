// The view of the kept state of a running service.

/** Asks the service something that it answers once; returns what ends the waiting. */
const ask = (path, tell, end) => {
  const query = new EventSource(path);
  query.addEventListener("progress", event => tell(JSON.parse(event.data)));
  query.addEventListener("answer", event => {
    query.close();
    end(JSON.parse(event.data));
  });
  query.addEventListener("error", () => {
    query.close();
    end(null);
  });
  return () => query.close();
};

const KIND_WORDS = {any: "Any kind", principal: "Principal", partner: "Partner", token: "Token",
  session: "Session", address: "Address", application: "Application", resource: "Resource",
  group: "Group", finding: "Finding"};
const asked = value => {
  const at = value.indexOf(":");
  const kind = value.slice(0, at);
  return at > 0 && KIND_WORDS[kind] ? [kind, value.slice(at + 1)] : ["any", value];
};
const letter = label => label.slice(label.indexOf("/") + 1);
const networkWords = fact => joined([fact.place && [fact.place.city, fact.place.country].filter(each => each).join(", "),
  networkText({asn: fact.asn === undefined ? -1 : fact.asn, organisation: fact.organisation || "",
    country: fact.country || "", kind: fact.class === "unknown" ? "" : fact.class || ""})], " · ");
const fieldWords = (name, value) => value === true ? spaced(name)
  : value === false || value === 0 || value.length === 0 ? ""
  : Array.isArray(value) ? `${spaced(name)} ${value.slice(0, 3).map(each => each.text).join(", ")}${value.length > 3 ? ` and ${value.length - 3} more` : ""}`
  : numberWords(name, String(value));

const factItem = fact => {
  const from = Date.parse(fact.first.time), to = Date.parse(fact.last.time);
  return h("li", {class: `event ${kindOf(fact.first.category)}`},
    h("span", {class: "when"}, h("span", {class: "time"}, second(from)),
      from !== to && muted(day(from) === day(to) ? `to ${second(to)}` : `to ${minute(to)}`)),
    h("span", {class: "what"},
      h("span", null, h("b", null, letter(fact.label)), " ",
        fact.ip && h("span", {class: "ip"}, fact.ip), " ", muted(networkWords(fact))),
      muted(joined([spaced(fact.kind), fact.first.category, ...Object.entries(fact.fields).map(pair => fieldWords(...pair)),
        fact.minutes > 1 && `${fact.minutes} minutes`,
        fact.principal && (fact.principal.name || fact.principal.id)], ", "))));
};

const verdictItem = (verdict, own) => h("li", null,
  h("p", null, h("span", {class: `verdict ${verdict.outcome === "fires" ? "raised" : "other"}`},
    verdict.outcome === "passed" ? "not near" : verdict.outcome), " ",
  verdict.severity && [severity(SEVERITIES.indexOf(verdict.severity)), " "],
  h("b", null, verdict.by.join(", ")), " ",
  muted(verdict.facts.length > 6 ? `${verdict.facts.length} facts`
    : [...verdict.facts].sort().map(letter).join(" and ")), " ",
  verdict.finding && (byId.has(verdict.finding)
    ? h("a", {href: linkTo.finding(byId.get(verdict.finding))}, `finding ${verdict.finding.slice(0, 8)}`)
    : muted(`finding ${verdict.finding.slice(0, 8)}`))),
  verdict.gates.length > 0 && h("div", {class: "gates"}, h("ul", null, verdict.gates
    .filter(gate => gate.verdict !== "not reached").map(gate => h("li", null,
      h("span", {class: `verdict ${/^(fires|raised)$/.test(gate.verdict) ? "raised" : "other"}`}, gate.verdict),
      h("span", null, h("b", null, gate.gate), " ",
        muted(numbersText(gate.gate, Object.entries(gate.numbers).sort().map(pair => [pair[0], String(pair[1])]), own))))))));

const judgedDay = (judged, isOpen, own) => {
  const order = ["fires", "suppressed", "passed"];
  const verdicts = [...judged.verdicts].sort((one, other) =>
    order.indexOf(one.outcome) - order.indexOf(other.outcome));
  const tally = order.map(outcome => [outcome, verdicts.filter(each => each.outcome === outcome).length])
    .filter(each => each[1]).map(([outcome, number]) => `${number} ${
      outcome === "passed" ? "not near" : outcome === "fires" && number > 1 ? "fire" : outcome}`);
  return h("details", {class: "judged", open: isOpen},
    h("summary", null, h("b", null, judged.date), " ",
      verdicts.some(each => each.outcome === "fires") && severity(Math.min(...verdicts
        .filter(each => each.severity).map(each => SEVERITIES.indexOf(each.severity)))), " ",
      muted(joined([count(judged.facts.length + (judged.factsLeftOut || 0), "fact"), ...tally,
        judged.overflow && "more facts or findings came than are kept"], ", "))),
    judged.failure && h("p", {class: "bad"}, `The rule failed: ${judged.failure}`),
    h("div", {class: "body"},
      h("h5", {class: "small"}, "Facts, UTC"),
      h("ol", {class: "events"}, judged.facts.map(factItem)),
      judged.factsLeftOut > 0 && h("p", {class: "muted"}, `and ${count(judged.factsLeftOut, "more fact")}`),
      verdicts.length > 0 && [h("h5", {class: "small"}, "What the rule reports"),
        h("ol", {class: "verdicts"}, verdicts.map(verdict => verdictItem(verdict, own)))],
      judged.verdictsLeftOut > 0 && h("p", {class: "muted"}, `and ${judged.verdictsLeftOut} more like these`)));
};

const keptSubject = subject => {
  const ofRule = new Map();
  subject.judged.forEach(each => ofRule.set(each.rule, [...(ofRule.get(each.rule) || []), each]));
  const weight = each => each.verdicts.some(one => one.outcome === "fires") ? 2
    : each.verdicts.some(one => one.outcome === "suppressed") ? 1 : 0;
  const most = Math.max(...subject.judged.map(weight));
  let opened = false;
  // Facts about a principal need not have the name, which a finding has.
  const found = !subject.name && subjects.find(each => each.id === subject.id && each.name !== each.id);
  const name = subject.name || (found && found.name);
  return h("article", {class: "group kept"},
    h("header", null, h("h3", null, h("span", {class: "title"}, soft(name || subject.id)), " ", muted(subject.kind)),
      name && h("p", {class: "muted"}, h("code", null, subject.id))),
    h("div", {class: "inside"},
      [...ofRule].map(([rule, days]) => [h("h4", null, h("a", {href: linkTo.rule(rule)}, rule)),
        days.map(each => {
          const isFirst = !opened && weight(each) === most;
          opened = opened || isFirst;
          return judgedDay(each, isFirst, subject.id);
        })]),
      subject.judged.length === 0 && h("p", null, "No rule keeps facts of a day of it now."),
      subject.learned.length > 0 && h("details", {class: "judged"},
        h("summary", null, h("b", null, "Learned"), " ", muted(count(subject.learned.length, "trait"), " of closed days")),
        table(["Rule", "Learned", "Days", "Last"], subject.learned.slice(0, 60).map(lesson => [lesson.rule, lesson.trait,
          String(lesson.days.length), lesson.days.length ? lesson.days[lesson.days.length - 1].date : ""]))),
      subject.alerts.length > 0 && [h("h4", null, "Defender's alerts"),
        h("ul", null, subject.alerts.map(alert => h("li", null,
          alert.title || alert.id, " ", muted(joined([alert.severity, alert.product, alert.id], " · ")))))],
      subject.daysLeftOut > 0 && h("p", {class: "muted"}, `${count(subject.daysLeftOut, "more day")} of rules ${subject.daysLeftOut === 1 ? "is" : "are"} kept and not shown.`)));
};

const stateAnswer = answer => answer.problem ? h("p", {class: "problem"}, answer.problem) : [
  answer.subjects.map(keptSubject),
  answer.others.length > 0 && [h("h3", null, answer.hasMore ? "Some others whose facts name it" : "Others whose facts name it"),
    table(["Kind", "Id"], answer.others.slice(0, 60).map(other => [KIND_WORDS[other.kind] || other.kind,
      h("a", {href: linkTo.state(other.kind, other.id)}, soft(other.id))])),
    answer.others.length > 60 && h("p", {class: "muted"}, `and ${answer.others.length - 60} more`)],
  h("p", {class: "muted"}, `${count(answer.records, "record")} of state read in ${(answer.millis / 1000).toFixed(1)} s, as committed last, and judged by the rules of this instance.`)];

const stateView = (kind, words) => {
  const kinds = h("select", {name: "kind"}, Object.entries(KIND_WORDS).map(([each, word]) =>
    h("option", {value: each, selected: each === kind}, word)));
  const field = h("input", {type: "search", name: "words", value: words, autocomplete: "off", spellcheck: "false", required: true, maxlength: "300",
    placeholder: "Name, object id, address, token"});
  const form = h("form", {class: "look", submit: event => {
    event.preventDefault();
    const to = linkTo.state(kinds.value, field.value.trim());
    if (field.value.trim() && location.hash !== to) {
      location.hash = to;
    } else if (field.value.trim()) {
      route();
    }
  }}, h("div", {class: "fields"}, h("label", null, h("span", {class: "name"}, "Kind"), kinds),
    h("label", {class: "text"}, h("span", {class: "name"}, "Id or name"), field),
    h("button", {type: "submit"}, "Look up")));
  const status = h("p", {class: "muted", role: "status"});
  const results = h("div", {class: "results"});
  if (words) {
    status.textContent = "Reading the state of all instances ...";
    leave = ask(`/state?kind=${encodeURIComponent(kind)}&text=${encodeURIComponent(words)}`,
      progress => { status.textContent = progress; },
      answer => {
        status.replaceChildren();
        attach(results, null, [stateAnswer(answer || {problem: "The service did not answer; ask again."})]);
      });
  }
  const busy = words ? [] : subjects.filter(hasState)
    .sort((one, other) => other.findings.length - one.findings.length).slice(0, 12);
  if (busy.length > 0) {
    results.append(h("h3", null, "Subjects with findings"),
      table(["Subject", "Kind", "Findings", "Latest"], busy.map(subject => [
        h("a", {href: stateOf(subject)}, soft(subject.name)), subject.kind,
        String(subject.findings.length), minute(latest(subject.findings))])));
  }
  return h("section", null, h("h2", null, "Kept state"),
    h("p", {class: "muted"}, "What the rules of all instances keep of a subject now, and what they report on it: whether it fires, or which gate suppressed it."),
    form, status, results);
};
