// The view of partners and their networks.

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
