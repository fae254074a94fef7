// Loads Microsoft's analyser of the query language from its npm package, and the tables that the template makes.
'use strict';
const fs = require('fs');
const path = require('path');
const vm = require('vm');

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

/** Returns the queries by the names of their files. */
function queries(folder) {
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.kql')).sort();
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8')]));
}

/** A saved function is named by its file; a rule, a hunting query and a part of the workbook are not in capitals. */
function functions(all) {
  return Object.fromEntries(
    Object.entries(all)
      .filter(([name]) => /^[A-Z]/.test(name))
      .map(([name, text]) => [path.basename(name, '.kql'), text]));
}

module.exports = { load, tables, queries, functions };
