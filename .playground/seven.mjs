// Leads tickets through all seven steps: in a personal chat, a group chat and a
// channel thread; and writes all that can be written about them.
import { until } from './processes.mjs';
import { expect, picture, scene, see, stage } from './stage.mjs';
import {
  ask, cardOf, channel, contoso, facts, fillIn, formOn, group, inStep, intake, next, open, personal, record, showing, steps, walk, work,
} from './ticket.mjs';

export async function personalChat() {
  const { bot, client } = stage;
  await scene('Personal chat: badly filled, the form comes back with all that was typed', async () => {
    await personal.open();
    await picture('welcome', await see('the welcome', client.cards('I am Handrail')));
    await personal.begin('new Invoices cannot be posted');
    const form = await see('the intake form comes', intake());
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
    await see(`form: ${title}`, formOn('T-1', title));
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

export async function groupChat() {
  const { client } = stage;
  await scene('Group chat: by the buttons of the card, escalated and answered', async () => {
    await group.open();
    await open(group, 'Payroll run stops at employee 112');
    await picture('T-2-Reception', cardOf('T-2'));
    await client.press(cardOf('T-2'), 'Next step');
    await see('T-2 is in Initial response', inStep('T-2', 'Initial response'));
    await walk('T-2', 'Initial response', { byButton: true });
    for (const item of work.Diagnosis.slice(0, 4)) await record('T-2', 'Diagnosis', item, { byButton: true });

    const card = cardOf('T-2');
    await client.press(card, 'Decide');
    await see('form: Decide', formOn('T-2', 'Decide'));
    await client.choose(card, '', 'I ask somebody myself');
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
    await see('form: Answer', formOn('T-2', 'Answer'));
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

export async function channelThread() {
  const { client } = stage;
  await scene('Channel thread: opened by one, taken later, the rest of a step skipped', async () => {
    await channel.open();
    await open(channel, 'Printer on floor 2 prints blank pages', { take: false });
    await picture('T-3-Reception-unowned', cardOf('T-3'));
    expect('it offers Take', (await client.buttons(cardOf('T-3')))[0] === 'Take');
    await ask(channel, 'take T-3', /T-3 ·/);
    await see('the first card says where the ticket is now', client.cards('T-3 is shown further down'));
    await picture('T-3-taken');
    await client.press(cardOf('T-3'), 'Next step');
    await see('T-3 is in Initial response', inStep('T-3', 'Initial response'));

    await record('T-3', 'Initial response', work['Initial response'][0], {});
    await client.pressMenu(cardOf('T-3'), 'Skip rest');
    await see('form: Skip rest', formOn('T-3', ''));
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
    await see('form: Record the progress', formOn('T-3', 'Record the progress'));
    await client.press(card, 'Skip');
    await see('form: Skip', formOn('T-3', 'Skip:'));
    await picture('T-3-form-skip', card);
    await fillIn(card, { words: 'It is in the thread.' });
    await see('it is skipped', showing('T-3', 'It is in the thread.'));

    await client.pressMenu(card, 'Not fixed');
    await see('form: Not fixed', formOn('T-3', 'Not fixed after all'));
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
    await see('form: Reopen', formOn('T-3', ''));
    await picture('T-3-form-reopen', cardOf('T-3'));
    await fillIn(cardOf('T-3'), { words: 'It came back on Monday.' });
    await see('T-3 is open again', inStep('T-3', 'Diagnosis'));
  });
}

export async function words() {
  const { client } = stage;
  await scene('Personal chat: what can be written', async () => {
    await personal.open();
    await picture('help', await ask(personal, 'help', 'What you can write'));
    await open(personal, 'VAT return has to be sent', { take: false });
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
    const form = intake();
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
    await personal.open();
    await client.page.waitForTimeout(2_000);
    await picture('reloaded');
    expect('no second welcome', await client.cards('I am Handrail').count() === 0);
    // The page shows nothing more once the bot edits a message of before: this one is new.
    await ask(personal, 'help', 'What you can write');
    await open(personal, 'Scanner sends to the wrong folder');
    await client.press(cardOf('T-5'), 'Next step');
    await see('T-5 goes on', inStep('T-5', 'Initial response'));
  });
}
