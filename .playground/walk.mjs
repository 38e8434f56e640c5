// Walks tickets through all seven steps in Microsoft's Agents Playground: in a
// personal chat, a group chat and a channel thread. See README.md.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPage } from './driver.mjs';
import { Bot, freePort, startPlayground, until } from './processes.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const program = path.resolve(process.env.HANDRAIL ?? path.join(here, '..', '.bin', 'handrail'));
const pictures = process.argv[2] && path.resolve(process.argv[2]);
if (!pictures) {
  console.error('Say where the pictures go: node walk.mjs OUT_DIR');
  process.exit(2);
}
if (!fs.existsSync(program)) {
  console.error(`There is no ${program}. Build it with "make build", or name another with HANDRAIL=…`);
  process.exit(2);
}
fs.mkdirSync(pictures, { recursive: true });
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'handrail-walk-'));

let bot, playground, client;
const failures = [];
let taken = 0;

// ---- telling what is seen ---------------------------------------------------

/** Takes a picture of a card, or of the whole page. */
async function picture(name, card) {
  const file = path.join(pictures, `${String(++taken).padStart(3, '0')}-${name.replace(/[^\w-]+/g, '-').toLowerCase()}.png`);
  await (card ?? client.page).screenshot({ path: file });
}

/** Waits for a card, or whatever a locator finds, and says how long it took. */
async function see(what, locator) {
  const began = Date.now();
  await locator.last().waitFor({ timeout: 10_000 }).catch(() => { throw new Error(`not seen: ${what}`); });
  console.log(`  ${what} (${Date.now() - began} ms)`);
  return locator;
}

function expect(what, holds) {
  if (!holds) throw new Error(`expected: ${what}`);
  console.log(`  ${what}`);
}

/** A part of the walk. One that fails does not keep the others from being walked. */
async function scene(name, play) {
  console.log(name);
  try {
    await play();
  } catch (error) {
    failures.push(`${name}: ${error.message}`);
    console.log(`  FAILED: ${error.stack}`);
    await picture(`failed-${name}`).catch(() => {});
  }
}

// ---- the conversations --------------------------------------------------------

const mention = 'Test Bot';

const personal = {
  name: 'Personal Chat',
  begin: (text) => client.send(text),
  say: (text) => client.send(text),
  messages: () => client.messages,
};

const group = {
  name: 'Group Chat',
  begin: (text) => client.send(text, { mention }),
  say: (text) => client.send(text, { mention }),
  messages: () => client.messages,
};

const channel = {
  name: 'My Team - General',
  begin(text) { this.root = text; return client.post(text, { mention }); },
  say(text) { return client.reply(this.root, text, { mention }); },
  // Every answer there is a card.
  messages() { return client.thread(this.root).locator('.ac-adaptiveCard'); },
};

// ---- the work -------------------------------------------------------------------

/** What is recorded in each step: the item's row, a choice where the form has one, and the words. */
const work = {
  'Initial response': [
    ['Acknowledge receipt', { choice: 'By mail', words: 'Thank you, we have it and are looking into it. We will write again today.' }],
    ['Set expectations', { words: 'Said that the next word comes today at the latest.' }],
    ['Ask clarifying questions', { words: 'Since when? Which tax codes? A screenshot, please.' }],
  ],
  Diagnosis: [
    ['Gather information and attachments', { words: 'Screenshot and the export of 12 invoices: https://files.example/inv-12' }],
    ['Try to reproduce', { choice: 'Yes, every time', words: 'Any invoice with two tax lines fails on “Post”.' }],
    ['Review logs and monitoring', { words: 'ValueError in account_move.py, line 212, since the update of Sunday.' }],
    ['Likely root cause', { choice: 'Code', words: 'The rounding of tax lines changed with the update.' }],
    ['Decide: fix or escalate', { choice: 'Fix', words: 'Set the rounding back to “per line”.' }],
  ],
  Resolution: [
    ['Determine and apply the solution', { choice: 'Fix', words: 'Rounding set to “per line” for the company.' }],
    ['Verify and test', { words: 'Posted five invoices with two tax lines.' }],
    ['Document the actions', { words: 'Note in the ticket of the customer, with before and after.' }],
  ],
  Communication: [
    ['Tell the customer the outcome', { choice: 'By mail', words: 'Invoices can be posted again. Here is what we changed.' }],
    ['Tell internal stakeholders', { words: 'The account manager and the team lead, in the team channel.' }],
    ['Record the progress', { words: 'In the ticket of the customer.' }],
    ['Coordinate handoffs', { words: 'None: it stays with us.' }],
  ],
  'Follow-up': [
    ['Confirm with the requester', { words: 'Maria posted 12 invoices and says that all is well.' }],
    ['Collect feedback', { words: 'Quick answer; the first mail could have said more.' }],
    ['Close it with the customer', { choice: 'By mail', words: 'We close the ticket; write to us if it comes back.' }],
    ['Knowledge base entry', { words: 'https://wiki.example/tax-rounding' }],
  ],
  'Trend analysis': [
    ['Look for patterns', { words: 'Two others since the update of Sunday.' }],
    ['Root-cause category', { choice: 'Configuration', words: '' }],
    ['Has it happened before?', { choice: 'Seen before', words: '' }],
    ['Feed it into improvements', { words: 'Rounding goes onto the checklist for updates.' }],
  ],
};
const steps = Object.keys(work);

/** The card of a ticket in the conversation that is shown, whatever it shows now. */
const cardOf = (number) => client.cards(new RegExp(`${number}(?!\\d)`)).filter({ hasNotText: 'is shown further down' }).first();

/** The card once it shows a step, or another text, and no form. */
const showing = (number, text) => cardOf(number).filter({ hasText: text }).filter({ hasNot: client.page.locator('textarea') });

const inStep = (number, step) => showing(number, `Step ${steps.indexOf(step) + 2} of 7`);

/** Fills the form that stands on the card in, and saves it. */
async function fillIn(card, { choice, words }) {
  if (choice) await client.choose(card, '', choice);
  if (words) await card.locator('textarea').first().fill(words);
  await client.press(card, 'Save');
}

/** Records one item: by its row, or by the button that the card puts first. */
async function record(number, step, [title, evidence], { byButton, shoot }) {
  const card = cardOf(number);
  if (byButton) await client.press(card, (await client.buttons(card))[0]);
  else await client.pressRow(card, title);
  await see(`form: ${title}`, cardOf(number).filter({ hasText: title }).filter({ has: client.page.locator('textarea') }));
  if (shoot) await picture(`${number}-form-${title}`, card);
  await fillIn(card, evidence);
  await until(`${title} is ticked`, () => inStep(number, step).locator('.ac-selectable').filter({ hasText: title }).filter({ hasText: '✓' }).count());
}

/** Presses the button that ends a step, and waits for the next one. */
async function next(number, step) {
  const card = cardOf(number);
  await picture(`${number}-${step}-done`, card);
  const following = steps[steps.indexOf(step) + 1];
  await client.press(card, following ? 'Next step' : 'Close ticket');
  if (following) await see(`${number} is in ${following}`, inStep(number, following));
  else await see(`${number} is closed`, showing(number, 'Closed'));
  await picture(`${number}-${following ?? 'closed'}`, card);
}

async function walk(number, step, { skip = [], ...how } = {}) {
  for (const item of work[step]) if (!skip.includes(item[0])) await record(number, step, item, how);
  await next(number, step);
}

/** Fills the intake form in. */
async function facts(card, { customer, details, users }) {
  await client.fill(card, 'Customer', customer);
  await client.fill(card, 'Details', details);
  await client.fill(card, 'How many users', users);
}

const contoso = { customer: 'Contoso Ltd', details: 'Since this morning “Post” says “tax lines do not add up”. It worked yesterday.', users: '12' };

/** Opens a ticket in a conversation and leads it into Initial response. */
async function open(where, number, title, { take = true } = {}) {
  await where.begin(`new ${title}`);
  const form = client.cards('New ticket', 'Fixed date').last();
  await see('the intake form comes', form);
  await facts(form, contoso);
  if (!take) await client.tick(form, 'I take it', false);
  await client.press(form, 'Open ticket');
  await see(`the form has become ${number}`, showing(number, 'Step 1 of 7'));
}

/** Writes something, waits for the next message of the bot, and gives it. */
async function ask(where, text, answer) {
  const before = await where.messages().count();
  const began = Date.now();
  await where.say(text);
  const message = where.messages().nth(before);
  await message.filter({ hasText: answer }).waitFor({ timeout: 10_000 })
    .catch(() => { throw new Error(`“${text}” is not answered with ${answer}`); });
  console.log(`  “${text}” is answered (${Date.now() - began} ms)`);
  return message;
}

// ---- the walk -------------------------------------------------------------------

async function personalChat() {
  await scene('Personal chat: badly filled, the form comes back with all that was typed', async () => {
    await client.open(personal.name);
    await picture('welcome', await see('the welcome', client.cards('I am Handrail')));
    await personal.begin('new Invoices cannot be posted');
    const form = client.cards('New ticket', 'Fixed date').last();
    await see('the intake form comes', form);
    await picture('intake', form);
    expect('the title is in the form', await client.typed(form, 'What is wrong?') === 'Invoices cannot be posted');

    await facts(form, { ...contoso, customer: '', users: 'lots' });
    const before = client.invokes;
    await client.press(form, 'Open ticket', { wait: false });
    await see('the client itself asks for the customer', form.getByText('Please fill this in'));
    expect('nothing went to the bot', client.invokes === before);
    await picture('intake-without-customer', form);

    await client.fill(form, 'Customer', ' ');
    await client.press(form, 'Open ticket');
    await see('the bot says what is no number of users', form.getByText('“lots”'));
    await see('the bot asks for the customer', form.getByText('Write who the customer is.'));
    await picture('intake-with-faults', form);
    expect('the title is still there', await client.typed(form, 'What is wrong?') === 'Invoices cannot be posted');
    expect('the details are still there', await client.typed(form, 'Details') === contoso.details);
    expect('the users are still there', await client.typed(form, 'How many users') === 'lots');

    await facts(form, contoso);
    await client.press(form, 'Open ticket');
    await see('the form has become T-1', showing('T-1', 'Step 1 of 7'));
    await picture('T-1-Reception', cardOf('T-1'));
    expect('one card for it', await client.cards(/T-1(?!\d)/).count() === 1);
  });

  await scene('Personal chat: by the rows of the card', async () => {
    const menu = await client.menu(cardOf('T-1'));
    expect(`the overflow menu has ${menu.join(', ')}`, ['Edit', 'History', 'Close early'].every((entry) => menu.includes(entry)));
    await client.press(cardOf('T-1'), 'Next step');
    await see('T-1 is in Initial response', inStep('T-1', 'Initial response'));
    await picture('T-1-Initial response', cardOf('T-1'));
    await walk('T-1', 'Initial response', { shoot: true });
  });

  await scene('Personal chat: kill -9 in the middle of a form, and on with the same card', async () => {
    const items = work.Diagnosis;
    for (const item of items.slice(0, 2)) await record('T-1', 'Diagnosis', item, { shoot: true });
    const card = cardOf('T-1');
    const [title, evidence] = items[2];
    await client.pressRow(card, title);
    await see(`form: ${title}`, card.filter({ has: client.page.locator('textarea') }));
    await card.locator('textarea').first().fill(evidence.words);
    await bot.kill();
    console.log('  the bot is dead');
    await client.press(card, 'Save');
    await client.page.waitForTimeout(1_000);
    await picture('T-1-saved-while-the-bot-is-dead');
    expect('what was typed is still there', await card.locator('textarea').first().inputValue() === evidence.words);
    console.log(`  the bot is back (${await bot.start()} ms)`);
    await client.press(card, 'Save');
    await see(`${title} is ticked`, inStep('T-1', 'Diagnosis').getByText(evidence.words.slice(0, 20)));
    for (const item of items.slice(3)) await record('T-1', 'Diagnosis', item, { shoot: true });
    await next('T-1', 'Diagnosis');
  });

  await scene('Personal chat: to the end', async () => {
    for (const step of steps.slice(2)) await walk('T-1', step, { shoot: true });
  });
}

async function groupChat() {
  await scene('Group chat: by the buttons of the card, escalated and answered', async () => {
    await client.open(group.name);
    await open(group, 'T-2', 'Payroll run stops at employee 112');
    await picture('T-2-Reception', cardOf('T-2'));
    await client.press(cardOf('T-2'), 'Next step');
    await see('T-2 is in Initial response', inStep('T-2', 'Initial response'));
    await walk('T-2', 'Initial response', { byButton: true });
    for (const item of work.Diagnosis.slice(0, 4)) await record('T-2', 'Diagnosis', item, { byButton: true });

    const card = cardOf('T-2');
    await client.press(card, 'Decide');
    await see('form: Decide', card.filter({ has: client.page.locator('textarea') }));
    await client.choose(card, '', 'Escalate');
    await card.locator('textarea').first().fill('May we change the rounding for a whole company?');
    await client.press(card, 'Save');
    await see('it asks for a reason', card.getByText('Choose at least one reason'));
    await picture('T-2-escalated-without-a-reason', card);
    expect('the question is still there', await card.locator('textarea').first().inputValue() === 'May we change the rounding for a whole company?');
    await client.choose(card, '', 'Needs approval');
    await client.press(card, 'Save');
    await see('it is escalated to management', showing('T-2', 'Escalated to Management'));
    await picture('T-2-escalated', card);

    await client.press(card, 'Answer');
    await see('form: Answer', card.filter({ has: client.page.locator('textarea') }));
    await picture('T-2-form-answer', card);
    await card.locator('textarea').first().fill('Yes, says Lena Berg, for this company only.');
    await client.press(card, 'Save');
    await see('the answer stands on the card', showing('T-2', 'Lena Berg'));
    await picture('T-2-answered', card);
    await record('T-2', 'Diagnosis', work.Diagnosis[4], { byButton: true, shoot: true });
    await next('T-2', 'Diagnosis');
  });

  await scene('Group chat: to the end', async () => {
    for (const step of steps.slice(2)) await walk('T-2', step, { byButton: true });
  });
}

async function channelThread() {
  await scene('Channel thread: opened by one, taken later, the rest of a step skipped', async () => {
    await client.open(channel.name);
    await open(channel, 'T-3', 'Printer on floor 2 prints blank pages', { take: false });
    await picture('T-3-Reception-unowned', cardOf('T-3'));
    expect('it offers Take', (await client.buttons(cardOf('T-3')))[0] === 'Take');
    await ask(channel, 'take T-3', /T-3 ·/);
    await see('the first card says where the ticket is now', client.cards('T-3 is shown further down'));
    await picture('T-3-taken');
    await client.press(cardOf('T-3'), 'Next step');
    await see('T-3 is in Initial response', inStep('T-3', 'Initial response'));

    await record('T-3', 'Initial response', work['Initial response'][0], {});
    await client.pressMenu(cardOf('T-3'), 'Skip rest');
    await see('form: Skip rest', cardOf('T-3').filter({ has: client.page.locator('textarea') }));
    await picture('T-3-form-skip-rest', cardOf('T-3'));
    await fillIn(cardOf('T-3'), { words: 'All said in the first mail.' });
    await see('the rest is skipped', showing('T-3', 'All said in the first mail.'));
    await next('T-3', 'Initial response');
    await walk('T-3', 'Diagnosis');
  });

  await scene('Channel thread: an item skipped, the history, not fixed after all', async () => {
    const card = cardOf('T-3');
    await walk('T-3', 'Resolution');
    await client.pressRow(card, 'Record the progress');
    await see('form: Record the progress', card.filter({ has: client.page.locator('textarea') }));
    await client.press(card, 'Skip');
    await see('form: Skip', card.filter({ hasText: 'Skip:' }));
    await picture('T-3-form-skip', card);
    await fillIn(card, { words: 'It is in the thread.' });
    await see('it is skipped', showing('T-3', 'It is in the thread.'));

    await client.pressMenu(card, 'Not fixed');
    await see('form: Not fixed', card.filter({ hasText: 'Not fixed after all' }).filter({ has: client.page.locator('textarea') }));
    await picture('T-3-form-not-fixed', card);
    await fillIn(card, { words: 'It printed two pages and then blank ones again.' });
    await see('T-3 is in Diagnosis again', inStep('T-3', 'Diagnosis'));
    await picture('T-3-Diagnosis-again', card);
    await client.pressMenu(card, 'History');
    await see('the history', client.cards('History of T-3'));
    await picture('T-3-history', client.cards('History of T-3').first());
    await client.press(client.cards('History of T-3').first(), 'Back');
    await see('the card is back', inStep('T-3', 'Diagnosis'));
    const open = await inStep('T-3', 'Diagnosis').locator('.ac-selectable').filter({ hasText: '○' }).allInnerTexts();
    for (const item of work.Diagnosis) {
      if (open.some((row) => row.includes(item[0]))) await record('T-3', 'Diagnosis', item, {});
    }
    await next('T-3', 'Diagnosis');
  });

  await scene('Channel thread: to the end', async () => {
    for (const step of steps.slice(2)) {
      const open = await inStep('T-3', step).locator('.ac-selectable').filter({ hasText: '○' }).allInnerTexts();
      await walk('T-3', step, { skip: work[step].map(([title]) => title).filter((title) => !open.some((row) => row.includes(title))) });
    }
    await client.press(cardOf('T-3'), 'Reopen');
    await see('form: Reopen', cardOf('T-3').filter({ has: client.page.locator('textarea') }));
    await picture('T-3-form-reopen', cardOf('T-3'));
    await fillIn(cardOf('T-3'), { words: 'It came back on Monday.' });
    await see('T-3 is open again', inStep('T-3', 'Diagnosis'));
  });
}

async function words() {
  await scene('Personal chat: what can be written', async () => {
    await client.open(personal.name);
    await picture('help', await ask(personal, 'help', 'What you can write'));
    await open(personal, 'T-4', 'VAT return has to be sent', { take: false });
    await picture('my-tickets', await ask(personal, 'my tickets', 'My tickets'));
    await picture('board', await ask(personal, 'board', 'Board'));
    await picture('show', await ask(personal, 'show T-1', /T-1 ·/));
    await picture('take', await ask(personal, 'take T-4', 'Owner Alex Wilber'));
    await picture('number-alone', await ask(personal, 't4', /T-4 ·/));
    await picture('assign-to-nobody', await ask(personal, 'assign T-4', 'To whom?'));
    await picture('show-unknown', await ask(personal, 'show T-99', 'There is no ticket T-99'));
    await picture('show-what', await ask(personal, 'show', 'Which ticket?'));
    await picture('new-alone', await ask(personal, 'new', 'New ticket'));
  });

  await scene('Personal chat: typing errors and unknown words', async () => {
    await ask(personal, 'hlep', 'What you can write');
    await ask(personal, 'bord', 'Board');
    await ask(personal, 'my tikets', 'My tickets');
    await ask(personal, 'shwo t-1', /T-1 ·/);
    await ask(personal, 'TAKE T-4!', 'already');
    await picture('unknown-word', await ask(personal, 'xyzzy', 'I do not know “xyzzy”'));
    const offer = await ask(personal, 'The [printer](http://x) is on <b>fire</b> again', 'Is it a new ticket?');
    await picture('unknown-sentence', offer);
    await client.press(offer, 'Open with this');
    const form = client.cards('New ticket', 'Fixed date').last();
    await until('the form has the sentence as its title', async () => await client.typed(form, 'What is wrong?') === 'The [printer](http://x) is on <b>fire</b> again');
    await client.press(form, 'Cancel');
    await see('no ticket was opened', client.cards('No ticket was opened'));
    await picture('cancelled', client.cards('No ticket was opened').last());
  });

  await scene('Personal chat: the lists lead to the tickets', async () => {
    const board = await ask(personal, 'board', 'Board');
    const before = await personal.messages().count();
    await client.pressRow(board, 'Printer on floor 2');
    await see('the card of T-3 comes', personal.messages().nth(before).filter({ hasText: 'Step 3 of 7' }));
    await picture('board-row-pressed');
  });

  await scene('Personal chat: the page is loaded again', async () => {
    await client.reload();
    await client.open(personal.name);
    await client.page.waitForTimeout(2_000);
    await picture('reloaded');
    expect('no second welcome', await client.cards('I am Handrail').count() === 0);
    // The page shows nothing more once the bot edits a message of before: this one is new.
    await ask(personal, 'help', 'What you can write');
    await open(personal, 'T-5', 'Scanner sends to the wrong folder');
    await client.press(cardOf('T-5'), 'Next step');
    await see('T-5 goes on', inStep('T-5', 'Initial response'));
  });
}

async function main() {
  const began = Date.now();
  bot = new Bot({ program, data: path.join(scratch, 'data'), port: await freePort(), log: path.join(scratch, 'bot.log') });
  fs.mkdirSync(bot.data);
  console.log(`the bot is ready after ${await bot.start()} ms`);
  playground = await startPlayground({ endpoint: bot.endpoint, port: await freePort(), dir: scratch, log: path.join(scratch, 'playground.log') });
  client = await openPage(playground.url);

  await personalChat();
  await groupChat();
  await channelThread();
  await words();

  await scene('At the end', () => {
    const errors = bot.errors();
    expect(`the log has no error${errors.map((line) => `\n    ${line}`).join('')}`, errors.length === 0);
    expect(`the page threw nothing${client.errors.map((line) => `\n    ${line}`).join('')}`, client.errors.length === 0);
  });
  console.log(`\n${taken} pictures in ${pictures}, ${Math.round((Date.now() - began) / 1000)} s`);
}

try {
  await main();
} catch (error) {
  failures.push(error.message);
  console.error(error);
} finally {
  await client?.close();
  await playground?.stop();
  await bot?.stop();
}
for (const failure of failures) console.log(`FAILED ${failure}`);
if (failures.length) console.log(`The logs are in ${scratch}.`);
else fs.rmSync(scratch, { recursive: true });
process.exit(failures.length ? 1 : 0);
