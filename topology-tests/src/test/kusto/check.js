// Checks queries against tables by Microsoft's own analyser of the query language. Called by run.
//   node check.js ANALYSER_FOLDER TEMPLATE.json KQL_FOLDER >checked.jsonl
// A line for each query: its name, a digest of its text, and the columns that it gives with their types. Ends with 1 if
// the analyser has an error or a warning.
'use strict';
const crypto = require('crypto');
const { load, tables, queries, functions } = require('./analyser.js');

const [folder, template, kql] = process.argv.slice(2);
const { Symbols, GlobalState, KustoCode } = load(folder);

// Columns that Log Analytics adds to every table, as far as our queries use them.
const STANDARD = ['TenantId:string', 'Type:string', '_ResourceId:string', '_BilledSize:real', '_IsBillable:string'];
const TYPES = { boolean: 'bool' };

const all = queries(kql);
const members = tables(template).map(({ name, columns }) => {
  const typed = columns.map((one) => `${one.name}:${TYPES[one.type] || one.type}`);
  return Symbols.TableSymbol.From(`(${typed.concat(STANDARD).join(', ')})`).WithName(name);
});
for (const [name, text] of Object.entries(functions(all))) {
  members.push(new Symbols.FunctionSymbol.$ctor11(name, `{ ${text} }`, []));
}
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.$ctor1('workspace', members, false));

for (const [name, query] of Object.entries(all)) {
  const code = KustoCode.ParseAndAnalyze(query, globals);
  const findings = code.GetDiagnostics();
  for (let i = 0; i < findings.Count; i++) {
    const one = findings.getItem(i);
    if (one.Severity !== 'Suggestion') {
      const line = query.slice(0, one.Start).split('\n').length;
      console.error(`${name}:${line}: ${one.Severity}: ${one.Message}`);
      process.exitCode = 1;
    }
  }
  const columns = {};
  const result = code.ResultType && code.ResultType.Columns;
  for (let i = 0; result && i < result.Count; i++) {
    columns[result.getItem(i).Name] = result.getItem(i).Type.Name;
  }
  const digest = crypto.createHash('sha256').update(query).digest('hex');
  console.log(JSON.stringify({ query: name, digest, columns }));
}
