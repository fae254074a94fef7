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
/** A number of a gate in words, as explain has it: limitKm 500 is "limit 500 km". */
const numberWords = (name, value) => {
  if (name === "line") { // a line of a rule's table, which is a phrase
    return value;
  }
  if (name === "api") { // names of APIs can be verbs
    return `api "${value}"`;
  }
  if (name === "reasons" && /^\d+(\.0)?$/.test(value)) {
    return `${count(Number(value), "reason")} to fire`;
  }
  const unit = /^-?[\d.]+(E-?\d+)?$/.test(value) && UNITS.find(each => name.endsWith(each[0])
    || new RegExp(`^${each[0].toLowerCase()}([A-Z]|$)`).test(name));
  const bare = !unit ? name : name.endsWith(unit[0]) ? name.slice(0, -unit[0].length)
    : name.slice(unit[0].length);
  return joined(unit && unit[1] === "s" ? [spaced(bare), length(value * 1000)]
    : unit && unit[1] === "h" && value % 1 !== 0
    ? [spaced(bare), length(Math.round(value * 60) * 60000)]
    : unit ? [spaced(bare), Number(value).toLocaleString("en", {maximumFractionDigits: 2}),
      unit[1] === "days" && Number(value) === 1 ? "day" : unit[1]]
    : [spaced(bare), value], " ").join("");
};
const isLimit = name => /^(limit|needs)/.test(name);
/** Numbers of a gate in words, limits last, without an id that stands elsewhere. */
const numbersText = (all, own) => joined([false, true].map(limits => all
  .filter(pair => isLimit(pair[0]) === limits && (own === undefined || pair[1] !== own))
  .map(pair => numberWords(...pair)).join(", ")), "; ").join("");
