// The filters of the list: severity, rule, subject, words, day.

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
