// Has wikibase-sdk read entities and wikibase-edit send them: a line of JSON in, a line out.
// node edit.mjs FOLDER, where FOLDER has node_modules. What is sent goes to a server of this script.
import { createServer } from 'node:http';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const modules = path.join(process.argv[2], 'node_modules');
const load = (file) => import(pathToFileURL(path.join(modules, file)).href);
const { simplifyEntity } = await load('wikibase-sdk/dist/src/index.js');
const { default: WBEdit } = await load('wikibase-edit/dist/src/lib/index.js');

let sent;
const server = createServer(async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  const asked = new URLSearchParams(request.url.split('?')[1]);
  const csrftoken = `${'0'.repeat(40)}+\\`;
  const answer = asked.get('meta') ? { query: { tokens: { csrftoken } } } : { success: 1 };
  if (asked.get('action') === 'wbeditentity') sent = Object.fromEntries(new URLSearchParams(body));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(answer));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

async function edited({ entity, properties }) {
  const simple = simplifyEntity(entity, {
    keepIds: true, keepQualifiers: true, keepReferences: true, keepRanks: true,
    keepRichValues: true, keepSnaktypes: true, keepNonTruthy: true, timeConverter: 'none',
  });
  const { id, labels, descriptions, aliases, claims } = simple;
  const edit = WBEdit({
    instance: `http://127.0.0.1:${server.address().port}`,
    credentials: { oauth2: { accessToken: 'any' } },
    properties, maxlag: null, userAgent: 'test',
  });
  const terms = { labels, descriptions, aliases, claims };
  await (id ? edit.entity.edit({ id, ...terms }) : edit.entity.create({ type: 'item', ...terms }));
  return { simple, sent };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  let found;
  try {
    found = await edited(JSON.parse(line));
  } catch (error) {
    found = { error: String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
server.close();
