// The message extension: tickets from the box in which people write, and from messages.
import { expect, picture, scene, see, stage } from './stage.mjs';
import { personal } from './ticket.mjs';

/** The form of a new ticket in the dialog that is open. */
const form = () => stage.client.cards('What is wrong?').last();

/** Opens the dialog of a command; the Playground asks which one. */
async function opens(command) {
  const { page } = stage.client;
  await page.getByPlaceholder('Input command id or leave blanks').fill(command);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await see('the form comes in a dialog', form());
}

/** Sends the form with an answer of the person to how many users are affected. */
async function submits(users) {
  await form().getByLabel('How many users are affected?').fill(users);
  await form().getByRole('button', { name: 'Open ticket' }).click();
}

/** Leaves the dialog. */
const leaves = () => stage.client.page.getByRole('button', { name: 'Close', exact: true }).last().click();

export async function extension() {
  const { client } = stage;
  const { page } = client;

  await scene('A ticket from the box in which people write', async () => {
    await personal.open();
    await page.getByRole('button', { name: 'Trigger Message Extension App' }).last().click();
    await page.getByText('Action Command').last().click();
    await opens('createTicket');
    await form().getByLabel('What is wrong?').fill('The printer burns');
    await form().getByLabel('Customer').fill('Contoso');
    await form().getByLabel('Details').fill('Smoke since noon');
    await submits('lots');
    await see('what is wrong is said in the dialog', client.cards('is no number of users'));
    expect('what was typed is still there', await form().getByLabel('Details').inputValue() === 'Smoke since noon');
    await picture('extension-wrong');
    await submits('12');
    await see('the dialog says that the ticket is open', page.getByText('is open. Its card comes below'));
    await picture('extension-opened');
    await leaves();
    await see('the card comes', client.cards('T-1 · Contoso', 'The printer burns'));
  });

  await scene('A ticket from a message, once', async () => {
    const act = async () => {
      await page.getByRole('button', { name: 'Show more information' }).first().click({ force: true });
      await page.getByRole('menuitem').filter({ hasText: 'Action Command' }).click();
    };
    await act();
    await opens('');
    expect('the form has the words of the message', (await form().getByLabel('Details').inputValue()).includes('I walk a support ticket'));
    expect('its first words are the title', await form().getByLabel('What is wrong?').inputValue() === 'Hello, I am Handrail');
    await picture('extension-from-a-message');
    await form().getByLabel('Customer').fill('Fabrikam');
    await submits('3');
    await see('the dialog says that the ticket is open', page.getByText('is open. Its card comes below'));
    await leaves();
    await see('the card comes', client.cards('T-2 · Fabrikam'));
    await act();
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await see('the message has a ticket', client.cards('opened T-2 from it'));
    await picture('extension-has-a-ticket');
    await leaves();
  });
}
