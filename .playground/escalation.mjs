// Takes tickets up the ladder and back: who is asked behind each level, the texts
// for customers, engineers and management, the cards of those who are asked, what
// they answer, and what happens when they do not.
import { isaiah, megan, names } from './people.mjs';
import { expect, picture, scene, see, stage } from './stage.mjs';
import { ask, cardOf, channel, group, inStep, next, open, personal, record, showing, work } from './ticket.mjs';

/** A log with what no other team should read. */
const log = `2026-11-23T08:14:02Z ERROR account_move.py:212 tax lines do not add up: 119.00 / 119.01
2026-11-23T08:14:02Z DEBUG POST /api/v2/invoices Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJvZG9vIn0.dBjftJeZ4CVPmB92K27uhbUJU1p1r`;

/** What is recorded in Diagnosis before it is escalated. */
const diagnosis = [
  ['Gather information and attachments', { words: 'Screenshot and the export of 12 invoices: https://files.example/inv-12' }],
  ['Try to reproduce', { choice: 'Yes, every time', words: '1. Open an invoice with two tax lines.\n2. Press “Post”.\nIt says “tax lines do not add up”; it should post.' }],
  ['Review logs and monitoring', { words: log }],
  ['Likely root cause', { choice: 'Code', words: 'The rounding of tax lines changed with release 7.3.' }],
];

/** Waits for a card or a message of the bot that comes by itself, and takes its picture. */
async function comes(what, locator, name, seconds = 20) {
  const seen = await see(what, locator, seconds);
  if (name) await picture(name, seen);
  return seen;
}

/** The cards of those who are asked about a ticket. */
const asked = (number, ...texts) => stage.client.cards(/Help needed|Decision needed/, new RegExp(`${number}(?!\\d)`), ...texts);

/** A form in the place of any card, once it shows a text. */
const form = (...texts) => stage.client.cards(...texts).filter({ has: stage.client.page.locator('textarea, input') }).last();

export async function routes() {
  const { client } = stage;
  await scene('Routes: a lead says who is asked, in a channel, a group chat and by a form', async () => {
    await channel.open();
    await channel.begin(`route dev here @${names.megan} @Adele Vance mail dev@contoso.example`);
    await comes('the channel stands behind dev', channel.messages().filter({ hasText: 'is asked from now on' }), 'route-dev');
    await group.open();
    await picture('route-management', await ask(group, 'route management here @Isaiah Langer @Patti Fernandez', 'is asked from now on'));
    await picture('route-form', await ask(group, 'route senior', 'Who is asked'));
    const sheet = form('Who is asked: Senior engineer');
    await client.fill(sheet, 'Names in their order', 'Megan Bowen\nZaphod Beeblebrox');
    await client.press(sheet, 'Save');
    await comes('an unknown name comes back', form('I know nobody called'), 'route-form-faults');
    await client.fill(form('Who is asked: Senior engineer'), 'Names in their order', 'Megan Bowen');
    await client.press(form('Who is asked: Senior engineer'), 'Save');
    await comes('Megan stands behind senior', client.cards('Senior engineer is asked from now on'), 'route-form-saved');
    await picture('route-unread', await ask(group, 'route infra here until noon', 'I cannot read'));
    await picture('routes', await ask(group, 'routes', 'Who is asked behind each level'));
  });
}

export async function customer() {
  const { client } = stage;
  await scene('Customer: the acknowledgement is written, held back, mended and sent', async () => {
    await personal.open();
    expect('it is T-1', await open(personal, 'Invoices cannot be posted') === 'T-1');
    await client.press(cardOf('T-1'), 'Next step');
    await see('T-1 is in Initial response', inStep('T-1', 'Initial response'));
    await picture('T-1-Initial response', cardOf('T-1'));
    await client.press(cardOf('T-1'), 'Acknowledge');
    const text = await comes('the text comes', form('Acknowledgement for the customer'), 'T-1-acknowledgement');
    await client.fill(text, 'Questions to the customer', 'Since when do you see it? Does it happen with one tax line, too?');
    await client.fill(text, 'Next steps', 'We will have it fixed by 5 pm.');
    await client.press(text, 'Preview');
    const preview = await comes('the preview shows what should not go out', form('Preview: Acknowledgement'), 'T-1-acknowledgement-held');
    expect('it says why', (await preview.innerText()).includes('promises a time for the fix'));
    await client.choose(preview, '', 'By mail');
    await client.press(preview, 'I sent it');
    await comes('it does not go', form('Send anyway because'), 'T-1-acknowledgement-still-held');
    await client.press(form('Preview: Acknowledgement'), 'Edit');
    const again = await comes('the text comes again', form('Acknowledgement for the customer', 'Change what you like'), 'T-1-acknowledgement-again');
    await client.fill(again, 'Next steps', 'Next, we will try to see the same on our side. We will update you by 5 pm.');
    await client.press(again, 'Preview');
    const mended = await comes('the preview has no finding', form('Preview: Acknowledgement').filter({ hasNotText: 'promises a time' }), 'T-1-acknowledgement-preview');
    await client.pressMenu(mended, 'As a message');
    await comes('the bare text comes', client.messages.filter({ hasText: 'thank you for telling us' }), 'T-1-acknowledgement-plain');
    await client.choose(mended, '', 'By mail');
    await client.press(mended, 'I sent it');
    await comes('it is noted as sent', showing('T-1', 'By mail'), 'T-1-acknowledged');
  });
}

export async function engineers() {
  const { client } = stage;
  await scene('Engineers: facts in Diagnosis, and their text', async () => {
    for (const item of work['Initial response'].slice(1)) {
      const todo = inStep('T-1', 'Initial response').locator('.ac-selectable').filter({ hasText: '○' }).filter({ hasText: item[0] });
      if (await todo.count()) await record('T-1', 'Initial response', item, {});
    }
    await next('T-1', 'Initial response');
    for (const item of diagnosis) await record('T-1', 'Diagnosis', item, { shoot: true });
    await picture('T-1-diagnosed', cardOf('T-1'));
    expect('the token is masked', !(await cardOf('T-1').innerText()).includes('eyJhbGci'));
    await picture('draft-dev', await ask(personal, 'draft T-1 dev', 'Text for engineers'));
    await client.press(form('Text for engineers'), 'Cancel');
    await picture('draft-dev-cancelled', client.cards('T-1').last());
  });

  await scene('Engineers: escalated from the decision', async () => {
    await client.press(cardOf('T-1'), 'Decide');
    const decide = await comes('form: Decide', form('Decide: fix or escalate'), 'T-1-form-decide');
    await client.choose(decide, '', 'Escalate');
    await decide.locator('textarea').first().fill('Please mend the rounding of tax lines in release 7.3.');
    await client.choose(decide, '', /Beyond the owner/);
    await client.press(decide, 'Save');
    const text = await comes('the text comes', form('Text for engineers'), 'T-1-text-dev');
    await client.fill(text, 'Urgency and impact', '12 users cannot post, and the month closes on Friday.');
    await client.press(text, 'Preview');
    const preview = await comes('the preview comes', form('Preview: Text for engineers').or(client.cards('Preview: Text for engineers')), 'T-1-text-dev-preview');
    await client.press(preview, 'Send');
    await comes('T-1 is escalated', showing('T-1', 'Escalated to Dev team'), 'T-1-escalated');
  });
}

export async function answers() {
  const { client } = stage;
  await scene('The dev team: a question, its answer, accepted, handed back', async () => {
    await channel.open();
    const card = asked('T-1').last();
    await comes('the card comes to the channel', asked('T-1', 'Waits for Megan Bowen'), 'T-1-asked-dev');
    await picture('channel-asked');
    await stage.seat.as(megan, async () => {
      await client.press(card, 'Need info');
      await comes('form: what do you need to know', form('What do you need to know?'), 'T-1-form-ask');
      await client.fill(form('What do you need to know?'), 'Your question', 'Does it also happen with release 7.2?');
      await client.press(form('What do you need to know?'), 'Send');
      await comes('the question stands on the card', asked('T-1', 'release 7.2'), 'T-1-question-on-the-card');
    });
    await personal.open();
    await comes('the owner gets the question', client.cards('has a question before'), 'T-1-question-to-the-owner');
    await picture('T-1-waits-for-the-owner', cardOf('T-1'));
    await picture('personal-question');
    await client.press(client.cards('has a question before').last(), 'Answer question');
    const reply = await comes('form: the answer', form('Answer the question'), 'T-1-form-reply');
    await client.fill(reply, 'Your answer', 'No: 7.2 rounds as it should. Tried with the same invoice.');
    await client.press(reply, 'Send');
    await comes('the question is answered', client.cards('Tried with the same invoice'), 'T-1-replied');
    await channel.open();
    await comes('the answer comes to the channel', asked('T-1', 'Tried with the same invoice'), 'T-1-answer-on-the-card');
    await picture('channel-answered');
    await stage.seat.as(megan, async () => {
      await client.press(asked('T-1').last(), 'Accept');
      await comes('it is accepted', asked('T-1', 'will give the result'), 'T-1-accepted');
    });
    await personal.open();
    await comes('the owner is told', client.messages.filter({ hasText: 'accepted the escalation' }), 'T-1-told-accepted');
    await picture('board-escalated', await ask(personal, 'board escalated', 'T-1'));
    await channel.open();
    await stage.seat.as(megan, async () => {
      await client.press(asked('T-1').last(), 'Result');
      await comes('form: the result', form('Give the result'), 'T-1-form-result');
      await client.press(form('Give the result'), 'Cancel');
      await see('the card is back', asked('T-1', 'will give the result'));
      await channel.say('handback T-1 Mended in 7.3.1, which is on the test system: https://build.example/7.3.1');
      await comes('it is handed back', channel.messages().filter({ hasText: 'is back with' }), 'T-1-handed-back');
      await comes('the card says so', asked('T-1', 'Answered by'), 'T-1-result-on-the-card');
    });
    await personal.open();
    await comes('the owner is told', client.messages.filter({ hasText: '7.3.1' }), 'T-1-told-result');
    await picture('T-1-back', cardOf('T-1'));
    await picture('personal-result');
  });
}

export async function management() {
  const { client } = stage;
  await scene('Management: a level that nobody stands behind, the text with options, the decision', async () => {
    await personal.open();
    await picture('T-1-escalate', await ask(personal, 'escalate T-1', 'Escalate'));
    const sheet = () => form('Why, to whom and what you ask');
    await client.choose(sheet(), '', /Security or data concern/);
    await client.fill(sheet(), 'What do you ask for', 'May we put release 7.3.1 on the live system today, outside the window?');
    await client.choose(sheet(), 'To whom?', 'Security team: nobody yet');
    await client.press(sheet(), 'Go on');
    await comes('nobody stands behind security', form('Nobody stands behind Security'), 'T-1-escalate-to-nobody');
    await client.choose(sheet(), 'To whom?', 'As the reasons suggest');
    await client.choose(sheet(), '', /Needs approval/);
    await client.press(sheet(), 'Go on');
    const text = await comes('the text comes', form('Text for management'), 'T-1-text-management');
    await client.press(text, 'Preview');
    const holes = await comes('the preview says what is missing', client.cards('Preview: Text for management'), 'T-1-text-management-holes');
    await client.press(holes, 'Send');
    await comes('it does not go', client.cards('Preview: Text for management', 'Still missing'), 'T-1-text-management-missing');
    await client.press(client.cards('Preview: Text for management').last(), 'Edit');
    const again = await see('the text comes again', form('Text for management', 'Option 1'));
    await client.fill(again, 'Business impact', 'They cannot bill 4,000 invoices; the month closes on Friday.');
    await client.fill(again, 'Option 1', 'Put 7.3.1 on the live system today');
    await client.fill(again, 'What follows from option 1?', '20 minutes without service');
    await client.fill(again, 'Option 2', 'Wait for the window on Sunday');
    await client.fill(again, 'What follows from option 2?', 'Contoso bills a week late');
    await client.fill(again, 'Recommendation', 'Today: 20 minutes cost less than a week.');
    await client.fill(again, 'Who decides?', 'Isaiah Langer');
    await client.fill(again, 'Decision needed by', '2037-11-24');
    await client.press(again, 'Preview');
    const preview = await comes('the preview comes', client.cards('Preview: Text for management', 'Contoso bills a week late'), 'T-1-text-management-preview');
    await client.press(preview, 'Send');
    await comes('T-1 is escalated', client.cards('T-1 is escalated to Management'), 'T-1-escalated-to-management');
    await picture('T-1-waits-for-management', cardOf('T-1'));
  });

  await scene('Management: decided with a comment', async () => {
    await group.open();
    await comes('the card comes to the group chat', asked('T-1', 'Decision needed'), 'T-1-asked-management');
    await picture('group-asked');
    await stage.seat.as(isaiah, async () => {
      await client.press(asked('T-1').last(), 'Decide');
      await comes('form: the decision', form('Your decision'), 'T-1-form-decision');
      await client.choose(form('Your decision'), '', /Put 7.3.1/);
      await client.fill(form('Your decision'), 'A word to the team', 'At 18:00, and tell the customer before.');
      await client.press(form('Your decision'), 'Decide');
      await comes('the card says it', asked('T-1', 'Decided by'), 'T-1-decided');
    });
    await personal.open();
    await comes('the owner is told', client.messages.filter({ hasText: 'tell the customer before' }), 'T-1-told-decision');
    await picture('T-1-decision-back', cardOf('T-1'));
    await picture('personal-decision');
  });
}

/** Escalates T-1 to the dev team with the text as it is. */
async function toDev(question) {
  const { client } = stage;
  await personal.open();
  const before = await personal.messages().count();
  await ask(personal, 'escalate T-1', 'Escalate');
  const sheet = personal.messages().nth(before);
  await client.choose(sheet, '', /Beyond the owner/);
  await client.fill(sheet, 'What do you ask for', question);
  await client.press(sheet, 'Go on');
  await see('the text comes', sheet.filter({ hasText: 'Text for engineers' }));
  await client.press(sheet, 'Preview');
  await see('the preview comes', sheet.filter({ hasText: 'Preview: Text for engineers' }));
  await client.press(sheet, 'Send');
  await see('it is escalated', sheet.filter({ hasText: 'T-1 is escalated to' }));
}

export async function handedOn() {
  const { client } = stage;
  await scene('Handed on and declined', async () => {
    await toDev('Which switch sets the rounding back?');
    await channel.open();
    const card = asked('T-1', 'Which switch').last();
    await see('the card comes', card);
    await stage.seat.as(megan, async () => {
      await client.pressMenu(card, 'Reassign');
      const sheet = await comes('form: hand it on', form('Hand it on'), 'T-1-form-reassign');
      await client.choose(sheet, 'Or to another level', 'Senior engineer: Megan Bowen');
      await sheet.locator('textarea').last().fill('It is a setting, not code.');
      await client.press(sheet, 'Reassign');
      await comes('it is handed on', asked('T-1', 'Which switch', 'It is a setting, not code'), 'T-1-handed-on');
    });
    await group.open();
    await comes('the seniors are asked', asked('T-1', 'Which switch'), 'T-1-asked-senior');
    await stage.seat.as(megan, async () => {
      await client.pressMenu(asked('T-1', 'Which switch').last(), 'Decline');
      await comes('form: decline', form('Decline the escalation'), 'T-1-form-decline');
      await client.fill(form('Decline the escalation'), 'Reason', 'There is no such switch since 7.0.');
      await client.press(form('Decline the escalation'), 'Decline');
      await comes('it is declined', asked('T-1', 'Declined by'), 'T-1-declined');
    });
    await personal.open();
    await comes('the owner is told', client.messages.filter({ hasText: 'no such switch' }), 'T-1-told-declined');
    await picture('T-1-declined-back', cardOf('T-1'));
  });
}

export async function climbing() {
  const { bot, client } = stage;
  await scene('Unanswered: it climbs, also over kill -9', async () => {
    await personal.open();
    await bot.kill();
    for (const kind of ['EXPEDITE', 'FIXED', 'PRIORITY', 'STANDARD']) bot.env[`HANDRAIL_CLIMB_${kind}`] = '10s';
    console.log(`  the bot is dead, and back after ${await bot.start()} ms`);
    await toDev('Who knows the rounding of 7.3.1?');
    await channel.open();
    await comes('Megan is asked', asked('T-1', 'Who knows the rounding', 'Waits for Megan Bowen'), 'T-1-climb-1');
    await comes('Megan is asked again', asked('T-1', 'Who knows the rounding', 'again at'), 'T-1-climb-2', 40);
    await bot.kill();
    await client.page.waitForTimeout(12_000);
    console.log(`  the bot is dead, and back after ${await bot.start()} ms`);
    await comes('Adele is asked', asked('T-1', 'Who knows the rounding', 'Waits for Adele Vance'), 'T-1-climb-3', 150);
    await picture('channel-climbs');
    await group.open();
    await comes('management is asked', asked('T-1', 'Who knows the rounding', 'Isaiah Langer'), 'T-1-climb-4', 60);
    await comes('nobody is left', asked('T-1', 'Who knows the rounding', 'nobody is left'), 'T-1-climb-end', 90);
    await picture('group-climbs');
    await personal.open();
    await comes('the owner is told', client.messages.filter({ hasText: 'nobody is left to be asked' }), 'T-1-told-unanswered');
    await picture('T-1-unanswered', cardOf('T-1'));
    await picture('personal-unanswered');
    await picture('board-unanswered', await ask(personal, 'board escalated', 'T-1'));
  });
}

export async function after() {
  const { client } = stage;
  await scene('After it: the status, the texts that were sent, the report', async () => {
    await personal.open();
    await picture('draft-status', await ask(personal, 'draft T-1 status', 'Write the status'));
    const texts = await ask(personal, 'draft T-1', 'Texts of T-1');
    await picture('draft-choose', texts);
    await client.press(texts, 'See');
    await comes('a text that was sent', client.cards(/^Sent: |Sent: /), 'draft-sent');
    await picture('report-escalations', await ask(personal, 'report', 'Escalations'));
    await ask(personal, 'show T-1', /T-1 ·/);
    await client.pressMenu(cardOf('T-1'), 'History');
    await comes('the history', client.cards('History of T-1'), 'T-1-history');
  });
}
