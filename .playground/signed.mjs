// With a registered bot: every activity is signed, nobody is a lead but Megan, and
// a card in a group chat has no buttons to change the ticket until somebody asks
// for their own view. Teams asks by itself; the Playground knows no refresh.
import { meganSays } from './people.mjs';
import { expect, picture, scene, see, stage } from './stage.mjs';
import { ask, cardOf, group, inStep, open, personal, showing } from './ticket.mjs';

export async function signed() {
  const { client } = stage;
  const nextStep = client.page.getByRole('button', { name: 'Next step' });
  let number;

  await scene('A signed group chat: everybody sees the ticket, its owner gets the buttons', async () => {
    await group.open();
    number = await open(group, 'Payroll run stops at employee 112');
    await meganSays(`show ${number}`);
    await see('the first card says where the ticket is now', client.cards(`${number} is shown further down`));
    const card = cardOf(number);
    await see('the card for everybody comes', card.filter({ hasText: 'Step 1 of 7' }).filter({ hasNot: nextStep }));
    await picture('signed-for-everybody', card);
    expect('there is the history', (await client.buttons(card))[0] === 'History');
    await client.pressMenu(card, 'My view');
    await see('the owner can go on', card.filter({ has: nextStep }));
    await picture('signed-for-the-owner', card);
    await client.press(card, 'Next step');
    await see('the ticket goes on for everybody', inStep(number, 'Initial response'));
    await picture('signed-after-a-step', card);
  });

  await scene('A signed group chat: what belongs to somebody else cannot be changed', async () => {
    await picture('signed-handed-over', await ask(group, `handover ${number} @Megan Bowen`, 'belongs to Megan Bowen now'));
    await see('the card says so', showing(number, 'Owner Megan Bowen'));
    await picture('signed-no-longer-mine', await ask(group, `handover ${number} @Adele Vance`, 'Only they'));
    await personal.open();
    await ask(personal, `show ${number}`, 'Owner Megan Bowen');
    await picture('signed-of-somebody-else', cardOf(number));
    expect('there is nothing to change', (await client.buttons(cardOf(number)))[0] === 'History');
    await picture('signed-take', await ask(personal, `take ${number}`, 'already belongs'));
  });
}
