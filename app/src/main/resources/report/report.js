(() => {
  "use strict";
  /** What a running service tells of itself, for as long as the page is open. */
  let station = null;
  const page = document.getElementById("page");
  const source = document.getElementById("data");
  if (source.type === "application/gzip") {
    page.textContent = "Reading the findings ...";
    const bytes = Uint8Array.from(atob(source.textContent), c => c.charCodeAt(0));
    new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json().then(
      show, error => { page.textContent = `could not read the findings: ${error}; open the file in a newer browser`; });
  } else {
    show(JSON.parse(source.textContent));
  }

  /** Shows data; `before` is what the reader had chosen when older data were shown. */
  function show(data, before) {
    page.replaceChildren();
    const stop = new AbortController(); // ends what listens, before newer data are shown
    const whileShown = {signal: stop.signal};
    const about = data.about;
    const isLive = about.changes !== undefined;
    const SEVERITIES = ["High", "Medium", "Low", "Informational"];
    const SHADOW = 1, COLD_START = 2, OVERFLOW = 4;
    const PAGE_FINDINGS = 60, GROUP_FINDINGS = 12, MOST_PRINTED = 1000, MOST_SUBJECTS = 200;
    const DAY = 86400000;
    const SVG = "http://www.w3.org/2000/svg";

    // ---- elements: texts become text nodes, so no text is ever markup ----

    const attach = (element, attributes, children) => {
      for (const [name, value] of Object.entries(attributes || {})) {
        if (typeof value === "function") {
          element.addEventListener(name, value);
        } else if (value !== null && value !== undefined && value !== false) {
          element.setAttribute(name, value === true ? "" : value);
        }
      }
      for (const child of children.flat(Infinity)) {
        if (child !== null && child !== undefined && child !== false && child !== "") {
          element.append(child);
        }
      }
      return element;
    };
    const h = (name, attributes, ...children) =>
      attach(document.createElement(name), attributes, children);
    const s = (name, attributes, ...children) =>
      attach(document.createElementNS(SVG, name), attributes, children);
    /** Text that a line may break behind each @. */
    const soft = text => text.split("@").flatMap((part, i) => i ? ["@", h("wbr"), part] : [part]);
    /** Text in which backticks mark code. */
    const marked = text => text.split("`").map((part, i) => i % 2 ? h("code", null, part) : part);
    const muted = (...children) => h("span", {class: "muted"}, children);
    const joined = (parts, by) => parts.filter(part => part).flatMap((part, i) => i ? [by, part] : [part]);
    const outside = (url, ...children) => url.startsWith("https://")
      ? h("a", {href: url, rel: "noopener noreferrer", target: "_blank"}, children)
      : h("span", null, children);

    // ---- words ----

    const count = (number, word) =>
      `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
    const iso = millis => Math.abs(millis) <= 8.64e15 ? new Date(millis).toISOString() : "?".repeat(24);
    const day = millis => iso(millis).slice(0, 10);
    const clock = millis => iso(millis).slice(11, 16);
    const second = millis => iso(millis).slice(11, 19);
    const minute = millis => `${day(millis)} ${clock(millis)}`;
    const span = (from, to) => minute(from) === minute(to) ? minute(from)
      : `${minute(from)} to ${day(from) === day(to) ? clock(to) : minute(to)}`;
    const length = millis => {
      const minutes = Math.floor(millis / 60000);
      const parts = minutes < 1 ? [Math.floor(millis / 1000), "s"]
        : minutes < 60 ? [minutes, "min"]
        : minutes < 2880 ? [Math.floor(minutes / 60), "h", minutes % 60 || "", minutes % 60 ? "min" : ""]
        : [Math.floor(minutes / 1440), "days"];
      return parts.filter(part => part !== "").join(" ");
    };

    const UNITS = [["Kmh", "km/h"], ["Km", "km"], ["Seconds", "s"], ["Minutes", "min"], ["Hours", "h"], ["Days", "days"]];
    const spaced = name => name.replace(/[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+/g,
      (part, at) => (at ? " " : "") + part.toLowerCase());
    /** A number of a gate in words: limitKm 500 is "limit 500 km". */
    const numberWords = (name, value) => {
      const unit = /^-?[\d.]+(E-?\d+)?$/.test(value) && UNITS.find(each => name.endsWith(each[0])
        || new RegExp(`^${each[0].toLowerCase()}([A-Z]|$)`).test(name));
      const bare = !unit ? name : name.endsWith(unit[0]) ? name.slice(0, -unit[0].length)
        : name.slice(unit[0].length);
      return joined(unit && unit[1] === "s" ? [spaced(bare), length(value * 1000)]
        : [spaced(bare), value, unit && unit[1]], " ").join("");
    };
    const isLimit = name => /^(limit|needs)/.test(name);
    /** Numbers of a gate in words, limits last, without the id of whom all is about. */
    const numbersText = (all, own) => joined([false, true].map(limits => all
      .filter(pair => isLimit(pair[0]) === limits && (own === undefined || pair[1] !== own))
      .map(pair => numberWords(...pair)).join(", ")), "; ").join("");

    // ---- the data: numbers lead to texts and to shared parts ----

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

    // ---- links ----

    const linkTo = {
      finding: finding => `#f-${encodeURIComponent(finding.id)}`,
      incident: incident => `#i-${encodeURIComponent(incident.id)}`,
      subject: subject => `#s-${encodeURIComponent(keyOf(subject))}`,
      rule: rule => `#r-${encodeURIComponent(rule)}`,
      state: (kind, text) => `#q-${encodeURIComponent(`${kind}:${text}`)}`};
    const hasState = subject => subject.kind !== "group" && subject.kind !== "rule";
    /** A link to the state of a subject; principals go by their type in a report. */
    const stateOf = subject => linkTo.state(/^(partner|address)$/.test(subject.kind) ? subject.kind : "principal", subject.id);
    const brief = (id, isReal) => isReal ? id.slice(0, 8) : id;
    const severity = number =>
      h("span", {class: `severity ${SEVERITIES[number]}`}, SEVERITIES[number]);
    const chip = (is, word) => is ? h("span", {class: "chip"}, word) : null;
    const technique = id => /^T\d{4}(\.\d{3})?$/.test(id)
      ? outside(`https://attack.mitre.org/techniques/${id.replace(".", "/")}/`, id) : id;
    const command = (parts, id) => {
      if (!parts) {
        return null;
      }
      const code = h("code", null, parts[0] + id + parts[1]);
      const button = h("button", {type: "button", class: "copy", click: () => {
        const done = word => {
          button.textContent = word;
          setTimeout(() => { button.textContent = "Copy"; }, 1500);
        };
        const select = () => {
          getSelection().selectAllChildren(code);
          done("Selected");
        };
        if (navigator.clipboard) {
          navigator.clipboard.writeText(code.textContent).then(() => done("Copied"), select);
        } else {
          select();
        }
      }}, "Copy");
      return h("div", {class: "command"}, code, button);
    };

    // ---- a finding: a line, and what it opens to ----

    const eventItem = (event, before) => {
      const mattered = event.mattered.map(pair => `${pair[0]} ${pair[1]}`).join(", ");
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
      return gates.length > 0 && h("div", {class: "gates"}, h(level, {class: "small"}, "Checked"),
        h("ul", null, gates.map(([gate, verdict, named]) => h("li", null,
          h("span", {class: `verdict ${text(verdict) === "raised" || text(verdict) === "fires"
            ? "raised" : "other"}`}, text(verdict)),
          h("span", null, h("b", null, text(gate)), " ",
            muted(numbersText(pairs(named))))))));
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

    // ---- a chart of time, and a map ----

    const widthFor = most => Math.max(300, Math.min(most, page.clientWidth - 40));

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

    const land = document.getElementById("land").textContent;
    const projected = place => [(place.longitude + 180) * 5, (84 - place.latitude) * 5];
    /** Points of the shortest way over the globe. */
    const way = (from, to) => {
      const vector = ({latitude, longitude}) => {
        const phi = latitude * Math.PI / 180, lambda = longitude * Math.PI / 180;
        return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
      };
      const a = vector(from), b = vector(to);
      const angle = Math.acos(Math.max(-1, Math.min(1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2])));
      if (angle < 1e-6) {
        return "";
      }
      let path = "", before = null;
      for (let i = 0; i <= 48; i++) {
        const f = Math.sin((1 - i / 48) * angle) / Math.sin(angle);
        const g = Math.sin(i / 48 * angle) / Math.sin(angle);
        const [vx, vy, vz] = a.map((each, k) => f * each + g * b[k]);
        const [px, above] = projected({latitude: Math.atan2(vz, Math.hypot(vx, vy)) * 180 / Math.PI,
          longitude: Math.atan2(vy, vx) * 180 / Math.PI});
        const py = Math.max(12, above); // along the edge of the map, over the pole
        path += `${before === null || Math.abs(px - before) > 900 ? "M" : "L"}${px.toFixed(1)} ${py.toFixed(1)}`;
        before = px;
      }
      return path;
    };
    /** A map with a line for each pair of places; cut to them if it is a small one. */
    const map = (trips, most, isCut) => {
      const width = widthFor(most);
      let box = [0, 0, 1800, 710];
      if (isCut) {
        const points = trips.flatMap(trip => trip.places.map(projected));
        const xs = points.map(point => point[0]), ys = points.map(point => point[1]);
        const wide = Math.max(300, (Math.max(...xs) - Math.min(...xs)) * 1.5,
          (Math.max(...ys) - Math.min(...ys)) * 1.5 * 1.7);
        const high = wide / 1.7;
        box = [(Math.max(...xs) + Math.min(...xs) - wide) / 2,
          (Math.max(...ys) + Math.min(...ys) - high) / 2, wide, high];
      }
      const height = width * box[3] / box[2];
      const unit = box[2] / width;
      const picture = s("svg", {class: "map", viewBox: box.map(each => each.toFixed(1)).join(" "),
        width: Math.round(width), height: Math.round(height), role: "img",
        "aria-label": `Map of ${trips.slice(0, 20).map(trip => trip.places.map(place => place.name).join(" and ")).join("; ")}`},
      s("rect", {class: "sea", x: box[0], y: box[1], width: box[2], height: box[3]}),
      s("path", {class: "land", d: land}));
      [...trips].reverse().forEach(trip => {
        const path = s("path", {class: `way ${SEVERITIES[trip.severity]}`, d: way(...trip.places),
          "stroke-width": (1.8 + Math.min(3, Math.log2(trip.findings.length))).toFixed(1)},
        s("title", null, `${trip.places.map(place => place.name).join(" and ")}: ${count(trip.findings.length, "finding")}`));
        picture.append(path);
      });
      const labels = [];
      const places = new Map(trips.flatMap(trip => trip.places).map(place => [place.name, place]));
      const size = 12 * unit;
      places.forEach(place => {
        const [px, py] = projected(place);
        picture.append(s("circle", {class: "place", cx: px, cy: py, r: 3.5 * unit},
          s("title", null, place.name)));
        const wide = place.name.length * size * 0.56;
        const isLeft = px + 8 * unit + wide > box[0] + box[2];
        const near = isLeft ? px - 8 * unit - wide : px + 8 * unit;
        const at = [py + size / 3, py - size * 0.7, py + size * 1.3]
          .find(y => labels.every(([lx, ly, lw]) =>
            near + wide < lx || lx + lw < near || Math.abs(y - ly) > size * 1.05));
        if (at !== undefined && place.name.length <= 40) {
          labels.push([near, at, wide]);
          picture.append(s("text", {class: "label", x: isLeft ? px - 8 * unit : near, y: at,
            "text-anchor": isLeft ? "end" : "start", "font-size": size.toFixed(1),
            "stroke-width": (3 * unit).toFixed(1)}, place.name));
        }
      });
      return picture;
    };

    // ---- the list, with its filters ----

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

    const textsOf = finding => {
      if (!finding.texts) {
        const all = new Set([finding.row[0], finding.row[2], finding.row[3], finding.row[6],
          finding.row[7], finding.row[10], ...data.subjects[finding.subject],
          ...(part("principals", finding.row[9]) || []), ...part("lists", finding.row[15]),
          ...(part("words", finding.row[16]) || [])]);
        finding.row[18].forEach(number => {
          const event = data.events[number];
          [event[0], event[1], event[2], event[5], ...(part("words", event[8]) || []),
            ...(part("networks", event[6]) || []).slice(1),
            ...(part("places", event[7]) || []).slice(0, 2)].forEach(each => all.add(each));
        });
        finding.row[20].forEach(number => data.alerts[number].forEach(each => all.add(each)));
        if (finding.incident >= 0) {
          incidents[finding.incident].texts.forEach(each => all.add(each));
        }
        finding.texts = [...all].filter(number => number >= 0);
      }
      return finding.texts;
    };
    let lower = null;
    const holding = word => {
      lower = lower || data.texts.map(each => each.toLowerCase());
      return lower.map(each => each.includes(word));
    };

    const filter = {severities: new Set([0, 1, 2, 3]), rule: "", subject: -1, words: [], day: null};
    let shown = findings;
    let shownGroups = groups;
    const applyFilter = () => {
      const marks = filter.words.map(holding);
      const is = finding => filter.severities.has(finding.severity)
        && (!filter.rule || finding.rule === filter.rule)
        && (filter.subject < 0 || finding.subject === filter.subject)
        && (filter.day === null || (finding.start >= filter.day && finding.start < filter.day + bars.width))
        && marks.every(mark => textsOf(finding).some(number => mark[number]));
      shownGroups = groups.map(group => ({...group, findings: group.findings.filter(is)}))
        .filter(group => group.findings.length > 0);
      shown = shownGroups.flatMap(group => group.findings);
    };

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

    const bars = (() => {
      const from = findings.length ? Math.floor(earliest(findings) / DAY) * DAY : 0;
      const days = findings.length ? Math.floor((findings.reduce((last, one) => Math.max(last, one.start), 0) - from) / DAY) + 1 : 0;
      const width = Math.max(1, Math.ceil(days / 62)) * DAY;
      return {from, width, number: Math.ceil(days * DAY / width)};
    })();
    const dayBars = all => {
      const columns = Array.from({length: bars.number}, () => [0, 0, 0, 0]);
      all.forEach(finding => columns[Math.floor((finding.start - bars.from) / bars.width)][finding.severity]++);
      const most = Math.max(1, ...columns.map(column => column.reduce((a, b) => a + b)));
      return columns.map((column, i) => {
        const at = bars.from + i * bars.width;
        const sum = column.reduce((a, b) => a + b);
        const name = bars.width === DAY ? day(at) : `${day(at)} to ${day(at + bars.width - 1)}`;
        const words = `${name}: ${count(sum, "finding")}${sum ? ` (${column.map((n, k) => n ? `${n} ${SEVERITIES[k]}` : "").filter(each => each).join(", ")})` : ""}`;
        const bar = h("button", {type: "button", class: "column", title: words, "aria-label": words,
          "aria-pressed": String(filter.day === at), disabled: sum === 0,
          click: () => { filter.day = filter.day === at ? null : at; list.refresh(); }});
        column.forEach((number, k) => {
          if (number) {
            const piece = h("span", {class: `piece ${SEVERITIES[k]}`});
            piece.style.height = `${Math.max(3, number / most * 100)}%`;
            bar.append(piece);
          }
        });
        return bar;
      });
    };

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

    // ---- the other views ----

    const table = (headings, rows) => h("table", null,
      h("thead", null, h("tr", null, headings.map(heading => h("th", {scope: "col"}, heading)))),
      h("tbody", null, rows.map(row => h("tr", null, row.map((cell, i) =>
        h("td", {"data-label": headings[i]}, cell))))));
    const bySeverity = all => SEVERITIES.map((_, k) => {
      const number = all.filter(finding => finding.severity === k).length;
      return number ? number.toLocaleString("en") : "";
    }).slice(0, 3);

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

    const mapView = () => {
      const trips = new Map();
      findings.forEach(finding => {
        const places = journey(finding);
        if (places) {
          const sorted = [...places].sort((one, other) => one.name < other.name ? -1 : 1);
          const key = sorted.map(place => place.name).join(" ");
          if (!trips.has(key)) {
            trips.set(key, {places: sorted, findings: []});
          }
          trips.get(key).findings.push(finding);
        }
      });
      const all = [...trips.values()].map(trip => ({...trip, severity: worst(trip.findings)}))
        .sort((one, other) => one.severity - other.severity || other.findings.length - one.findings.length);
      return h("section", null, h("h2", null, "Impossible travel"),
        all.length === 0 ? h("p", null, "No finding is about a journey.")
          : [h("div", {class: "scroll"}, map(all, 1120, false)),
            table(["Places", "Severity", "Findings", "Who"], all.map(trip => [
              trip.places.map(place => place.name).join(" and "), severity(trip.severity),
              trip.findings.length.toLocaleString("en"),
              h("span", null, joined(trip.findings.slice(0, 8).map(finding =>
                h("a", {href: linkTo.finding(finding)}, soft(subjects[finding.subject].name))), ", "),
              trip.findings.length > 8 && ` and ${trip.findings.length - 8} more`)]))]);
    };

    const partnerView = () => {
      const all = subjects.filter(subject => subject.kind === "partner");
      return h("section", null, h("h2", null, "Partners"),
        all.length === 0 && h("p", null, "No finding is about a partner."),
        all.map(partner => {
          const known = new Set();
          const fresh = new Map();
          partner.findings.forEach(finding => {
            const named = finding.row[19].map(number => data.gates[number])
              .flatMap(gate => pairs(gate[2])).filter(pair => /^(knownNetworks|ranges)$/.test(pair[0]));
            named.flatMap(pair => pair[1].split(", ")).filter(each => each !== "none")
              .forEach(network => known.add(network));
            eventsOf(finding).filter(event => event.ip).forEach(event => {
              const key = networkText(event.network) || "unknown network";
              if (!fresh.has(key)) {
                fresh.set(key, {addresses: new Set(), findings: new Set(), first: Infinity, last: -Infinity});
              }
              const network = fresh.get(key);
              network.addresses.add(event.ip);
              network.findings.add(finding);
              network.first = Math.min(network.first, event.at);
              network.last = Math.max(network.last, event.at);
            });
          });
          return h("article", {class: "group partner"},
            groupHead({subject: partner, findings: partner.findings}, "h3"),
            h("div", {class: "inside"},
              known.size > 0 && h("p", null, "Known: ", [...known].sort().map(network => [h("span", {class: "chip"}, network), " "])),
              fresh.size > 0 && table(["Called from", "Addresses", "First", "Last", "Findings"],
                [...fresh].map(([name, network]) => [name,
                  h("span", {class: "ip"}, [...network.addresses].slice(0, 6).join(", ")),
                  minute(network.first), minute(network.last),
                  h("span", null, joined([...network.findings].slice(0, 6).map(finding =>
                    h("a", {href: linkTo.finding(finding), class: SEVERITIES[finding.severity]},
                      `${finding.reason} ${day(finding.end).slice(5)}`)), ", "))]))));
        }));
    };

    const rulesView = () => {
      const of = new Map();
      findings.forEach(finding => of.set(finding.rule, [...(of.get(finding.rule) || []), finding]));
      const ids = [...new Set([...rules.keys(), ...of.keys()])]
        .sort((one, other) => (of.get(other) || []).length - (of.get(one) || []).length);
      return h("section", null, h("h2", null, "Rules"),
        table(["Rule", "Title", "Out of step", "Runs", "High", "Medium", "Low", "ATT&CK"], ids.map(id => {
          const rule = rules.get(id);
          return [h("a", {href: linkTo.rule(id)}, id), rule ? rule.title : "", rule ? rule.outOfStep : "", rule ? rule.runs : "",
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
        h("h2", null, id), rule && h("p", null, rule.title, rule.outOfStep && `. Out of step: ${rule.outOfStep}`, "."),
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

    // ---- the kept state of a running service ----

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
            muted(numbersText(Object.entries(gate.numbers).sort().map(pair => [pair[0], String(pair[1])]), own))))))));

    const judgedDay = (judged, isOpen, own) => {
      const order = ["fires", "suppressed", "passed"];
      const verdicts = [...judged.verdicts].sort((one, other) =>
        order.indexOf(one.outcome) - order.indexOf(other.outcome));
      const tally = order.map(outcome => [outcome, verdicts.filter(each => each.outcome === outcome).length])
        .filter(each => each[1]).map(each => `${each[1]} ${each[0] === "passed" ? "not near" : each[0]}`);
      return h("details", {class: "judged", open: isOpen},
        h("summary", null, h("b", null, judged.date), " ",
          verdicts.some(each => each.outcome === "fires") && severity(Math.min(...verdicts
            .filter(each => each.severity).map(each => SEVERITIES.indexOf(each.severity)))), " ",
          muted(joined([count(judged.facts.length + (judged.factsLeftOut || 0), "fact"), ...tally,
            judged.overflow && "more came than is kept"], ", "))),
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
      return h("article", {class: "group kept"},
        h("header", null, h("h3", null, h("span", {class: "title"}, soft(subject.name || subject.id)), " ", muted(subject.kind)),
          subject.name && h("p", {class: "muted"}, h("code", null, subject.id))),
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

    // ---- the frame ----

    const main = h("main", {tabindex: "-1"});
    const TABS = [["", "Findings"], ["map", "Map"], ["partners", "Partners"], ["rules", "Rules"], ["state", "State"], ["about", isLive ? "Service" : "About"]]
      .filter(([hash]) => (hash !== "state" || isLive) && (hash !== "map" || findings.some(journey))
        && (hash !== "partners" || subjects.some(subject => subject.kind === "partner")));
    const tabs = TABS.map(([hash, word]) => h("a", {href: `#${hash}`}, word));
    const shadowed = findings.filter(finding => finding.flags & SHADOW).length;
    // ---- a running service: its state, and whether there is news ----

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
    page.append(h("header", {class: "top"},
      h("p", {class: "muted"}, joined([`Lockstep ${about.kind}`, about.to && `${span(about.from, about.to)} UTC`], " · ")),
      h("h1", null, isLive && "Latest ", incidents.length > 0 && `${count(incidents.length, "incident")}, `, count(findings.length, "finding")),
      shadowed > 0 && h("p", null, `${count(shadowed, "finding")} in shadow, which no sink gets.`),
      isLive && station.line, h("nav", {"aria-label": "Views"}, tabs)), main);

    const views = hash => {
      const value = (() => {
        try {
          return decodeURIComponent(hash.slice(2));
        } catch {
          return hash.slice(2);
        }
      })();
      if (hash.startsWith("f-") && byId.has(value)) {
        return ["", () => findingView(byId.get(value))];
      }
      const incident = hash.startsWith("i-") && incidents.find(each => each.id === value);
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
    addEventListener("hashchange", route, whileShown);
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
    if (before) {
      listScroll = before.listAt;
      list.restore(before);
    } else {
      list.refresh();
    }
    route();
    if (before) {
      scrollTo(0, before.at);
      const field = before.focus && isList() && list.form.elements[before.focus];
      if (field && field.focus) {
        field.focus();
      }
    }
    document.documentElement.dataset.ready = Math.round(performance.now());
  }
})();
