// The view of the report itself, or of the service.

const aboutView = () => h("section", null, h("h2", null, isLive ? "This instance" : "About this report"),
  h("dl", {class: "about"}, h("dt", null, "Program"), h("dd", null, `Lockstep ${about.version}`),
    about.config && [h("dt", null, "Configuration"), h("dd", null, h("code", null, about.config))],
    about.to && [h("dt", null, "Period"), h("dd", null, `${span(about.from, about.to)} UTC, by arrival`)],
    h("dt", null, "Keys"), h("dd", null, "/ text filter, j and k next and previous finding, Enter opens, Escape to the list")),
  (station ? station.sections : about.sections).map(section => [h("h3", {id: section.id}, section.title),
    section.rows.length > 0 && table(section.headings, section.rows),
    section.note && h("p", {class: "muted"}, section.note)]),
  about.summary.length > 0 && [h("h3", {id: "summary"}, "Summary of what was read"),
    h("pre", {tabindex: "0"}, about.summary.join("\n"))]);
