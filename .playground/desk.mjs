// The desk around the tickets: who follows them, quiet hours, the board, the
// report, handovers, absences and reminders.
import fs from 'node:fs';
import { meganSays, names } from './people.mjs';
import { until } from './processes.mjs';
import { expect, picture, scene, see, stage } from './stage.mjs';
import { ask, cardOf, channel, fillIn, formOn, group, intake, open, personal, showing } from './ticket.mjs';

/** Waits for a message of the bot that comes by itself. */
const comes = (what, where, text, seconds) => see(what, where.messages().filter({ hasText: text }), seconds);

/** Changes the class of a ticket on its card. */
async function reclass(number, choice, words) {
  await stage.client.pressRow(cardOf(number), ' because ');
  await see('form: class', formOn(number, 'Change the class'));
  await picture(`${number}-form-class`, cardOf(number));
  await fillIn(cardOf(number), { choice, words });
  await see(`the class is ${choice}`, showing(number, words));
}

export async function following() {
  const { bot, client } = stage;
  let shop;

  await scene('Following: a group chat and a thread', async () => {
    await group.open();
    await picture('following-nothing', await ask(group, 'following', 'No ticket is followed here'));
    await picture('follow', await ask(group, 'follow', 'I post here what happens to'));
    await picture('follow-what', await ask(group, 'follow money', 'I cannot follow'));
    await ask(group, 'follow T-99', 'There is no ticket T-99');
    await picture('following', await ask(group, 'following', 'all tickets'));
    await channel.open();
    await channel.begin('follow expedite');
    await picture('follow-expedite', await comes('the thread follows', channel, 'Expedite tickets'));
  });

  await scene('Following: a ticket of 30 users is opened elsewhere, and the bot is killed meanwhile', async () => {
    await personal.open();
    await open(personal, 'Web shop is down', { users: '30', seen: false });
    await bot.kill();
    console.log(`  the bot is dead, and back after ${await bot.start()} ms`);
    // What was killed before it was stored is pressed once more; what was stored is there already.
    const stored = client.cards('Web shop is down', /T-\d/);
    await until('the ticket is there', async () => {
      await client.page.waitForTimeout(1_000);
      if (!await stored.count()) await client.press(intake(), 'Open ticket');
      return await stored.count() === 1;
    });
    shop = (await stored.innerText()).match(/T-\d+/)[0];
    await group.open();
    await picture('status-card', await comes('its card comes to the group chat', group, new RegExp(`${shop}[^]*Updated`), 150));
    expect('once', await client.cards(shop, 'Updated').count() === 1);
    await channel.open();
    await picture('status-card-in-a-thread', await comes('its card comes to the thread', channel, new RegExp(`${shop}[^]*Updated`)));
  });

  await scene('Following: the class changes', async () => {
    await personal.open();
    await reclass(shop, 'Priority: move up the queue', 'Only the list of wishes is down.');
    await picture(`${shop}-overridden`, cardOf(shop));
    await group.open();
    await picture('status-line', await comes('the group chat is told', group, 'now Priority'));
    await picture('status-card-edited', await see('the card is brought up to date', client.cards(shop, 'Priority').first()));
    await picture('group-following');
  });

  await scene('Following: a status is written', async () => {
    await personal.open();
    const form = await ask(personal, `status ${shop}`, 'Write the status');
    await picture('status-form', form);
    await form.locator('textarea').fill('The list of wishes is empty for everybody; orders work. We restore it from the backup of last night.');
    await client.press(form, 'Send');
    await picture('status-sent', await comes('it is sent', personal, /Sent to|sent here/));
    await group.open();
    await picture('status-told', await comes('the group chat is told', group, 'backup of last night'));
    await picture('status-card-with-status', client.cards(shop, 'backup of last night').first());
    await picture('group-status');
    await channel.open();
    await picture('thread-status');
  });

  await scene('Following: the card of a status leads to the ticket, and back', async () => {
    await group.open();
    const before = await group.messages().count();
    await client.press(client.cards(shop, 'Updated').first(), 'Show ticket');
    await see('the live card comes', group.messages().nth(before).filter({ hasText: 'Step 1 of 7' }));
    await picture('group-live-card');
    await picture('unfollow', await ask(group, 'unfollow', 'I no longer post here'));
    await picture('unfollow-nothing', await ask(group, 'unfollow', 'not followed here'));
    await ask(group, 'follow', 'I post here what happens to');
  });
}

export async function quiet() {
  const { client } = stage;
  await scene('Quiet hours', async () => {
    await group.open();
    await picture('quiet-none', await ask(group, 'quiet', 'There are no quiet hours'));
    await picture('quiet-unclear', await ask(group, 'quiet 25:00', 'I cannot read'));
    await picture('quiet-set', await ask(group, 'quiet 0:00-23:59', 'From now on it is quiet'));
    await picture('following-quiet', await ask(group, 'following', 'Quiet hours'));
    const before = await group.messages().count();
    await personal.open();
    const number = await open(personal, 'Scanner sends to the wrong folder', { users: '3' });
    await reclass(number, 'Priority: move up the queue', 'It is the scanner of the tax office.');
    await group.open();
    expect('the group chat hears nothing', await group.messages().count() === before);
    await picture('quiet-off', await ask(group, 'quiet off', 'There are no quiet hours here any more'));
    await picture('summary', await comes('the summary comes', group, 'What happened in the quiet hours'));
  });
}

export async function board() {
  const { client } = stage;
  await scene('The board, in a group chat and a thread', async () => {
    await personal.open();
    await open(personal, 'Printer on floor 2 prints blank pages', { users: '2', take: false });
    await group.open();
    const board = await ask(group, 'board', 'Board');
    await picture('board', board);
    expect('its overflow has Unowned', (await client.menu(board)).includes('Unowned'));
    await client.press(board, 'Late');
    await picture('board-late', await see('only what is late', board.filter({ hasText: 'late' })));
    await client.press(board, 'All');
    await see('all again', board.filter({ hasText: 'Printer on floor 2' }));
    await client.press(board, 'Mine');
    await picture('board-mine', await see('those of Alex', board.filter({ hasText: `tickets of ${names.alex}` })));
    await client.press(board, 'All');
    await see('all again', board.filter({ hasText: 'Printer on floor 2' }));
    await meganSays('take T-3');
    await see('the board follows when Megan takes a ticket', board.filter({ hasText: names.megan }));
    await picture('board-followed', board);
    await picture('board-word', await ask(group, 'board contoso', 'Board'));
    await picture('board-expedite', await ask(group, 'board expedite', 'Board'));
    await picture('group-boards');
    await channel.open();
    await picture('board-in-a-thread', await ask(channel, 'board unowned', 'Board'));
  });
}

export async function report() {
  const { client } = stage;
  await scene('The report', async () => {
    await group.open();
    const report = await ask(group, 'report', 'Report');
    await picture('report', report);
    const url = await client.address(report, 'Download as CSV');
    const answer = await fetch(url);
    const file = await answer.text();
    expect(`the file has ${file.trim().split('\n').length} lines`, answer.ok && file.includes('Web shop is down'));
    fs.writeFileSync(`${stage.pictures}/report.csv`, file);
    await client.pressMenu(report, 'This week');
    await picture('report-this-week', await see('the report is of this week', report.filter({ hasText: 'Report: This week' })));
    await picture('report-last-month', await ask(group, 'report last month', 'Report'));
    await ask(group, 'report 7', 'Report: 7 days');
    await picture('report-nonsense', await ask(group, 'report banana', 'I do not know'));
  });
}

export async function handover() {
  const { client } = stage;
  await scene('Handovers: to Alex, and from him', async () => {
    await group.open();
    await meganSays('handover T-3 {alex} please call them before noon');
    await picture('handed-to-alex', await comes('Megan is answered', group, 'belongs to'));
    await personal.open();
    await picture('handover-card', await comes('Alex gets the card', personal, 'hands'));
    const before = await personal.messages().count();
    await client.pressRow(personal.messages().filter({ hasText: 'hands' }).last(), 'Printer on floor 2');
    await see('a row of it leads to the ticket', personal.messages().nth(before).filter({ hasText: 'Step 1 of 7' }));
    const form = await ask(personal, 'handover', 'Hand over');
    await picture('handover-form', form);
    await client.press(form, 'Cancel');
    await picture('handover-cancelled', await comes('nothing was changed', personal, 'Nothing was changed'));
    await picture('handover-nobody', await ask(personal, 'handover Zaphod', 'I know nobody'));
    await picture('handover-myself', await ask(personal, 'handover Alex', 'yours already'));
    await picture('handover-by-name', await ask(personal, 'handover T-3 Megan', 'belongs to'));
    await group.open();
    await picture('handover-by-mention', await ask(group, `handover T-2 @${names.megan}`, 'belongs to'));
    await personal.open();
    const mine = await ask(personal, 'my tickets', 'My tickets');
    expect('what was handed over is no longer among them', !(await mine.innerText()).includes('T-3'));
  });
}

export async function away() {
  await scene('Absences', async () => {
    await personal.open();
    await picture('away-when', await ask(personal, 'away', 'Until when?'));
    const card = await ask(personal, 'away until Monday', 'You are away until');
    await picture('away-form', card);
    await picture('away-stand-in', await ask(personal, 'away until tomorrow Megan', /away until/));
    await picture('back', await ask(personal, 'back', 'Welcome back'));
    await picture('back-again', await ask(personal, 'back', /./));
    await group.open();
    await meganSays('away until Friday {alex}');
    await picture('megan-away', await comes('Megan is answered', group, 'away'));
    await personal.open();
    await picture('stand-in-card', await comes('Alex learns that he stands in', personal, 'stand in'));
    await picture('stand-in-page');
  });
}

export async function reminders() {
  const { bot, client } = stage;
  await scene('Reminders: the desk has other times after a restart', async () => {
    await personal.open();
    await bot.kill();
    for (const kind of ['EXPEDITE', 'FIXED', 'PRIORITY', 'STANDARD']) bot.env[`HANDRAIL_ACKNOWLEDGE_${kind}`] = '15s';
    console.log(`  the bot is dead, and back after ${await bot.start()} ms`);
    // Only then: the page may empty a form while messages around it come and change.
    await until('what is overdue by the new times is called', async () => await client.cards('has not heard from us yet').count() >= 3);
    await client.page.waitForTimeout(3_000);
    const number = await open(personal, 'VAT return has to be sent', { users: '8' });
    await picture(`${number}-with-a-short-clock`, cardOf(number));
    const reminder = client.cards(number, 'has not heard from us yet').last();
    await see('the reminder comes', reminder, 60);
    await picture('reminder', reminder);
    await picture('reminder-page');
    expect('its overflow has Hand over', (await client.menu(reminder)).includes('Hand over'));
    await client.press(reminder, 'Snooze');
    await see('form: Snooze', client.cards('Snooze the reminder'));
    await picture('form-snooze', client.cards('Snooze the reminder').last());
    await fillIn(client.cards('Snooze the reminder').last(), { choice: '30 minutes', words: 'They are at lunch.' });
    await see('it is snoozed', client.cards(number, 'snoozed until'));
    await picture('snoozed', client.cards(number, 'snoozed until').last());
    await ask(personal, `show ${number}`, 'snoozed until');
    await client.pressMenu(cardOf(number), 'History');
    await picture('history-snoozed', await see('the history says so', client.cards(`History of ${number}`)));
  });
}

export async function reloaded() {
  const { client } = stage;
  await scene('The page is loaded again', async () => {
    await client.reload();
    await personal.open();
    await picture('after-all', await ask(personal, 'my tickets', 'My tickets'));
    await picture('help', await ask(personal, 'help', 'What you can write'));
  });
}
