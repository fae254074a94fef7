// Checks queries against tables by Microsoft's own analyser of the query language. Called by run.
//   node check.js ANALYSER_FOLDER TEMPLATE.json KQL_FOLDER >checked.jsonl
// The tables are those of the template. A line for each query: its name, a digest of its text, and the columns
// that it gives with their types. Ends with 1 if the analyser has an error or a warning.
'use strict';
const fs = require('fs');
const path = require('path');
const vm = require('vm');
const crypto = require('crypto');

const [folder, template, queries] = process.argv.slice(2);
for (const file of ['bridge.min.js', 'Kusto.Language.Bridge.min.js']) {
  vm.runInThisContext(fs.readFileSync(path.join(folder, file), 'utf8'), file);
}
const { Symbols, GlobalState, KustoCode } = Kusto.Language;

// Columns that Log Analytics adds to every table, as far as our queries use them.
const STANDARD = { TenantId: 'string', Type: 'string', _ResourceId: 'string', _BilledSize: 'real', _IsBillable: 'string' };
const TYPES = { dateTime: 'datetime', boolean: 'bool' };

const { resources, variables } = JSON.parse(fs.readFileSync(template, 'utf8'));
const tables = resources
  .filter((one) => one.type === 'Microsoft.OperationalInsights/workspaces/tables')
  .map(({ properties: { schema } }) => {
    // "[variables('NAME')]"
    const columns = variables[schema.columns.slice("[variables('".length, -"')]".length)].map(({ name, type }) => `${name}:${TYPES[type] || type}`);
    const standard = Object.entries(STANDARD).map(([name, type]) => `${name}:${type}`);
    return Symbols.TableSymbol.From(`(${columns.concat(standard).join(', ')})`).WithName(schema.name);
  });

const files = fs.readdirSync(queries).filter((name) => name.endsWith('.kql')).sort();
const text = (name) => fs.readFileSync(path.join(queries, name), 'utf8');
// A saved function is named by its file; a rule, a hunting query and a part of the workbook are not in capitals.
const functions = files
  .filter((name) => /^[A-Z]/.test(name))
  .map((name) => new Symbols.FunctionSymbol.$ctor11(path.basename(name, '.kql'), `{ ${text(name)} }`, []));

const members = tables.concat(functions);
const database = new Symbols.DatabaseSymbol.$ctor1('workspace', members, false);
const globals = GlobalState.Default.WithDatabase(database);

let bad = 0;
for (const name of files) {
  const query = text(name);
  const code = KustoCode.ParseAndAnalyze(query, globals);
  const findings = code.GetDiagnostics();
  for (let i = 0; i < findings.Count; i++) {
    const one = findings.getItem(i);
    if (one.Severity === 'Suggestion') continue;
    const line = query.slice(0, one.Start).split('\n').length;
    console.error(`${name}:${line}: ${one.Severity}: ${one.Message}`);
    bad++;
  }
  const columns = {};
  const result = code.ResultType && code.ResultType.Columns;
  for (let i = 0; result && i < result.Count; i++) {
    columns[result.getItem(i).Name] = result.getItem(i).Type.Name;
  }
  const digest = crypto.createHash('sha256').update(query).digest('hex');
  console.log(JSON.stringify({ query: name, digest, columns }));
}
process.exitCode = bad ? 1 : 0;
