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

    // The parts, each a file beside this one, which HtmlReport puts here.
@@elements.js@@
@@words.js@@
@@data.js@@
@@links.js@@
@@finding.js@@
@@timeline.js@@
@@map.js@@
@@groups.js@@
@@filters.js@@
@@daybars.js@@
@@list.js@@
@@partners.js@@
@@rules.js@@
@@about.js@@
@@state.js@@
@@live.js@@
@@navigation.js@@
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
