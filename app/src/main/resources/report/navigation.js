// The head of the page, its tabs, and the way from an address to a view.

const main = h("main", {tabindex: "-1"});
const TABS = [["", "Findings"], ["map", "Map"], ["partners", "Partners"], ["rules", "Rules"], ["state", "State"], ["about", isLive ? "Service" : "About"]]
  .filter(([hash]) => (hash !== "state" || isLive) && (hash !== "map" || findings.some(journey))
    && (hash !== "partners" || subjects.some(subject => subject.kind === "partner")));
const tabs = TABS.map(([hash, word]) => h("a", {href: `#${hash}`}, word));
const shadowed = findings.filter(finding => finding.flags & SHADOW).length;

page.append(h("header", {class: "top"},
  h("p", {class: "muted"}, joined([`Lockstep ${about.kind}`, about.to && `${span(about.from, about.to)} UTC`], " · ")),
  h("h1", null, isLive && "Latest ", incidents.length > 0 && `${count(incidents.length, "incident")}, `, count(findings.length, "finding")),
  shadowed > 0 && h("p", null, `${count(shadowed, "finding")} in shadow, which no sink gets.`),
  isLive && station.line, h("nav", {"aria-label": "Views"}, tabs)), main);

/** What has an id, or is the only one with its beginning of 8 characters or more, as commands take it. */
const withId = (all, id) => {
  const whole = all.find(each => each.id === id);
  const like = whole || id.length < 8 ? [] : all.filter(each => each.id.startsWith(id));
  return whole || (like.length === 1 ? like[0] : undefined);
};
const views = hash => {
  const value = (() => {
    try {
      return decodeURIComponent(hash.slice(2));
    } catch {
      return hash.slice(2);
    }
  })();
  const finding = hash.startsWith("f-") && withId(findings, value);
  if (finding) {
    return ["", () => findingView(finding)];
  }
  const incident = hash.startsWith("i-") && withId(incidents, value);
  if (incident) {
    return ["", () => timelineView({incident, findings: incident.findings,
      subject: subjects[incident.findings[0].subject]}, `incident ${incident.id}`)];
  }
  const subject = hash.startsWith("s-") && subjects.find(each => keyOf(each) === value);
  if (subject) {
    return [subject.kind === "partner" ? "partners" : "",
      () => timelineView({subject, findings: subject.findings}, `${subject.kind} ${subject.id}`)];
  }
  if (hash.startsWith("r-")) {
    return ["rules", () => ruleView(value)];
  }
  const section = about.sections.find(each => each.id === hash) || hash === "summary";
  return hash === "map" ? ["map", mapView] : hash === "partners" ? ["partners", partnerView]
    : hash === "rules" ? ["rules", rulesView]
    : isLive && hash === "state" ? ["state", () => stateView("any", "")]
    : isLive && hash.startsWith("q-") ? ["state", () => stateView(...asked(value))]
    : hash === "about" || section ? ["about", aboutView] : ["", null];
};
let current = null;
let listScroll = 0;
const isList = () => main.firstChild === list.element;
/** Ends what a view does while it is shown. */
let leave = () => {};
const route = () => {
  leave();
  leave = () => {};
  const hash = location.hash.slice(1);
  if (isList()) {
    listScroll = scrollY;
  }
  const [tab, build] = views(hash);
  current = hash;
  tabs.forEach((link, i) => link.toggleAttribute("aria-current", TABS[i][0] === tab));
  const here = tabs.find(link => link.hasAttribute("aria-current"));
  if (here && here.parentNode) {
    here.parentNode.scrollLeft = here.offsetLeft - here.parentNode.offsetLeft - 40;
  }
  main.replaceChildren(build ? build() : list.element);
  if (build) {
    const named = document.getElementById(hash);
    if (named && !named.classList.contains("finding")) {
      named.scrollIntoView();
    } else {
      scrollTo(0, 0);
    }
  } else {
    scrollTo(0, listScroll);
  }
};
addEventListener("hashchange", () => location.hash.slice(1) !== current && route(), whileShown);
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth !== width && !isList() && views(current)[0] !== "state") { // asks nothing again
    width = innerWidth;
    route();
  }
}, whileShown);
addEventListener("beforeprint", () => isList() && list.beforePrint(), whileShown);
addEventListener("afterprint", () => list.afterPrint(), whileShown);
addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey
    || /^(input|select|textarea)$/i.test(event.target.tagName || "")) {
    return;
  }
  if (event.key === "/") {
    event.preventDefault();
    if (!isList()) {
      location.hash = "";
      route();
    }
    list.search.focus();
  } else if (event.key === "Escape" && !isList()) {
    location.hash = "";
  } else if (event.key === "j" || event.key === "k") {
    const by = event.key === "j" ? 1 : -1;
    if (current.startsWith("f-")) {
      const at = shown.findIndex(finding => linkTo.finding(finding) === location.hash);
      const to = shown[at + by];
      if (to) {
        location.hash = linkTo.finding(to);
      }
    } else {
      const all = [...main.querySelectorAll(".finding > details > summary")];
      const at = all.indexOf(document.activeElement);
      const to = all[Math.max(0, Math.min(all.length - 1, at + by))];
      if (to) {
        to.focus();
      }
    }
  }
}, whileShown);
