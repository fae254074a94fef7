// Findings a day as bars.

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
