// Checks queries against tables by Microsoft's own analyser of the query language. Called by run.
//   node check.js ANALYSER_FOLDER TEMPLATE.json SENTINEL_FOLDER >checked.jsonl
// A line for each query: its name, a digest of its text, and the columns that it gives with their types. Ends with 1 if
// the analyser has an error or a warning.
'use strict';
const crypto = require('crypto');
const { load, content, asked, workspace, verdict } = require('./analyser.js');

const [folder, template, sentinel] = process.argv.slice(2);
const { KustoCode, ...language } = load(folder);
const { queries, functions } = content(sentinel);
const globals = workspace(language, template, sentinel);

const withParameters = (own) =>
  own.parameters.map((one) => `let ${one.name} = ${one.initial};\n`).join('') + own.query;

const failed = new Set();
for (const [name, query] of Object.entries(queries)) {
  // A function is asked for by its name, with its parameters as they are if none is given.
  const code = KustoCode.ParseAndAnalyze(name in functions ? withParameters(functions[name]) : asked(query), globals);
  const findings = code.GetDiagnostics();
  for (let i = 0; i < findings.Count; i++) {
    const one = findings.getItem(i);
    if (one.Severity !== 'Suggestion') {
      const line = query.slice(0, one.Start).split('\n').length;
      console.error(`${name}:${line}: ${one.Severity}: ${one.Message}`);
      failed.add(name);
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
verdict(Object.keys(queries).length, failed.size);
