// Runs the server for a while with many clients, and says whether anything grew, got lost or fell silent.
//
// Usage: node soak.mjs MINUTES CLIENTS
// Prints a line a minute and a verdict; exit code 0 when nothing was wrong.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const minutes = Number(process.argv[2]);
const clientCount = Number(process.argv[3]);
if (!(minutes >= 1) || !(clientCount >= 1)) {
  console.error('soak: minutes and clients are numbers of at least 1');
  process.exit(2);
}

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const silentMs = 90_000; // a followed symbol of the practice market trades far more often
const renewEvery = 8; // ticks of 5 s; far more often than needs be, so that a short soak sees it too
const growthMaxShare = 0.05;
const growthMaxKb = 8 * 1024;

const problems = new Map(); // sentence -> how often
const wrong = (sentence) => problems.set(sentence, (problems.get(sentence) ?? 0) + 1);

async function freePort() {
  const probe = createServer();
  await new Promise((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

/**
 * One client: subscribes, answers for the order of offsets, and pings. Reconnects only after telling. It comes with a ticket, as
 * browsers do, or without one and says who it is in its first message.
 */
class Client {
  constructor(symbols, index, ticket) {
    this.received = 0;
    this.closed = false;
    this.offsets = new Map();
    this.lastMs = Date.now();
    this.symbols = [0, 1, 2].map((i) => symbols[(index + i) % symbols.length]);
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/api/ws`, ticket ? ['candlewick.v1', `ticket.${ticket}`] : []);
    this.socket.onmessage = (event) => this.take(JSON.parse(event.data));
    this.socket.onclose = (event) => {
      if (!this.closed) wrong(`a client lost its connection (code ${event.code})`);
    };
    this.pings = setInterval(() => this.send({ type: 'ping', id: 1000 }), 15_000);
  }

  subscribe() {
    const timeframes = ['1m', '5m', '1h'];
    this.symbols.forEach((symbol, i) => {
      this.send({ type: 'subscribe', id: i, channel: 'market_data', params: { symbol, timeframe: timeframes[i] } });
    });
    this.send({ type: 'subscribe', id: 9, channel: 'tickers' });
  }

  /** Stays for as long as the newer token lasts. */
  renew(token) {
    this.send({ type: 'auth', id: 2000, token });
  }

  send(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  take(message) {
    this.received += 1;
    if (message.type === 'auth_required') this.renew(account.token);
    if (message.type === 'welcome') this.subscribe();
    if (message.type === 'authenticated') renewals += 1;
    if (message.type === 'error') wrong(`a request was refused: ${message.code}`);
    if (message.type === 'subscribed') this.offsets.set(message.key, message.offset);
    if (message.type === 'gap') {
      wrong('a client was told that it missed messages');
      this.offsets.set(message.key, message.offset);
    }
    if (message.type !== 'data') return;
    this.lastMs = Date.now();
    const expected = (this.offsets.get(message.key) ?? Number.NaN) + 1;
    if (message.offset !== expected) wrong('an offset was not the one after the one before');
    this.offsets.set(message.key, message.offset);
  }

  close() {
    this.closed = true;
    clearInterval(this.pings);
    this.socket.close();
  }
}

function sample(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return { rssKb: field('RssAnon'), threads: field('Threads'), files: readdirSync(`/proc/${pid}/fd`).length };
}

const middle = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Compares the middle of the second quarter with that of the last: the first quarter is warm-up. */
function judgeGrowth(samples) {
  const quarter = Math.floor(samples.length / 4);
  if (quarter < 1) return;
  const early = samples.slice(quarter, 2 * quarter);
  const late = samples.slice(-quarter);
  const of = (part, key) => middle(part.map((one) => one[key]));
  const [before, after] = [of(early, 'rssKb'), of(late, 'rssKb')];
  console.log(`memory ${before} kB early, ${after} kB late; files ${of(early, 'files')}, ${of(late, 'files')}`);
  if (after - before > Math.max(growthMaxKb, before * growthMaxShare)) wrong(`memory grew from ${before} to ${after} kB`);
  if (of(late, 'files') > of(early, 'files') + 10) wrong('the number of open files grew');
  if (of(late, 'threads') > of(early, 'threads')) wrong('the number of threads grew');
}

/** The administrator whose clients these are: signed in like a browser, with a refresh token that rotates. */
class Account {
  email = 'soak@example.org';
  password = 'an hour of many clients';

  async signIn(binary) {
    const made = spawnSync(binary, ['user', 'add', '--email', this.email, '--role', 'admin', '--password', '-', '--data-dir', folder], { input: this.password });
    if (made.status !== 0) throw new Error(`user add: ${made.stderr}`);
    this.take(await this.post('/api/auth/login', { email: this.email, password: this.password }));
  }

  async refresh() {
    this.take(await this.post('/api/auth/refresh'));
  }

  take(answer) {
    this.cookie = answer.headers.getSetCookie()[0].split(';')[0];
    this.token = answer.body.access_token;
  }

  async ticket() {
    return (await this.post('/api/ws/ticket')).body.ticket;
  }

  async post(path, body) {
    const headers = { ...(this.token && { Authorization: `Bearer ${this.token}` }), ...(this.cookie && { Cookie: this.cookie }) };
    if (body) headers['Content-Type'] = 'application/json';
    for (;;) {
      const answer = await fetch(origin + path, { method: 'POST', headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(10_000) });
      if (answer.ok) return { headers: answer.headers, body: await answer.json() };
      if (answer.status !== 429) throw new Error(`${path} answered ${answer.status}`);
      await sleep(1000 * Number(answer.headers.get('Retry-After'))); // so many clients at once are over the allowance
    }
  }
}

const port = await freePort();
const origin = `http://127.0.0.1:${port}`;
const folder = mkdtempSync(join(tmpdir(), 'candlewick-soak-'));
const binary = process.env.CW_BINARY ?? join(root, 'build/release/bin/candlewick');
const server = spawn(
  binary,
  ['serve', '--market', 'practice', '--port', String(port), '--data-dir', folder],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
const ended = new Promise((done) => server.on('exit', (code, signal) => done(code ?? signal)));
let stopping = false;
server.on('exit', () => {
  if (!stopping) wrong('the server ended by itself');
});

const account = new Account();
let renewals = 0;
const get = async (path) => {
  const headers = account.token ? { Authorization: `Bearer ${account.token}` } : {};
  const answer = await fetch(origin + path, { headers, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
};
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

let isLive = false;
for (let tries = 0; tries < 60 && !isLive; tries += 1) {
  await sleep(1000);
  isLive = await get('/health/live').then(() => true, () => false);
}
let symbols = [];
if (isLive) {
  await account.signIn(binary);
  symbols = (await get('/api/market/symbols')).symbols.map((one) => one.symbol);
}
if (symbols.length === 0) wrong('the server named no symbol within a minute');

const clients = [];
for (let i = 0; symbols.length && i < clientCount; i += 1) clients.push(new Client(symbols, i, i % 2 ? await account.ticket() : null));
const samples = [];
const endMs = Date.now() + minutes * 60_000;
for (let tick = 1; symbols.length && Date.now() < endMs && server.exitCode === null; tick += 1) {
  await sleep(5000);
  if (server.exitCode !== null) break;
  samples.push(sample(server.pid));
  for (const client of clients) {
    if (Date.now() - client.lastMs > silentMs) {
      wrong(`a client heard nothing for ${silentMs / 1000} s`);
      client.lastMs = Date.now();
    }
  }
  const symbol = symbols[tick % symbols.length];
  await get(`/api/market/candles/${symbol}?timeframe=1h&limit=500`).catch((error) => wrong(`REST: ${error.message}`));
  if (tick % renewEvery === 0) {
    await account.refresh().then(() => clients.forEach((client) => client.renew(account.token)), (error) => wrong(`sign-in: ${error.message}`));
  }
  if (tick % 12 === 0) {
    const { rssKb, files } = samples.at(-1);
    const received = clients.reduce((sum, client) => sum + client.received, 0);
    console.log(`minute ${tick / 12}: ${rssKb} kB, ${files} files, ${received} messages, ${problems.size} kinds of problem`);
  }
}

if (clients.length && renewals < clients.length) wrong('not every client could renew what it was granted');
for (const client of clients) client.close();
judgeGrowth(samples);
stopping = true;
server.kill('SIGTERM');
const code = await Promise.race([ended, sleep(30_000).then(() => 'it did not stop within 30 s')]);
if (code !== 0) wrong(`SIGTERM ended the server with: ${code}`);
server.kill('SIGKILL');
rmSync(folder, { recursive: true, force: true });

for (const [sentence, count] of problems) console.log(`WRONG ${sentence}${count > 1 ? ` (${count} times)` : ''}`);
console.log(problems.size === 0 ? `soak: ${minutes} minutes with ${clientCount} clients, nothing wrong` : 'soak: failed');
process.exit(problems.size === 0 ? 0 : 1);
