// A Slack of other people's (npm: emulate, pinned) on the loopback interface, with a front that a test can switch off.
// usage: node emulate.mjs FOLDER_OF_GLOBAL_PACKAGES [FILE_WITH_THE_TIME]; says {"port": N} once it listens. Seeded and steered by POST /_front.
import fs from 'node:fs';
import http from 'node:http';
import { pathToFileURL } from 'node:url';

const [packages, clock] = process.argv.slice(2);
const SystemDate = Date;
if (clock) {
  // Milliseconds since 1970 in a file: stories run under a clock of their own. Before anything is imported that looks at the time.
  const now = () => (fs.existsSync(clock) ? Number(fs.readFileSync(clock, 'utf8')) : SystemDate.now());
  globalThis.Date = class extends SystemDate {
    constructor(...given) { given.length ? super(...given) : super(now()); }
    static now() { return now(); }
  };
}
const of = (path) => import(pathToFileURL(`${packages}/${path}`));
const { createEmulator, defineEmulator } = await of('emulate/dist/api.js');
const { slackPlugin, getSlackStore } = await of('emulate/dist/dist-6ZQHD4DN.js'); // pinned: emulate@0.12.2
const { Store, authMiddleware } = await of('@emulators/core/dist/index.js');

let emulator, port, down = false, lose = 0;

async function seeded({ team, users, channels, tokens, secret, events }) {
  const slack = defineEmulator({ name: 'slacksim', state: () => ({}), setup({ app, baseUrl, webhooks }) {
    const store = new Store(), known = new Map();
    app.use('*', authMiddleware(known));
    slackPlugin.register(app, store, webhooks, baseUrl, known);
    const slackStore = getSlackStore(store);
    slackStore.teams.insert({ team_id: team.id, name: team.name, domain: team.domain });
    for (const user of users) {
      slackStore.users.insert({
        user_id: user.id, team_id: user.team ?? team.id, name: user.name, real_name: user.name, email: user.email ?? '', is_admin: user.admin ?? false,
        is_bot: Boolean(user.bot), deleted: user.deleted ?? false, presence: 'active', manual_presence: 'auto', connection_count: 1,
        profile: { display_name: user.name, real_name: user.name, email: user.email ?? '' },
      });
      if (user.bot) slackStore.bots.insert({ bot_id: user.bot, user_id: user.id, app_id: 'A0DESK', name: user.name, deleted: false, icons: { image_48: '' } });
    }
    for (const { id, name, members, closed } of channels) {
      const said = { value: '', creator: members[0] ?? '', last_set: 0 };
      slackStore.channels.insert({
        channel_id: id, team_id: team.id, name, is_channel: !closed, is_private: closed, is_archived: false, topic: said, purpose: said, members,
        creator: members[0] ?? '', num_members: members.length,
      });
    }
    for (const [token, id] of Object.entries(tokens)) {
      const bot = users.find((user) => user.id === id)?.bot;
      slackStore.tokens.insert({
        token, token_type: bot ? 'bot' : 'user', team_id: team.id, user_id: id, bot_id: bot, bot_user_id: bot ? id : undefined, app_id: 'A0DESK', scopes: [],
      });
    }
    if (secret) store.setData('slack.signing_secret', secret);
    if (events) webhooks.register({ url: events, events: ['*'], active: true, owner: 'slack' });
  } });
  await emulator?.close();
  emulator = await createEmulator({ service: slack, listen: false, baseUrl: `http://127.0.0.1:${port}` });
}

async function steer(told) {
  if (told.seed) { await seeded(told.seed); down = false; lose = 0; }
  down = told.down ?? down;
  lose = told.lose ?? lose;
}

async function passed(request, body) {
  const url = new URL(request.url, `http://127.0.0.1:${port}`), headers = new Headers(request.headers);
  let method = request.method;
  // Slack takes arguments in the address and by GET too, the emulator only in a body that is posted.
  if (url.pathname.startsWith('/api/') && (!body.length || (headers.get('content-type') ?? '').includes('urlencoded'))) {
    const given = new URLSearchParams(body.toString());
    for (const [name, value] of url.searchParams) given.set(name, value);
    body = Buffer.from(given.toString());
    method = 'POST';
    headers.set('content-type', 'application/x-www-form-urlencoded');
    url.search = '';
  }
  headers.delete('content-length');
  return emulator.fetch(new Request(url, { method, headers, body: ['GET', 'HEAD'].includes(method) ? undefined : body }));
}

const server = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (request.url === '/_front') {
    await steer(JSON.parse(body.toString()));
    response.end('{}');
    return;
  }
  if (down) { request.socket.destroy(); return; }
  const answer = await passed(request, body);
  const content = Buffer.from(await answer.arrayBuffer());
  // It arrived, and who sent it never hears so.
  if (lose > 0 && request.url.startsWith('/api/chat.postMessage')) { lose -= 1; request.socket.destroy(); return; }
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(content);
});
server.listen(0, '127.0.0.1', () => { port = server.address().port; console.log(JSON.stringify({ port })); });
// Whoever started it is gone: nobody else would end it.
process.stdin.on('close', () => process.exit(0)).resume();
