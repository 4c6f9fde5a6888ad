// A private whole system: ./dev start in a folder of its own on free ports, with
// real Redis, nginx, programs and worker, an SMS provider and a mail server that
// only play theirs, and three people who can sign in.
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { certificate } from './certificate.js';
import liwa from './liwa.js';
import smtp from './smtp.js';
import { Client } from './client.mjs';
import { poll } from './poll.mjs';
import { copy_prepared } from './prepared.mjs';
import { link_token } from './shop.mjs';

export { poll };
export const top = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

// The folder whose programs run: DEV_BUILD names another than build/, as ./dev reads it.
export const built = process.env.DEV_BUILD ?? path.join(top, 'build');

// The people who can sign in, by role.
export const PEOPLE = {
    ADMIN: { username: 'jefa', password: 'manda-en-todo-1', name: 'Julia Jefa' },
    OPERADOR: { username: 'oper', password: 'mostrador-azul-2', name: 'Óscar Operador' },
    USUARIO: { username: 'lector', password: 'solo-mira-cosas-3', name: 'Lucía Lectora' },
};

// Below those that outgoing connections get by themselves: one of these may take a port
// between our look and nginx's.
async function free_ports(n) {
    const ports = [];
    while (ports.length < n) {
        const port = randomInt(10000, 30000), server = net.createServer();
        const free = await new Promise((done) => server.once('error', () => done(false))
            .listen(port, '127.0.0.1', () => done(true)));
        if (free)
            await new Promise((done) => server.close(done));
        if (free && !ports.includes(port))
            ports.push(port);
    }
    return ports;
}

function run(file, args, { input, env } = {}) {
    return new Promise((done, fail) => {
        const child = execFile(file, args, { cwd: top, env, maxBuffer: 1 << 26 },
            (error, stdout, stderr) => (error
                ? fail(new Error(`${file} ${args.join(' ')}: ${error.code}\n${stdout}${stderr}`))
                : done(stdout)));
        child.stdin.on('error', () => {});
        child.stdin.end(input ?? '');
    });
}

// The program that asks the database, a line a statement; what came after the last
// answer is kept until its end is there.
class Sql {
    constructor(database) {
        const source = path.join(top, 'tests/helpers/sql.c'), program = path.join(top, 'build/tests/helpers/sql');
        if (!fs.existsSync(program) || fs.statSync(program).mtimeMs < fs.statSync(source).mtimeMs)
            execFileSync('make', ['-C', path.join(top, 'build'), 'tests/helpers/sql'], { stdio: 'ignore' });
        this.asked = [];
        this.rows = [];
        this.rest = '';
        this.child = spawn(program, [database], { stdio: ['pipe', 'pipe', 'inherit'] });
        this.child.stdout.setEncoding('utf8');
        this.child.stdout.on('data', (text) => this.read(text));
        this.child.stdin.on('error', () => {});
        this.child.on('exit', () => this.asked.splice(0).forEach((a) => a.fail(new Error('sql ended'))));
    }

    ask(statement, values) {
        return new Promise((done, fail) => {
            this.asked.push({ statement, done, fail });
            this.child.stdin.write(`${JSON.stringify([statement, ...values])}\n`);
        });
    }

    read(text) {
        const lines = (this.rest + text).split('\n');
        this.rest = lines.pop();
        for (const line of lines) {
            if (line.startsWith('{')) {
                this.rows.push(JSON.parse(line));
                continue;
            }
            const { statement, done, fail } = this.asked.shift();
            if (line === 'ok')
                done(this.rows);
            else
                fail(new Error(`${statement}: ${line}`));
            this.rows = [];
        }
    }

    close() {
        this.child.stdin.end();
    }
}

export class System {
    // settings: keys of the configuration, { undo_s: 2 }.
    static async start(settings = {}) {
        const s = new System();
        try {
            await s.up(settings);
        } catch (error) {
            const log = s.logs();
            await s.stop();
            error.message += `\n${log}`;
            throw error;
        }
        return s;
    }

    async up(settings) {
        this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'paqueteria-'));
        fs.chmodSync(this.dir, 0o755);           // nginx's processes may be another user
        const [http, https] = await free_ports(2);
        this.env = { ...process.env, DEV_VAR: this.dir };
        await copy_prepared({ top, built, dir: this.dir, ports: [http, https], make: (ports) => this.prepare(ports) });
        this.base = `http://127.0.0.1:${http}`;
        this.https = `https://localhost:${https}`;
        await this.stand_ins();
        Object.assign(this.env, { DEV_HTTP: http, DEV_HTTPS: https });
        for (const [key, value] of Object.entries({ ...this.provider_settings(), ...settings }))
            this.env[`PAQUETERIA_${key.toUpperCase()}`] = String(value);
        this.on_exit = () => execFileSync('./dev', ['down'], { cwd: top, env: this.env, stdio: 'ignore' });
        process.on('exit', this.on_exit);
        await this.dev('start', '--configured');
        this.ca = fs.readFileSync(path.join(this.dir, 'tls/ca.crt'));
    }

    // Makes the folder of a system of which nothing runs, from which others are copied.
    async prepare([http, https]) {
        Object.assign(this.env, { DEV_HTTP: http, DEV_HTTPS: https });
        await this.dev('configure');
        await this.people();
        fs.mkdirSync(path.join(this.dir, 'standin'));
        certificate(path.join(this.dir, 'standin'));
        for (const [name, value] of Object.entries({ liwa_password: liwa.ACCOUNT.password,
            liwa_api_key: liwa.ACCOUNT.key, smtp_password: smtp.USER.password }))
            fs.writeFileSync(path.join(this.dir, 'secrets', name), value, { mode: 0o400 });
    }

    async stand_ins() {
        const dir = path.join(this.dir, 'standin');
        this.liwa = await liwa.start({ dir, tls: true });
        this.smtp = await smtp.start({ dir });
    }

    provider_settings() {
        return { sms_driver: 'liwa', liwa_account: liwa.ACCOUNT.account, liwa_url: this.liwa.url,
            liwa_auth_url: this.liwa.authUrl, mail_url: this.smtp.url, mail_user: smtp.USER.name,
            ca_file: this.smtp.ca };
    }

    // ./dev COMMAND… of this system.  Its output goes to a file: what it starts would
    // keep a pipe open.
    dev(...args) {
        const out = path.join(this.dir, 'dev.out');
        const fd = fs.openSync(out, 'a');
        return new Promise((done, fail) => {
            const child = spawn('./dev', args, { cwd: top, env: this.env, stdio: ['ignore', fd, fd] });
            child.on('error', fail);
            child.on('exit', (code) => {
                fs.closeSync(fd);
                if (code === 0)
                    done();
                else
                    fail(new Error(`./dev ${args.join(' ')}: ${code}\n${fs.readFileSync(out, 'utf8')}`));
            });
        });
    }

    // The administrator's command line.
    paqueteria(args, input, env = this.env) {
        return run(path.join(built, 'bin/paqueteria'),
            ['--config', path.join(this.dir, 'conf/paqueteria.conf'), ...args],
            { input, env });
    }

    // A maintenance program, at once and in the foreground.
    cron(name, ...args) {
        return run(path.join(built, 'cron', name),
            ['--config', path.join(this.dir, 'conf/paqueteria.conf'), '--now', ...args], { env: this.env });
    }

    async people() {
        for (const [role, p] of Object.entries(PEOPLE))
            await this.paqueteria(['user', 'add', '--username', p.username, '--email',
                `${p.username}@example.com`, '--name', p.name, '--role', role,
                '--password-stdin', '--final'], `${p.password}\n`);
    }

    client(options = {}) {
        const base = options.https ? this.https : this.base;
        const client = new Client(base, { ca: this.ca, ...options });
        (this.clients ??= []).push(client);
        return client;
    }

    // A browser in which somebody of this role has signed in.
    async as(role, options) {
        const p = PEOPLE[role];
        return this.client(options).login(p.username, p.password);
    }

    // A browser of nobody, and one of each role.
    async browsers() {
        return { anybody: this.client(), admin: await this.as('ADMIN'), oper: await this.as('OPERADOR'),
            reader: await this.as('USUARIO') };
    }

    // A caller of the API with a token of this role and these scopes.
    async token(role, scopes = '*') {
        const out = await this.paqueteria(['token', 'add', '--name', `prueba ${role}`, '--username',
            PEOPLE[role].username, '--role', role, '--scopes', scopes]);
        return this.client({ bearer: out.match(/paq_\w+/)[0] });
    }

    // Rows of one statement; values for ?1, ?2 ….
    async sql(statement, ...values) {
        this.asker ??= new Sql(path.join(this.dir, 'db/paqueteria.db'));
        return this.asker.ask(statement, values);
    }

    async value(statement, ...values) {
        const rows = await this.sql(statement, ...values);
        return rows.length ? Object.values(rows[0])[0] : undefined;
    }

    // Everything in these tables, to be compared: what must not change, and whether it did.
    async snapshot(without = []) {
        const tables = await this.sql("SELECT name FROM sqlite_master WHERE type = 'table'"
            + " AND name NOT LIKE 'sqlite_%'");
        const all = {};
        for (const { name } of tables.filter((t) => !without.includes(t.name)))
            all[name] = await this.sql(`SELECT * FROM ${name}`);
        return all;
    }

    // Makes due now all that waits for its time: messages after a counter action, retries.
    async hasten() {
        await this.sql("UPDATE notifications SET not_before = unixepoch() - 1 WHERE state = 'queued'");
        await this.sql("UPDATE jobs SET run_at = unixepoch() - 1 WHERE state = 'ready'");
        await this.redis_lines(['sms', 'mail', 'files', 'whatsapp']      // else a second may pass
            .map((queue) => `XADD paq:q:${queue} * j 0`).join('\n'));
    }

    // Nothing is under way: no message waits, no job runs or is due.
    async settled(ms) {
        await this.hasten();
        await poll('all jobs done', async () => await this.value(
            "SELECT count(*) FROM jobs WHERE state IN ('ready', 'running')") === 0, ms);
    }

    // Messages that the SMS provider took, all or those to one phone (ten digits, or with +57); letters that the
    // mail server took, all or those to one address.
    sms(phone = '') {
        return this.liwa.ledger.read().filter((line) => line.kind === 'send' && line.accepted
            && line.number.endsWith(phone.slice(-10)));
    }
    mails(to) { return this.smtp.ledger.read().filter((line) => line.accepted && (!to || line.to.includes(to))); }

    // The last SMS to a phone that is like the pattern, as soon as there is one.
    sms_comes(phone, pattern) {
        return poll(`an SMS to ${phone} like ${pattern}`,
            () => this.sms(phone).findLast((m) => pattern.test(m.message)), 60000);
    }

    // The same without waiting for the time to undo.
    async sms_soon(phone, pattern) {
        await this.hasten();
        return this.sms_comes(phone, pattern);
    }

    pid(name) {
        const file = path.join(this.dir, 'run', `${name}.dev`);
        return Number(fs.readFileSync(file, 'utf8').split(' ')[0]);
    }

    // Processes with all that they started, by pid.
    family(pid) { return [pid, ...this.children(pid).flatMap((child) => this.family(child))]; }

    // Processes below one, by pid.
    children(pid) {
        try {
            return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
                .filter(Boolean).map(Number);
        } catch {
            return [];
        }
    }

    // Gives Redis one command, by its own client.
    redis(...command) {
        return this.redis_lines('', command);
    }

    redis_lines(input, command = []) {
        return run('redis-cli', ['-s', path.join(this.dir, 'run/redis.sock'), '--no-auth-warning', '--user', 'admin', ...command],
            { input, env: { ...process.env,
                REDISCLI_AUTH: fs.readFileSync(path.join(this.dir, 'secrets/redis_password'), 'utf8').trim() } });
    }

    log(name) {
        return fs.readFileSync(path.join(this.dir, 'log', `${name}.log`), 'utf8');
    }

    // Gives all logs, or their last lines for the message of a failed test.
    logs(lines = 15) {
        const dir = path.join(this.dir, 'log');
        if (!fs.existsSync(dir))
            return '';
        return fs.readdirSync(dir).map((name) => `== ${name}\n`
            + fs.readFileSync(path.join(dir, name), 'utf8').split('\n').slice(-lines).join('\n')).join('\n');
    }

    async stop() {
        for (const client of this.clients ?? [])
            client.close();
        if (this.on_exit) {
            await this.dev('down');
            process.removeListener('exit', this.on_exit);
        }
        const report = this.sanitizer_report() ?? await this.tokens_in_logs();
        this.asker?.close();
        this.liwa?.close();
        this.smtp?.close();
        if (!process.env.KEEP)
            fs.rmSync(this.dir, { recursive: true, force: true });
        if (report)
            throw new Error(report);
    }

    // A line of a log, ours or nginx's, that holds a token: of a parcel's link, of a session, of a letter.
    async tokens_in_logs() {
        const dir = path.join(this.dir, 'log');
        const logs = fs.existsSync(dir) ? fs.readdirSync(dir).map((name) => path.join(dir, name)) : [];
        const parcels = fs.existsSync(path.join(this.dir, 'db/paqueteria.db'))
            ? await this.sql('SELECT tracking_code, link_version FROM packages').catch(() => []) : [];
        const links = parcels.map((p) => `${link_token(this, p)}\n`).join('');
        for (const [how, input] of [[['-F', '-f', '-'], links], [['-E', '(^|[^0-9A-Za-z])([0-9A-Za-z]{43}|[0-9a-f]{64})([^0-9A-Za-z]|$)'], '']]) {
            const { stdout } = spawnSync('grep', ['-a', '-m1', ...how, ...logs], { input });
            if (logs.length && stdout.length)
                return `a token in a log: ${stdout}`;
        }
        return null;
    }

    // The report of a sanitizer about a program, from its first line on.
    sanitizer_report() {
        const dir = path.join(this.dir, 'log');
        for (const name of fs.existsSync(dir) ? fs.readdirSync(dir) : []) {
            // grep reads the log, which may be larger than the longest string of node.
            const { stdout } = spawnSync('grep', ['-aE', '-m1', '-A30', 'ERROR: [A-Za-z]+Sanitizer|runtime error:', path.join(dir, name)]);
            if (stdout.length)
                return `${name}: ${stdout}`;
        }
        return null;
    }
}
