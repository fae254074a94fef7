// Numbers and times in words.

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
const unitOf = name => UNITS.find(each => name.endsWith(each[0])
  || new RegExp(`^${each[0].toLowerCase()}([A-Z]|$)`).test(name));
const isNumber = value => /^-?[\d.]+(E-?\d+)?$/.test(value);
const isLimit = name => /^(limit|needs)/.test(name);
/** Words of a number's name, without its unit. */
const nameWords = name => {
  const unit = unitOf(name);
  return spaced(!unit ? name : name.endsWith(unit[0]) ? name.slice(0, -unit[0].length)
    : name.slice(unit[0].length));
};
/** A number of a gate in words, as explain has it: limitKm 500 is "limit 500 km". */
const numberWords = (name, value, unit = unitOf(name), isGate = false) => {
  if (name === "line") { // a line of a rule's table, which is a phrase
    return value;
  }
  if (name === "api") { // names of APIs can be verbs
    return `api "${value}"`;
  }
  if (!isNumber(value)) {
    return `${spaced(name)} ${value}`;
  }
  if (name === "reasons") {
    return `${count(Number(value), "reason")} to fire`;
  }
  const shown = !unit ? value : unit[1] === "s" ? length(value * 1000)
    : unit[1] === "h" && value % 1 !== 0 ? length(Math.round(value * 60) * 60000)
    : `${Number(value).toLocaleString("en", {maximumFractionDigits: 2})} ${
      unit[1] === "days" && Number(value) === 1 ? "day" : unit[1]}`;
  const words = isGate ? "" : nameWords(name);
  return words === "between" ? `${shown} apart` : joined([words, shown], " ").join("");
};
/**
 * Numbers of a gate in words, without an id that stands elsewhere. A number that is named as the
 * gate comes first, and limits come last. A limit without a unit has that of the only other number.
 */
const numbersText = (gate, all, own) => {
  const measures = all.filter(pair => isNumber(pair[1]) && !isLimit(pair[0]));
  const isGate = pair => isNumber(pair[1]) && nameWords(pair[0]) === gate.replaceAll("-", " ");
  const unit = name => unitOf(name)
    || (isLimit(name) && measures.length === 1 ? unitOf(measures[0][0]) : undefined);
  return joined([false, true].map(limits => all
    .filter(pair => isLimit(pair[0]) === limits && (own === undefined || pair[1] !== own))
    .sort((one, other) => isGate(other) - isGate(one))
    .map(pair => numberWords(pair[0], pair[1], unit(pair[0]), isGate(pair))).join(", ")), "; ").join("");
};
