// Loads Microsoft's analyser of the query language from its npm package, the tables that the template makes, and the
// queries of the solution.
'use strict';
const fs = require('fs');
const path = require('path');
const vm = require('vm');

// What the workbook puts in place of its parameters: everything, and one finding.
const PARAMETERS = { Severity: "'*'", Rule: "'*'", Subject: '', Finding: 'a' };

function load(folder) {
  for (const file of ['bridge.min.js', 'Kusto.Language.Bridge.min.js']) {
    vm.runInThisContext(fs.readFileSync(path.join(folder, file), 'utf8'), file);
  }
  return Kusto.Language;
}

/** Returns name and columns (name, type) of each table. */
function tables(template) {
  const { resources, variables } = JSON.parse(fs.readFileSync(template, 'utf8'));
  return resources
    .filter((one) => one.type === 'Microsoft.OperationalInsights/workspaces/tables')
    .map(({ properties: { schema } }) => {
      // "[variables('NAME')]"
      const columns = variables[schema.columns.slice("[variables('".length, -"')]".length)];
      return { name: schema.name, columns };
    });
}

/** Returns the block of text below a key of a file of YAML: lines that are indented by two spaces. */
function block(yaml, key) {
  const lines = yaml.split('\n');
  const from = lines.indexOf(`${key}: |`) + 1;
  let to = from;
  while (to < lines.length && (lines[to] === '' || lines[to].startsWith('  '))) to++;
  return `${lines.slice(from, to).map((line) => line.slice(2)).join('\n').trimEnd()}\n`;
}

/** Returns the parameters of a function: name, type and what it is if it is not given. */
function parameters(yaml) {
  return [...yaml.matchAll(/- Name: (\w+)\n +Type: (\w+)\n +Default: (.*)\n/g)].map(([, name, type, initial]) => ({ name, type, initial }));
}

const files = (folder, ending) => fs.readdirSync(folder).filter((name) => name.endsWith(ending)).sort();

/** Returns the queries by the names of their files and of the workbook's items; with the functions' parameters. */
function content(sentinel) {
  const queries = {};
  const functions = {};
  const solution = path.join(sentinel, 'Solutions', 'Lockstep');
  for (const folder of ['Analytic Rules', 'Hunting Queries', 'Parsers']) {
    for (const name of files(path.join(solution, folder), '.yaml')) {
      const yaml = fs.readFileSync(path.join(solution, folder, name), 'utf8');
      const own = path.basename(name, '.yaml');
      queries[own] = block(yaml, folder === 'Parsers' ? 'FunctionQuery' : 'query');
      if (folder === 'Parsers') functions[own] = { query: queries[own], parameters: parameters(yaml) };
    }
  }
  const book = JSON.parse(fs.readFileSync(path.join(solution, 'Workbooks', 'Lockstep.json'), 'utf8'));
  for (const { name, content: said } of book.items) {
    if (said.query) queries[`workbook/${name}`] = said.query;
    for (const one of said.parameters || []) if (one.query) queries[`workbook/parameter-${one.name}`] = one.query;
  }
  for (const name of files(path.join(sentinel, 'defender'), '.kql')) {
    queries[`defender/${path.basename(name, '.kql')}`] = fs.readFileSync(path.join(sentinel, 'defender', name), 'utf8');
  }
  return { queries, functions };
}

// Columns that Log Analytics adds to every table, as far as our queries use them.
const STANDARD = ['TenantId:string', 'Type:string', '_ResourceId:string', '_BilledSize:real', '_IsBillable:string'];
const TYPES = { boolean: 'bool' };

/** Returns what the analyser has to know: tables of the template, functions of the solution. */
function workspace({ Symbols, GlobalState }, template, sentinel) {
  const members = tables(template).map(({ name, columns }) => {
    const typed = columns.map((one) => `${one.name}:${TYPES[one.type] || one.type}`);
    return Symbols.TableSymbol.From(`(${typed.concat(STANDARD).join(', ')})`).WithName(name);
  });
  for (const [name, own] of Object.entries(content(sentinel).functions)) {
    const list = own.parameters.map((one) => `${one.name}:${one.type}=${one.initial}`).join(', ');
    members.push(new Symbols.FunctionSymbol.$ctor16(name, `(${list})`, `{ ${own.query} }`, ''));
  }
  return GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.$ctor1('workspace', members, false));
}

/** Returns a query as the workbook asks it. */
const asked = (query) => query.replace(/\{(\w+)\}/g, (whole, name) => (name in PARAMETERS ? PARAMETERS[name] : whole));

/** Hands the counts of a script to run, which ends with the sum, and fails the script if something failed. */
function verdict(checked, failed) {
  const script = path.basename(process.argv[1]);
  if (process.env.KUSTO_COUNTS) fs.appendFileSync(process.env.KUSTO_COUNTS, `${script} ${checked} ${failed}\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

module.exports = { load, tables, content, asked, workspace, verdict };
