// Checks the queries of the documentation. Called by run.
//   node docs.js ANALYSER_FOLDER TEMPLATE.json SENTINEL_FOLDER DOCS_FOLDER
// Each has to parse. One that reads Lockstep's tables and functions only has to fit their columns as well; of the tables of
// other products nothing is known here.
'use strict';
const fs = require('fs');
const path = require('path');
const { load, workspace, verdict } = require('./analyser.js');

const [folder, template, sentinel, docs] = process.argv.slice(2);
const { KustoCode, ...language } = load(folder);
const globals = workspace(language, template, sentinel);
let parsed = 0;
let typed = 0;
let failed = 0;

function findings(code) {
  const all = code.GetDiagnostics();
  return Array.from({ length: all.Count }, (_, i) => all.getItem(i)).filter((one) => one.Severity === 'Error');
}

function pages(from) {
  return fs.readdirSync(from, { withFileTypes: true }).flatMap((one) => {
    const place = path.join(from, one.name);
    return one.isDirectory() ? pages(place) : place.endsWith('.md') ? [place] : [];
  });
}

for (const page of pages(docs).sort()) {
  const text = fs.readFileSync(page, 'utf8');
  for (const block of text.matchAll(/^```kusto\n([\s\S]*?)^```/gm)) {
    const query = block[1];
    const line = text.slice(0, block.index).split('\n').length;
    const own = /\bLockstep(Detections|Heartbeat)|AlertEventLockstep/.test(query) && !/\b(AAD|Signin|ApiManagement|Audit|Azure|Microsoft)\w+/.test(query);
    // A line for a function of others stands for a part of a query.
    const part = /^v?(im|ASim)\w+\s*\(\w+=/.test(query);
    const wrong = part ? [] : findings(own ? KustoCode.ParseAndAnalyze(query, globals) : KustoCode.Parse(query));
    parsed += 1;
    typed += own && !part ? 1 : 0;
    for (const one of wrong) {
      console.error(`${path.relative(docs, page)}:${line + query.slice(0, one.Start).split('\n').length}: ${one.Message}`);
    }
    failed += wrong.length > 0 ? 1 : 0;
  }
}
console.error(`${parsed} queries of the documentation, ${typed} of them over Lockstep's tables`);
verdict(parsed, failed);
