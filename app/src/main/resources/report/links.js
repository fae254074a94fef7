// Links to views and to pages elsewhere, severities, and commands to copy.

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
