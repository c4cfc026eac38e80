// Answers queries with Comunica: a line of JSON in, a line of JSON out.
// node comunica.cjs FOLDER, where FOLDER has node_modules.
const { createRequire } = require('node:module');
const path = require('node:path');
const readline = require('node:readline');

const wanted = createRequire(path.join(process.argv[2], 'package.json'));
const { QueryEngine } = wanted('@comunica/query-sparql');

async function answer({ query, sources, data, mediaType, headers }) {
  const engine = new QueryEngine();
  const fetching = (url, init) => {
    for (const [name, value] of Object.entries(headers)) init.headers.set(name, value);
    return fetch(url, init);
  };
  const found = sources.map((value) => ({ type: 'sparql', value }));
  const own = { type: 'serialized', value: data, mediaType: 'text/turtle', baseIRI: 'urn:x' };
  if (data) found.push(own);
  const context = { sources: found, destination: found[0], fetch: fetching };
  const result = await engine.query(query, context);
  if (result.resultType === 'void') {
    await result.execute();
    return { text: '' };
  }
  let text = '';
  for await (const piece of (await engine.resultToString(result, mediaType)).data) text += piece;
  return { text };
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    let found;
    try {
      found = await answer(JSON.parse(line));
    } catch (error) {
      found = { error: String(error.message) };
    }
    process.stdout.write(`${JSON.stringify(found)}\n`);
  }
}

main();
