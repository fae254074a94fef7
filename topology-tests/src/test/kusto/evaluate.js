// Runs a query on rows, as far as ours go: what the reference of the query language says of the operators and functions
// that they use, and an error for any other. It reads the analyser's syntax tree.
'use strict';

class Span {
  constructor(ms) {
    this.ms = ms;
  }
}

const UNITS = { d: 864e5, h: 36e5, m: 6e4, s: 1e3, ms: 1 };

const kind = (node) => Bridge.getTypeName(node).replace('Kusto.Language.Syntax.', '');
const children = (node) => Array.from({ length: node.ChildCount }, (_, i) => node.GetChild(i)).filter((one) => one);
const isToken = (node) => kind(node).startsWith('SyntaxToken');
const words = (node) => children(node).filter(isToken).map((token) => token.Text);
const parts = (node) => children(node).filter((one) => !isToken(one) && !kind(one).includes('NamedParameter,'));

/** The elements of the first list within a node. */
function list(node) {
  const found = children(node).find((one) => kind(one).includes('SeparatedElement'));
  return found ? children(found).map((element) => element.GetChild(0)) : [];
}

/** The value of a parameter of an operator, as in kind=leftouter, or undefined. */
function parameter(node, name) {
  const all = children(node).find((one) => kind(one).includes('NamedParameter,'));
  const found = all && children(all).find((one) => nameOf(one.GetChild(0)) === name);
  return found && nameOf(found.GetChild(2));
}

const nameOf = (node) => node.ToString().trim().replace(/^\["|"\]$/g, '');
const scalar = (value) => (value instanceof Date ? value.getTime() : value instanceof Span ? value.ms : value);
const missing = (value) => value === null || value === undefined;
const text = (value) =>
  missing(value) ? '' : value instanceof Date ? value.toISOString() : typeof value === 'object' ? JSON.stringify(value) : String(value);
const key = (value) => JSON.stringify(scalar(value) ?? null);

function literal(word) {
  if (word === 'true' || word === 'false') return word === 'true';
  const typed = /^(?:int|long|real|double)\((.*)\)$/.exec(word);
  if (typed) return typed[1] === 'null' ? null : Number(typed[1]);
  if (word === 'datetime(null)') return null;
  if (word.startsWith('@')) return word.slice(2, -1);
  if (word.startsWith("'")) return word.slice(1, -1);
  if (word.startsWith('"')) return JSON.parse(word);
  const span = /^(\d+)(d|h|m|s|ms)$/.exec(word);
  if (span) return new Span(Number(span[1]) * UNITS[span[2]]);
  if (Number.isNaN(Number(word))) throw new Error(`could not read literal ${word}`);
  return Number(word);
}

// Comparing a null with a value is false, unequal true; two nulls give null.
function compare(operator, left, right) {
  const [a, b] = [scalar(left), scalar(right)];
  if (missing(a) && missing(b)) return null;
  if (missing(a) || missing(b)) return operator === '!=' ? true : operator === '==' ? false : null;
  switch (operator) {
    case '==': return key(a) === key(b);
    case '!=': return key(a) !== key(b);
    case '<': return a < b;
    case '<=': return a <= b;
    case '>': return a > b;
    case '>=': return a >= b;
    default: throw new Error(`could not compare by ${operator}`);
  }
}

function arithmetic(operator, left, right) {
  if (missing(left) || missing(right)) return null;
  const [a, b] = [scalar(left), scalar(right)];
  const value = { '+': a + b, '-': a - b, '*': a * b, '/': a / b }[operator];
  if (operator === '/') return value;
  if (left instanceof Date && right instanceof Date) return new Span(value);
  if (left instanceof Date || right instanceof Date) return new Date(value);
  return left instanceof Span || right instanceof Span ? new Span(value) : value;
}

const FUNCTIONS = {
  ago: (env, span) => new Date(env.now.getTime() - span.ms),
  now: (env) => env.now,
  ingestion_time: (env, row) => row.$arrived,
  not: (env, value) => (missing(value) ? null : !value),
  iff: (env, condition, yes, no) => (condition === true ? yes : no),
  case: (env, ...pairs) => {
    for (let i = 0; i + 1 < pairs.length; i += 2) if (pairs[i] === true) return pairs[i + 1];
    return pairs[pairs.length - 1];
  },
  coalesce: (env, ...values) => values.find((value) => !missing(value) && value !== '') ?? values[values.length - 1],
  isnull: (env, value) => missing(value),
  isnotnull: (env, value) => !missing(value),
  isempty: (env, value) => text(value) === '',
  isnotempty: (env, value) => text(value) !== '',
  tostring: (env, value) => text(value),
  todatetime: (env, value) => (text(value) === '' ? null : new Date(text(value))),
  toreal: (env, value) => (missing(value) || value === '' ? null : Number(value)),
  extract: (env, pattern, group, value) => new RegExp(pattern).exec(text(value))?.[group] ?? '',
  has_any_ipv4_prefix: (env, value, prefixes) =>
    prefixes.some((prefix) => (prefix.endsWith('.') ? text(value).startsWith(prefix) : text(value) === prefix)),
  tolong: (env, value) => (missing(value) ? null : Math.trunc(Number(value))),
  strcat: (env, ...values) => values.map(text).join(''),
  strcat_array: (env, values, between) => (values || []).map(text).join(between),
  substring: (env, value, from, length) => text(value).substr(from, length),
  string_size: (env, value) => Buffer.byteLength(text(value)),
  trim: (env, what, value) => {
    if (what !== ' ') throw new Error('could not trim anything but spaces');
    return value.trim();
  },
  split: (env, value, by) => text(value).split(by),
  pack_array: (env, ...values) => values,
  bag_pack: (env, ...pairs) => Object.fromEntries(pairs.flatMap((_, i) => (i % 2 ? [] : [[pairs[i], pairs[i + 1]]]))),
  array_index_of: (env, values, value) => values.indexOf(value),
  array_length: (env, values) => (Array.isArray(values) ? values.length : null),
  set_has_element: (env, values, value) => values.includes(value),
  max_of: (env, ...values) => values.reduce((a, b) => (scalar(b) > scalar(a) ? b : a)),
  bin: (env, value, size) => new Date(Math.floor(value.getTime() / size.ms) * size.ms),
  round: (env, value, digits = 0) => (missing(value) ? null : Math.round(value * 10 ** digits) / 10 ** digits),
};

/** Whether a term stands in a text by itself, letter case aside; a term that is no word stands anywhere. */
const has = (value, term) => {
  const word = text(term).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const edge = /[\p{L}\p{N}]/u.test(text(term)) ? '[^\\p{L}\\p{N}]' : '';
  return new RegExp(edge ? `(^|${edge})${word}($|${edge})` : word, 'iu').test(text(value));
};

const present = (values) => values.filter((value) => !missing(value));
const best = (values, better) => present(values).reduce((a, b) => (a === null || better(scalar(b), scalar(a)) ? b : a), null);
const distinct = (values) => [...new Map(present(values).map((value) => [key(value), value])).values()];
const sum = (values) => present(values).reduce((a, b) => a + b, 0);
const AGGREGATES = {
  count: (rows) => rows.length,
  countif: (rows, of) => rows.filter((row) => of(row) === true).length,
  sum: (rows, of) => sum(rows.map(of)),
  sumif: (rows, of, when) => sum(rows.filter((row) => when(row) === true).map(of)),
  avg: (rows, of) => sum(rows.map(of)) / Math.max(1, rows.length),
  max: (rows, of) => best(rows.map(of), (a, b) => a > b),
  min: (rows, of) => best(rows.map(of), (a, b) => a < b),
  dcount: (rows, of) => distinct(rows.map(of)).length,
  make_set: (rows, of) => distinct(rows.map(of)),
  make_set_if: (rows, of, when) => distinct(rows.filter((row) => when(row) === true).map(of)),
  take_any: (rows, of) => of(rows[0]),
  percentile: (rows, of, at) => {
    const values = present(rows.map(of)).sort((a, b) => a - b);
    return values[Math.max(0, Math.ceil((at(rows[0]) / 100) * values.length) - 1)] ?? null;
  },
};

/** A run of one query: tables by name, saved functions as texts, and the time that is now. */
class Run {
  constructor(tables, saved, now, parse) {
    this.tables = tables;
    this.saved = saved;
    this.now = now;
    this.parse = parse;
    this.lets = {};
  }

  query(source, given = {}) {
    const run = new Run(this.tables, this.saved, this.now, this.parse);
    Object.assign(run.lets, given);
    let result = null;
    for (const element of children(children(this.parse(source).Syntax).filter((one) => kind(one).includes('Statement'))[0])) {
      const statement = element.GetChild(0);
      if (kind(statement) === 'LetStatement') {
        const [name, value] = parts(statement);
        run.lets[nameOf(name)] = run.any(value);
      } else {
        result = run.table(parts(statement)[0]);
      }
    }
    return result;
  }

  isTable(node) {
    if (kind(node) === 'PipeExpression') return true;
    if (kind(node) === 'NameReference') {
      const name = nameOf(node);
      return Array.isArray(this.lets[name]) || name in this.tables || name in this.saved;
    }
    return kind(node) === 'MaterializeExpression' || (kind(node) === 'FunctionCallExpression' && nameOf(node.GetChild(0)) in this.saved);
  }

  /** A saved function, called with values by place; a parameter that is not given has its default. */
  called(name, args) {
    const { query, parameters } = this.saved[name];
    const given = parameters.map((one, i) => [one.name, i < args.length ? args[i] : this.initial(one.initial)]);
    return this.query(query, Object.fromEntries(given));
  }

  initial(word) {
    return /^dynamic\(/.test(word) ? JSON.parse(word.slice('dynamic('.length, -1)) : literal(word);
  }

  any(node) {
    return this.isTable(node) ? this.table(node) : this.value(node, {});
  }

  table(node) {
    switch (kind(node)) {
      case 'PipeExpression': return this.operator(node.GetChild(2), this.table(node.GetChild(0)));
      case 'ParenthesizedExpression': return this.table(parts(node)[0]);
      case 'MaterializeExpression': return this.table(parts(node)[0]);
      case 'UnionOperator': return this.union(node);
      case 'NameReference': {
        const name = nameOf(node);
        if (name in this.lets) return this.lets[name];
        if (name in this.tables) return this.tables[name];
        if (name in this.saved) return this.called(name, []);
        throw new Error(`could not find table ${name}`);
      }
      case 'FunctionCallExpression':
        return this.called(nameOf(node.GetChild(0)), list(node.GetChild(1)).map((one) => this.value(one, {})));
      default: throw new Error(`could not read a table from ${kind(node)}`);
    }
  }

  union(node) {
    const named = parameter(node, 'withsource');
    const all = list(node).flatMap((one) => this.table(one).map((row) => (named ? { ...row, [named]: nameOf(one) } : row)));
    const columns = new Set(all.flatMap((row) => Object.keys(row)));
    return all.map((row) => Object.fromEntries([...columns].map((name) => [name, row[name] ?? null])));
  }

  operator(node, rows) {
    switch (kind(node)) {
      case 'FilterOperator': return rows.filter((row) => this.value(parts(node).at(-1), row) === true);
      case 'ExtendOperator': return this.extended(node, rows);
      case 'ProjectOperator': return rows.map((row) => Object.fromEntries(list(node).map((one) => this.named(one, row))));
      case 'DistinctOperator': {
        const rowsOf = rows.map((row) => Object.fromEntries(list(node).map((one) => this.named(one, row))));
        return [...new Map(rowsOf.map((row) => [JSON.stringify(row), row])).values()];
      }
      case 'SummarizeOperator': return this.summarized(node, rows);
      case 'JoinOperator': return this.joined(node, rows);
      case 'MvExpandOperator': return this.expanded(node, rows);
      case 'SortOperator': return this.sorted(list(node), rows);
      case 'TopOperator': return this.sorted([parts(node).at(-1)], rows).slice(0, this.value(parts(node)[0], {}));
      default: throw new Error(`could not run ${kind(node)}`);
    }
  }

  extended(node, rows) {
    const made = [];
    rows.forEach((row, i) => {
      const before = i ? rows[i - 1] : {};
      made.push({ ...row, ...Object.fromEntries(list(node).map((one) => this.named(one, { ...row, $before: before }))) });
    });
    return made;
  }

  named(node, row) {
    if (kind(node) === 'SimpleNamedExpression') return [nameOf(node.GetChild(0)), this.value(node.GetChild(2), row)];
    return [this.column(node), this.value(node, row)];
  }

  column(node) {
    if (kind(node) === 'NameReference') return nameOf(node);
    if (kind(node) === 'FunctionCallExpression') return this.column(list(node.GetChild(1))[0]);
    throw new Error(`could not name ${node.ToString()}`);
  }

  summarized(node, rows) {
    const clause = children(node).find((one) => kind(one) === 'SummarizeByClause');
    const by = clause ? list(clause) : [];
    const groups = new Map();
    for (const row of rows) {
      const keys = by.map((one) => this.named(one, row));
      const name = JSON.stringify(keys.map(([, value]) => key(value)));
      if (!groups.has(name)) groups.set(name, { keys, rows: [] });
      groups.get(name).rows.push(row);
    }
    if (!by.length) groups.set('', { keys: [], rows });
    return [...groups.values()].map((group) =>
      Object.fromEntries(group.keys.concat(list(node).flatMap((one) => this.aggregate(one, group.rows)))));
  }

  aggregate(node, rows) {
    const named = kind(node) === 'SimpleNamedExpression';
    const call = named ? node.GetChild(2) : node;
    const inner = kind(call) === 'FunctionCallExpression' ? nameOf(call.GetChild(0)) : '';
    const args = inner ? list(call.GetChild(1)) : [];
    const of = (argument) => (row) => this.value(argument, row);
    if (inner === 'arg_max' || inner === 'arg_min') {
      const up = inner === 'arg_max';
      const row = rows.reduce((a, b) => {
        const [one, other] = [scalar(of(args[0])(a)), scalar(of(args[0])(b))];
        return (up ? other > one : other < one) ? b : a;
      });
      if (args.slice(1).some((one) => kind(one) === 'StarExpression')) return Object.entries(row);
      return args.map((one) => [this.column(one), this.value(one, row)]);
    }
    if (inner === 'take_any' && !named) return args.map((one) => [this.column(one), this.value(one, rows[0])]);
    if (AGGREGATES[inner]) return [[nameOf(node.GetChild(0)), AGGREGATES[inner](rows, ...args.map(of))]];
    // Something made of aggregates, such as round(sum(x) / 1e6, 3): they are worked out first.
    return [[nameOf(node.GetChild(0)), this.value(call, { $rows: rows })]];
  }

  joined(node, rows) {
    const how = parameter(node, 'kind');
    const other = this.table(parts(node).find((one) => this.isTable(one) || kind(one) === 'ParenthesizedExpression'));
    const on = list(children(node).find((one) => kind(one) === 'JoinOnClause')).map(nameOf);
    const same = (a, b) => on.every((name) => key(a[name]) === key(b[name]));
    if (how === 'leftanti') return rows.filter((row) => !other.some((one) => same(row, one)));
    if (how !== 'leftouter') throw new Error(`could not join by ${how}`);
    return rows.flatMap((row) => {
      const matches = other.filter((one) => same(row, one));
      return (matches.length ? matches : [{}]).map((one) => ({ ...one, ...row }));
    });
  }

  expanded(node, rows) {
    const one = list(node)[0];
    const expression = kind(one) === 'MvExpandExpression' ? one.GetChild(0) : one;
    return rows.flatMap((row) => {
      const [name, values] = this.named(expression, row);
      return (Array.isArray(values) && values.length ? values : []).map((value) => ({ ...row, [name]: value }));
    });
  }

  sorted(by, rows) {
    const order = by.map((one) => ({
      of: kind(one) === 'OrderedExpression' ? one.GetChild(0) : one,
      up: kind(one) === 'OrderedExpression' && words(one.GetChild(1)).includes('asc'),
    }));
    return [...rows].sort((a, b) => {
      for (const { of, up } of order) {
        const [one, other] = [scalar(this.value(of, a)), scalar(this.value(of, b))];
        if (one !== other) return (one < other ? -1 : 1) * (up ? 1 : -1);
      }
      return 0;
    });
  }

  value(node, row) {
    switch (kind(node)) {
      case 'LiteralExpression': return literal(node.ToString().trim());
      case 'DynamicExpression': return JSON.parse(/\((.*)\)/s.exec(node.ToString())[1]);
      case 'ParenthesizedExpression': return this.value(parts(node)[0], row);
      case 'NameReference': {
        const name = nameOf(node);
        if (name in row) return row[name];
        if (name in this.lets) return this.lets[name];
        // The analyser knows that there is such a column: nothing came from the other side of a join.
        return null;
      }
      case 'PathExpression': return this.value(node.GetChild(0), row)?.[nameOf(node.GetChild(2))] ?? null;
      case 'ElementExpression': {
        const at = this.value(parts(node.GetChild(1))[0], row);
        return this.value(node.GetChild(0), row)?.[at] ?? null;
      }
      case 'InExpression': {
        const among = list(parts(node)[1]).flatMap((one) => this.value(one, row));
        const found = among.some((one) => key(one) === key(this.value(node.GetChild(0), row)));
        return words(node)[0] === 'in' ? found : !found;
      }
      case 'BetweenExpression': {
        const [value, range] = parts(node);
        const [from, to] = parts(range).filter((one) => kind(one) !== 'ExpressionCouple').length ? parts(range) : parts(parts(range)[0]);
        const it = this.value(value, row);
        return compare('>=', it, this.value(from, row)) && compare('<=', it, this.value(to, row));
      }
      case 'HasAnyExpression': {
        const among = list(parts(node)[1]).flatMap((one) => this.value(one, row));
        return among.some((one) => has(this.value(node.GetChild(0), row), one));
      }
      case 'BinaryExpression': return this.binary(node, row);
      case 'FunctionCallExpression': return this.call(node, row);
      default: throw new Error(`could not work out ${kind(node)}: ${node.ToString()}`);
    }
  }

  binary(node, row) {
    const operator = words(node)[0];
    const [left, right] = parts(node).map((one) => this.value(one, row));
    if (operator === 'and') return left === false || right === false ? false : left === true && right === true ? true : null;
    if (operator === 'has') return has(left, right);
    if (operator === 'contains') return text(left).toLowerCase().includes(text(right).toLowerCase());
    if (operator === 'or') return left === true || right === true ? true : left === false && right === false ? false : null;
    return '+-*/'.includes(operator) ? arithmetic(operator, left, right) : compare(operator, left, right);
  }

  call(node, row) {
    const name = nameOf(node.GetChild(0));
    const args = list(node.GetChild(1));
    if (row.$rows && AGGREGATES[name]) return AGGREGATES[name](row.$rows, ...args.map((one) => (each) => this.value(one, each)));
    if (name === 'prev') return this.value(args[0], row.$before);
    if (name === 'ingestion_time') return row.$arrived;
    if (!FUNCTIONS[name]) throw new Error(`could not call ${name}`);
    return FUNCTIONS[name](this, ...args.map((one) => this.value(one, row)));
  }
}

/** Returns the rows that a query gives. */
function evaluate(source, { tables, saved = {}, now, parse }) {
  return new Run(tables, saved, now, parse).query(source);
}

module.exports = { evaluate };
