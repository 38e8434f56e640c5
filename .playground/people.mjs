// Who and what there is in the Playground of the walk, and a second person: the
// page is Alex's, so what Megan writes is sent to the bot as the Playground would.
import { randomUUID } from 'node:crypto';
import { stage } from './stage.mjs';

const tenant = 'aaaaaaaa-0000-4000-8000-000000000001';
const botID = 'bbbbbbbb-0000-4000-8000-000000000001';

function person(number, name) {
  const [givenName, surname] = name.split(' ');
  const mail = `${givenName}@contoso.example`.toLowerCase();
  return { id: `29:1${givenName.toLowerCase()}`, name, aadObjectId: `11111111-0000-4000-8000-00000000000${number}`, userPrincipleName: mail, email: mail, givenName, surname };
}

const alex = person(0, 'Alex Wilber');
export const megan = person(1, 'Megan Bowen');
export const isaiah = person(3, 'Isaiah Langer');

export const names = { bot: 'Handrail', group: 'Service desk', team: 'IT Helpdesk', alex: alex.name, megan: megan.name };
export const ids = { tenant, bot: botID, alex: alex.aadObjectId, megan: megan.aadObjectId };

/** The configuration of the Playground, with ids as Teams has them. It wants five users besides its own. */
export const configuration = {
  version: '0.1.1', tenantId: tenant,
  bot: { id: `28:${botID}`, name: names.bot },
  currentUser: alex,
  users: [megan, person(2, 'Adele Vance'), isaiah, person(4, 'Patti Fernandez'), person(5, 'Lynne Robbins')],
  personalChat: { id: 'a:personal-alex' },
  groupChat: { id: '19:servicedesk@thread.v2', name: names.group },
  team: {
    id: '19:general@thread.tacv2', name: names.team, aadGroupId: '22222222-0000-4000-8000-000000000001',
    channels: [{ id: '19:alerts@thread.tacv2', name: 'Alerts' }],
  },
};

const mentioned = ({ id, name }) => ({ type: 'mention', text: `<at>${name}</at>`, mentioned: { id, name } });

/** Megan mentions the bot in the group chat and writes something; {alex} in it mentions Alex. */
export async function meganSays(text) {
  const { bot } = configuration;
  const names = text.includes('{alex}') ? [bot, alex] : [bot];
  const answer = await fetch(stage.endpoint, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      type: 'message', id: randomUUID(), timestamp: new Date().toISOString(), channelId: 'msteams', serviceUrl: stage.playground.serviceUrl,
      recipient: bot, from: { id: megan.id, name: megan.name, aadObjectId: megan.aadObjectId },
      conversation: { id: configuration.groupChat.id, isGroup: true, conversationType: 'groupChat', tenantId: tenant },
      channelData: { tenant: { id: tenant } }, textFormat: 'plain', locale: 'en-GB',
      text: `<at>${bot.name}</at> ${text.replace('{alex}', `<at>${alex.name}</at>`)}`, entities: names.map(mentioned),
    }),
  });
  if (!answer.ok) throw new Error(`what Megan wrote was answered with ${answer.status}`);
}
