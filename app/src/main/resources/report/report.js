(() => {
  "use strict";
  const form = document.getElementById("filter");
  const open = () => {
    const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const details = named && named.classList.contains("finding") && named.querySelector("details");
    if (details) {
      details.open = true;
      named.scrollIntoView();
    }
  };
  addEventListener("hashchange", open);
  open();
  if (!form) {
    return;
  }
  const findings = [...document.querySelectorAll(".finding")];
  const groups = [...document.querySelectorAll(".group")];
  const incidents = [...document.querySelectorAll(".incident")];
  const output = form.querySelector("output");
  const button = form.elements.open;
  const texts = new Map();
  const text = element => {
    if (!texts.has(element)) {
      texts.set(element, element.textContent.toLowerCase());
    }
    return texts.get(element);
  };
  const apply = () => {
    const severities = new Set(
      [...form.querySelectorAll("[name=severity]:checked")].map(box => box.value));
    const rule = form.elements.rule.value;
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(word => word);
    let shown = 0;
    for (const finding of findings) {
      const incident = finding.closest(".incident");
      const head = incident && incident.querySelector("header");
      const is = severities.has(finding.dataset.severity)
        && (!rule || finding.dataset.rule === rule)
        && words.every(word => text(finding).includes(word) || (head && text(head).includes(word)));
      finding.hidden = !is;
      shown += is ? 1 : 0;
    }
    for (const each of [...incidents, ...groups]) {
      each.hidden = !each.querySelector(".finding:not([hidden])");
    }
    for (const day of document.querySelectorAll(".timeline .day")) {
      let next = day.nextElementSibling;
      while (next && next.classList.contains("finding") && next.hidden) {
        next = next.nextElementSibling;
      }
      day.hidden = !next || !next.classList.contains("finding");
    }
    output.textContent = shown === findings.length
      ? `${shown} shown`
      : `${shown} of ${findings.length} shown`;
  };
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 80);
  });
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  button.addEventListener("click", () => {
    const opens = button.textContent === "Open all";
    for (const finding of findings) {
      if (!finding.hidden) {
        finding.querySelector("details").open = opens;
      }
    }
    button.textContent = opens ? "Close all" : "Open all";
  });
  addEventListener("keydown", event => {
    if (event.key === "/" && !/^(input|select|textarea)$/i.test(event.target.tagName || "")) {
      event.preventDefault();
      form.elements.text.focus();
    }
  });
  form.hidden = false;
  apply();
})();
