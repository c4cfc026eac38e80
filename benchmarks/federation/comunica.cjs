// Answers queries with Comunica: a line of JSON in, a line of JSON out.
// node comunica.cjs FOLDER, where FOLDER has node_modules.
const { createRequire } = require('node:module');
const path = require('node:path');
const readline = require('node:readline');

const wanted = createRequire(path.join(process.argv[2], 'package.json'));
const { QueryEngine } = wanted('@comunica/query-sparql');

function cell(term) {
  if (term === undefined) return null;
  if (term.termType === 'NamedNode') return ['iri', term.value];
  if (term.termType !== 'Literal') return ['blank', ''];
  return [term.language ? `@${term.language}` : term.datatype.value, term.value];
}

async function answer({ query, variables, sources }) {
  const engine = new QueryEngine(); // remembers nothing of the last query
  const empty = { type: 'serialized', value: '', mediaType: 'text/turtle', baseIRI: 'urn:x' };
  const found = sources.map((value) => ({ type: 'sparql', value }));
  const started = process.hrtime.bigint();
  const stream = await engine.queryBindings(query, { sources: found.length ? found : [empty] });
  const bindings = await stream.toArray();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  return { seconds, rows: bindings.map((each) => variables.map((name) => cell(each.get(name)))) };
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let found;
    try {
      found = await answer(JSON.parse(line));
    } catch (error) {
      found = { error: String(error.message).split('\n')[0] };
    }
    process.stdout.write(`${JSON.stringify(found)}\n`);
  }
}

main();
