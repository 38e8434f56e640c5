// Drives the web page of Microsoft's Agents Playground 0.2.28 as a person would.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { until } from './processes.mjs';

/** The Chromium to use: that of CHROMIUM, else the first one on the PATH. */
export function browserPath() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const all = process.env.PATH.split(path.delimiter).flatMap((dir) => names.map((name) => path.join(dir, name)));
  const found = process.env.CHROMIUM ?? all.find((file) => existsSync(file));
  if (!found) throw new Error('No Chromium on the PATH. Install one, or name it with CHROMIUM=/path/to/chromium.');
  return found;
}

/** Opens the page. Each load makes the Playground tell the bot again that it was added. */
export async function openPage(url) {
  const browser = await chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox', '--disable-quic'] });
  const page = await browser.newPage({ viewport: { width: 1300, height: 1200 }, locale: 'en-US', timezoneId: 'UTC', deviceScaleFactor: 2 });
  page.setDefaultTimeout(15_000);
  // Nothing is loaded from elsewhere.
  await page.route((address) => !['127.0.0.1', 'localhost'].includes(address.hostname), (route) => route.abort());
  const client = new Client(page, browser);
  await page.goto(url);
  await page.getByRole('treeitem').first().waitFor();
  return client;
}

export class Client {
  constructor(page, browser) {
    this.page = page;
    this.browser = browser;
    /** Errors that the page threw: a button that does nothing is one of these. */
    this.errors = [];
    /** How many clicks have gone to the bot. */
    this.invokes = 0;
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('request', (request) => { if (request.url().endsWith('/invoke')) this.invokes++; });
  }

  close() { return this.browser.close(); }

  /** Shows a conversation: 'Personal Chat', 'Group Chat', or a channel as 'My Team - General'. */
  async open(conversation) {
    await this.page.getByRole('treeitem', { name: conversation, exact: true }).click();
    await this.page.locator('[contenteditable="true"]').last().waitFor();
  }

  /** Loads the page anew; the Playground shows no history then. */
  async reload() {
    await this.page.reload();
    await this.page.getByRole('treeitem').first().waitFor();
  }

  // ---- writing ------------------------------------------------------------

  /** Types a text; with "@Megan Bowen" in it somebody is picked from the list that comes up. */
  async #type(box, text, mention) {
    await box.click();
    if (mention) await this.#mention(mention);
    for (const part of text.split(/(@\p{Lu}\p{L}+ \p{Lu}\p{L}+)/u)) {
      if (part.startsWith('@')) await this.#mention(part.slice(1));
      else if (part) await this.page.keyboard.insertText(part);
    }
  }

  async #mention(name) {
    await this.page.keyboard.type(`@${name}`, { delay: 15 });
    await this.page.getByRole('listbox', { name: 'Typeahead menu' }).getByRole('menuitem', { name }).first().click();
    await this.page.keyboard.type(' ');
  }

  /** Writes into a personal or group chat. Outside a personal chat the bot hears only what mentions it. */
  async send(text, { mention } = {}) {
    await this.#type(this.page.locator('[contenteditable="true"][data-lexical-editor="true"]').last(), text, mention);
    await this.page.getByRole('button', { name: 'Send Message', exact: true }).last().click();
  }

  /** Begins a thread in a channel. */
  async post(text, { mention } = {}) {
    const box = this.page.getByRole('group').filter({ has: this.page.getByRole('button', { name: 'Post', exact: true }) });
    await this.#type(box.getByRole('textbox').first(), text, mention);
    await box.getByRole('button', { name: 'Post', exact: true }).click();
  }

  /** The thread of a channel that shows a text. */
  thread(text) {
    return this.page.getByRole('group')
      .filter({ has: this.page.getByRole('button', { name: 'Send Message', exact: true }) }).filter({ hasText: text }).first();
  }

  /** Answers in a thread of a channel. */
  async reply(threadText, text, { mention } = {}) {
    const thread = this.thread(threadText);
    await this.#type(thread.getByRole('textbox').last(), text, mention);
    await thread.getByRole('button', { name: 'Send Message', exact: true }).click();
  }

  // ---- reading ------------------------------------------------------------

  /** The messages of the bot. */
  get messages() {
    return this.page.locator('div:has(> [aria-label="Message header"])').filter({ has: this.page.locator('[aria-label="Message author"]') });
  }

  /** The messages of the bot in the thread of a channel that shows a text. */
  messagesIn(threadText, bot) { return this.thread(threadText).locator(`div:has(> div > span[role=img][aria-label="${bot}"])`); }

  /** The cards that show every one of the texts, the oldest first. */
  cards(...texts) {
    return texts.reduce((cards, text) => cards.filter({ hasText: text }), this.page.locator('.ac-adaptiveCard'));
  }

  // ---- a card -------------------------------------------------------------

  /** Types into an input, found by its label. */
  async fill(card, label, value) {
    const input = card.getByLabel(label).and(card.locator('input:not([type=checkbox]):not([type=radio]), textarea')).first();
    await input.fill(value);
    await input.press('Tab');
  }

  /** What stands in an input. */
  typed(card, label) {
    return card.getByLabel(label).and(card.locator('input:not([type=checkbox]):not([type=radio]), textarea')).first().inputValue();
  }

  /** Picks a choice: of radio buttons, of checkboxes, or of a list that has to be opened. */
  async choose(card, label, choice) {
    for (const role of ['radio', 'checkbox']) {
      const box = card.getByRole(role, { name: choice });
      if (await box.count()) return box.first().check({ force: true });
    }
    await card.getByRole('combobox', { name: label }).click();
    return this.page.getByRole('option', { name: choice, exact: true }).last().click();
  }

  /** Sets a box that is ticked or not. */
  tick(card, name, on) { return card.getByRole('checkbox', { name }).first().setChecked(on, { force: true }); }

  /** The buttons that stand on a card, without its rows. */
  buttons(card) { return card.locator('.ac-actionSet button').allInnerTexts(); }

  /** Presses a button. Without wait it does not have to reach the bot. */
  async press(card, button, { wait = true } = {}) {
    await this.#reaching(wait, () => card.locator('.ac-actionSet').getByRole('button', { name: button, exact: true }).last().click());
  }

  /** Presses a button that opens an address, and gives the address. */
  async address(card, button) {
    const opened = this.page.context().waitForEvent('request', (request) => request.isNavigationRequest());
    await card.locator('.ac-actionSet').getByText(button, { exact: true }).last().click();
    return (await opened).url();
  }

  /** Presses a row, by a text that stands on it. */
  async pressRow(card, text) {
    await this.#reaching(true, () => card.locator('.ac-selectable').filter({ hasText: text }).first().click());
  }

  /** What stands in the overflow menu of a card. */
  async menu(card) {
    await card.locator('.ac-actionSet button').last().click();
    const items = await this.page.getByRole('menuitem').allInnerTexts();
    await this.page.keyboard.press('Escape');
    return items.map((item) => item.trim()).filter(Boolean);
  }

  /** Presses an entry of the overflow menu. */
  async pressMenu(card, entry) {
    await card.locator('.ac-actionSet button').last().click();
    await this.#reaching(true, () => this.page.getByRole('menuitem', { name: entry, exact: true }).last().click());
  }

  async #reaching(wait, click) {
    const before = this.invokes;
    await click();
    if (wait) await until('the click reaches the bot', () => this.invokes > before, 5);
  }
}
