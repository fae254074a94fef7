// A running service: its state, and whether there is news.

const open = () => {
  const line = h("p", {class: "live", role: "status"}, "Asking the service ...");
  const news = new EventSource("/events");
  const one = {line, changes: about.changes, sections: about.sections, last: Date.now(), told: null};
  one.tell = () => {
    if (!one.told) {
      return;
    }
    const newer = one.told.changes - one.changes;
    const problems = one.told.problems;
    line.classList.toggle("bad", problems.length > 0);
    line.replaceChildren();
    attach(line, null, [h("b", null, problems.length ? "Not well" : "Ready"),
      problems.length > 0 && `: ${problems.join("; ")}`, " ", newer !== 0 && h("button", {type: "button", click: () => one.renew()},
      newer > 0 ? `Show ${count(newer, "change")}` : "Show the findings since the restart")]);
  };
  one.fail = why => {
    line.classList.add("bad");
    line.textContent = why;
    one.told = null;
  };
  news.addEventListener("message", event => {
    one.last = Date.now();
    const told = JSON.parse(event.data);
    const isNews = !one.told || JSON.stringify(told) !== JSON.stringify(one.told);
    one.told = told;
    if (isNews) {
      one.tell();
    }
  });
  news.addEventListener("service", event => {
    one.last = Date.now();
    one.sections = JSON.parse(event.data);
    one.showSections();
  });
  news.addEventListener("failure", event => {
    one.last = Date.now();
    one.fail(JSON.parse(event.data).problem);
  });
  news.addEventListener("open", () => { one.last = Date.now(); });
  setInterval(() => {
    if (news.readyState !== EventSource.OPEN && Date.now() - one.last > 5000) {
      one.fail("The service does not answer.");
    }
  }, 1000);
  return one;
};
/** Shows the findings of now in the place of those shown, with the reader's filters. */
const renew = () => ask("/data", () => {}, newer => {
  if (newer === null || newer.problem) {
    station.fail(newer === null ? "The service does not answer." : newer.problem);
  } else {
    const kept = {...list.keeps(), at: scrollY, listAt: listScroll,
      revisions: new Map(findings.map(finding => [finding.id, finding.revision]))};
    leave();
    stop.abort();
    show(newer, kept);
  }
});
if (isLive) {
  station = station || open();
  station.changes = about.changes;
  station.renew = renew;
  station.showSections = () => {
    if (views(current || "")[0] === "about" && !main.contains(document.activeElement.closest("a, button"))) {
      main.replaceChildren(aboutView());
    }
  };
  station.tell();
}
