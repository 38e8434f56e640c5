// Odoo's side of the walk: a project of its own in a real Odoo, which is reached over
// a line that can be cut, and the browser of those who sit in front of Odoo.
import net from 'node:net';
import { chromium } from 'playwright-core';
import { browserPath } from './driver.mjs';
import { freePort, until } from './processes.mjs';
import { takePicture } from './stage.mjs';

/** What the walk has to know of an Odoo: the bot's key, an administrator, an engineer Anna and a customer of the portal. */
const needed = [
  'ODOO_URL', 'ODOO_DB', 'ODOO_API_KEY', 'ODOO_ADMIN_LOGIN', 'ODOO_ADMIN_PASSWORD', 'ODOO_ADMIN_API_KEY',
  'ODOO_ENG1_LOGIN', 'ODOO_ENG1_UID', 'ODOO_ENG1_API_KEY', 'ODOO_CUSTOMER_LOGIN', 'ODOO_CUSTOMER_PASSWORD', 'ODOO_CUSTOMER_PARTNER_ID',
];
export const missing = () => needed.filter((name) => !process.env[name]);

/** A line to a server that can be cut and mended; it keeps its address. */
class Line {
  constructor(url, port) {
    Object.assign(this, { target: new URL(url), port, url: `http://127.0.0.1:${port}`, sockets: new Set() });
  }

  async mend() {
    if (this.server?.listening) return;
    this.server = net.createServer((near) => {
      const far = net.connect(this.target.port || 80, this.target.hostname);
      for (const [socket, other] of [[near, far], [far, near]]) {
        this.sockets.add(socket);
        socket.on('error', () => {}).on('close', () => { this.sockets.delete(socket); other.destroy(); });
      }
      near.pipe(far).pipe(near);
    });
    await new Promise((resolve, reject) => this.server.once('error', reject).listen(this.port, '127.0.0.1', resolve));
  }

  cut() {
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

/** A person in front of Odoo, in a browser of their own. */
class Desk {
  constructor(page, url) { Object.assign(this, { page, url }); }

  async signIn(login, password) {
    await this.page.goto(`${this.url}/web/login`);
    await this.page.locator('input[name=login]').fill(login);
    await this.page.locator('input[name=password]').fill(password);
    await this.page.locator('button[type=submit]').last().click();
    await this.page.waitForURL((url) => !url.pathname.startsWith('/web/login'));
  }

  /** Opens a record's form, with all that was written on it. */
  async form(model, id) {
    await this.page.goto(`${this.url}/odoo/${model}/${id}`);
    await this.page.locator('.o_form_view').waitFor();
    await this.page.locator('.o-mail-Message, .o-mail-Thread-empty').first().waitFor();
    await this.page.waitForTimeout(700);
  }

  /** Opens a task as a customer sees it. */
  async portal(id) {
    await this.page.goto(`${this.url}/my/tasks/${id}`);
    await this.page.locator('.o-mail-Composer-input').first().waitFor();
    await this.page.waitForTimeout(700);
  }

  /** Writes on the task that the portal shows. */
  async write(text) {
    await this.page.locator('.o-mail-Composer-input').first().fill(text);
    await this.page.locator('.o-mail-Composer-send, .o-mail-Composer button[name=send-message]').first().click();
    await this.page.locator('.o-mail-Message').filter({ hasText: text.split('\n')[0] }).first().waitFor();
  }

  picture(name) { return takePicture(name, this.page, { fullPage: true }); }
}

/** Sets a project up in Odoo, and seats an administrator and the customer before it. */
export async function openOffice() {
  const { env } = process;
  const line = new Line(env.ODOO_URL, await freePort());
  await line.mend();

  /** Calls a method of Odoo with somebody's key: '' is the bot's, 'ADMIN' or 'ENG1'. */
  async function call(who, model, method, named) {
    const key = env[who ? `ODOO_${who}_API_KEY` : 'ODOO_API_KEY'];
    const answer = await fetch(`${env.ODOO_URL}/json/2/${model}/${method}`, {
      method: 'POST', body: JSON.stringify(named),
      headers: { 'content-type': 'application/json', authorization: `bearer ${key}`, 'x-odoo-database': env.ODOO_DB },
    });
    if (!answer.ok) throw new Error(`Odoo: ${model}/${method}: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
    return answer.json();
  }

  const name = `Walk of ${new Date().toISOString().slice(0, 19).replace('T', ' ')}`;
  const stages = ['New', 'In Progress', 'On Hold', 'Solved'].map((stage, i) => [0, 0, { name: stage, sequence: i + 1, fold: stage === 'Solved' }]);
  const [project] = await call('ADMIN', 'project.project', 'create', { vals_list: [{ name, privacy_visibility: 'portal', type_ids: stages }] });

  const browser = await chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox', '--disable-quic'] });
  async function sit(login, password, height) {
    const context = await browser.newContext({ viewport: { width: 1400, height }, locale: 'en-US', timezoneId: 'UTC' });
    const page = await context.newPage();
    page.setDefaultTimeout(90_000);
    const desk = new Desk(page, env.ODOO_URL);
    await desk.signIn(login, password);
    return desk;
  }

  return {
    line, call, project,
    /** When it was set up, as Odoo writes times. */
    began: name.slice(-19),
    /** By what the bot finds the project. The others of the environment are not the bot's. */
    env: {
      ODOO_URL: line.url, ODOO_DB: env.ODOO_DB, ODOO_API_KEY: env.ODOO_API_KEY, ODOO_LOGIN: env.ODOO_LOGIN ?? '',
      ODOO_MODEL: 'project', ODOO_PROJECT: String(project),
    },
    inside: await sit(env.ODOO_ADMIN_LOGIN, env.ODOO_ADMIN_PASSWORD, 1500),
    customer: await sit(env.ODOO_CUSTOMER_LOGIN, env.ODOO_CUSTOMER_PASSWORD, 1300),

    /** The tasks of the project, the oldest first. */
    tasks: (...also) => call('ADMIN', 'project.task', 'search_read', {
      domain: [['project_id', '=', project], ...also], order: 'id', context: { active_test: false },
      fields: ['name', 'stage_id', 'user_ids', 'partner_id', 'priority', 'tag_ids', 'state', 'description'],
    }),

    /** What was written on a task, the oldest first, without what Odoo itself noted. */
    messages: (task) => call('ADMIN', 'mail.message', 'search_read', {
      domain: [['model', '=', 'project.task'], ['res_id', '=', task], ['message_type', 'in', ['comment', 'email']]], order: 'id',
      fields: ['body', 'author_id', 'subtype_id'],
    }),

    /** Waits until Odoo has what is looked for, and says how long it took. */
    async has(what, check, seconds = 60) {
      const began = Date.now();
      await until(`Odoo has ${what}`, check, seconds);
      console.log(`  Odoo has ${what} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    },

    async close() {
      line.cut();
      await browser.close();
    },
  };
}
