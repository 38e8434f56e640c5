// The conversations of the walk, and what a person does with a ticket's card there.
import { until } from './processes.mjs';
import { names } from './people.mjs';
import { expect, picture, see, stage } from './stage.mjs';

// ---- the conversations --------------------------------------------------------

const mention = names.bot;

export const personal = {
  name: 'Personal Chat',
  open: () => stage.client.open(personal.name),
  begin: (text) => stage.client.send(text),
  say: (text) => stage.client.send(text),
  messages: () => stage.client.messages,
};

export const group = {
  name: names.group,
  async open() {
    await stage.client.open(group.name);
    await stage.client.messages.first().waitFor(); // the welcome
  },
  begin: (text) => stage.client.send(text, { mention }),
  say: (text) => stage.client.send(text, { mention }),
  messages: () => stage.client.messages,
};

export const channel = {
  name: `${names.team} - General`,
  open: () => stage.client.open(channel.name),
  // The page shows a mention without its sign.
  begin(text) { this.root = text.replace(/@(?=\p{Lu})/gu, ''); return stage.client.post(text, { mention }); },
  say(text) { return stage.client.reply(this.root, text, { mention }); },
  messages() { return stage.client.messagesIn(this.root, names.bot); },
};

/** Writes something, waits for the next message of the bot, and gives it. */
export async function ask(where, text, answer) {
  const before = await where.messages().count();
  const began = Date.now();
  await where.say(text);
  const message = where.messages().nth(before);
  await message.filter({ hasText: answer }).waitFor({ timeout: 10_000 })
    .catch(() => { throw new Error(`“${text}” is not answered with ${answer}`); });
  console.log(`  “${text}” is answered (${Date.now() - began} ms)`);
  return message;
}

// ---- the work -------------------------------------------------------------------

/** What is recorded in each step: the item's row, a choice where the form has one, and the words. */
export const work = {
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
export const steps = Object.keys(work);

/** The card of a ticket in the conversation that is shown, whatever it shows now. */
export const cardOf = (number) => stage.client.cards(new RegExp(`${number}(?!\\d)`)).filter({ hasNotText: 'is shown further down' }).first();

/** The card once it shows a step, or another text, and no form. */
export const showing = (number, text) => cardOf(number).filter({ hasText: text }).filter({ hasNot: stage.client.page.locator('textarea') });

export const inStep = (number, step) => showing(number, `Step ${steps.indexOf(step) + 2} of 7`);

/** A form of the card of a ticket, once it is there. */
export const formOn = (number, text) => cardOf(number).filter({ hasText: text }).filter({ has: stage.client.page.locator('textarea') });

/** Fills the form that stands on the card in, and saves it. */
export async function fillIn(card, { choice, words }) {
  if (choice) await stage.client.choose(card, '', choice);
  if (words) await card.locator('textarea').first().fill(words);
  await stage.client.press(card, 'Save');
}

/** The items whose button leads to a text for the customer. */
const toldInWords = ['Acknowledge receipt', 'Tell the customer the outcome', 'Close it with the customer'];

/** Records one item: by its row, or by the button that the card puts first. */
export async function record(number, step, [title, evidence], { byButton, shoot } = {}) {
  const { client } = stage;
  const card = cardOf(number);
  if (byButton) await client.press(card, (await client.buttons(card))[0]);
  else await client.pressRow(card, title);
  if (byButton && toldInWords.includes(title)) {
    await see(`the text: ${title}`, formOn(number, 'for the customer'));
    await client.pressMenu(card, 'Already told');
  }
  // Decided for the second time, it says so: "Decide again".
  await see(`form: ${title}`, formOn(number, title.replace(/^Decide: /, '')));
  if (shoot) await picture(`${number}-form-${title}`, card);
  await fillIn(card, evidence);
  await until(`${title} is ticked`, () => inStep(number, step).locator('.ac-selectable').filter({ hasText: title }).filter({ hasText: '✓' }).count());
}

/** Presses the button that ends a step, and waits for the next one. */
export async function next(number, step) {
  const card = cardOf(number);
  await picture(`${number}-${step}-done`, card);
  const following = steps[steps.indexOf(step) + 1];
  await stage.client.press(card, following ? 'Next step' : 'Close ticket');
  if (following) await see(`${number} is in ${following}`, inStep(number, following));
  else await see(`${number} is closed`, showing(number, 'Closed'));
  await picture(`${number}-${following ?? 'closed'}`, card);
}

export async function walk(number, step, { skip = [], ...how } = {}) {
  for (const item of work[step]) if (!skip.includes(item[0])) await record(number, step, item, how);
  await next(number, step);
}

/** Fills the intake form in. */
export async function facts(card, { customer, details, users }) {
  await stage.client.fill(card, 'Customer', customer);
  await stage.client.fill(card, 'Details', details);
  await stage.client.fill(card, 'How many users', users);
}

export const contoso = { customer: 'Contoso Ltd', details: 'Since this morning “Post” says “tax lines do not add up”. It worked yesterday.', users: '12' };

/** The intake form that came last. */
export const intake = () => stage.client.cards('New ticket', 'Fixed date').last();

/** Opens a ticket in a conversation, and gives its number. */
export async function open(where, title, { take = true, users = contoso.users, seen = true } = {}) {
  const { client } = stage;
  await where.begin(`new ${title}`);
  const form = await see('the intake form comes', intake());
  await facts(form, { ...contoso, users });
  if (!take) await client.tick(form, 'I take it', false);
  await client.press(form, 'Open ticket');
  if (!seen) return undefined;
  const card = await see('the form has become a ticket', client.cards(title, 'Step 1 of 7'));
  const number = (await card.innerText()).match(/T-\d+/)[0];
  expect(`it is ${number}`, number);
  return number;
}
