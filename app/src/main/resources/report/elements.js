// Elements: texts become text nodes, so no text is ever markup.

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

const widthFor = most => Math.max(300, Math.min(most, page.clientWidth - 40));

const table = (headings, rows) => h("table", null,
  h("thead", null, h("tr", null, headings.map(heading => h("th", {scope: "col"}, heading)))),
  h("tbody", null, rows.map(row => h("tr", null, row.map((cell, i) =>
    h("td", {"data-label": headings[i]}, cell))))));
