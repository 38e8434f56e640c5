// Walks tickets through the desk in Microsoft's Agents Playground. See README.md.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as desk from './desk.mjs';
import { openDoor } from './door.mjs';
import { openPage } from './driver.mjs';
import * as escalation from './escalation.mjs';
import { extension } from './extension.mjs';
import * as odoo from './odoo.mjs';
import { missing, openOffice } from './office.mjs';
import { configuration, ids } from './people.mjs';
import { Bot, freePort, startPlayground } from './processes.mjs';
import { openSeat } from './seat.mjs';
import * as seven from './seven.mjs';
import { signed } from './signed.mjs';
import { expect, failures, scene, stage, takenPictures } from './stage.mjs';

/** The chapters, in their order. Each begins with a new bot, a new Playground and no ticket. */
const chapters = {
  seven: { scenes: [seven.personalChat, seven.groupChat, seven.channelThread, seven.words] },
  desk: { scenes: [desk.following, desk.quiet, desk.board, desk.report, desk.handover, desk.away, desk.reminders, desk.reloaded] },
  escalation: { scenes: [
    escalation.routes, escalation.customer, escalation.engineers, escalation.answers, escalation.management, escalation.handedOn, escalation.climbing, escalation.after,
  ], withSeat: true },
  extension: { scenes: [extension] },
  signed: { scenes: [signed], behindDoor: true },
  odoo: { scenes: [
    odoo.openedInTeams, odoo.acknowledged, odoo.answered, odoo.changedInOdoo, odoo.fixed, odoo.openedInOdoo, odoo.unreachable, odoo.compared,
  ], withOdoo: true },
};

const here = path.dirname(fileURLToPath(import.meta.url));
const program = path.resolve(process.env.HANDRAIL ?? path.join(here, '..', '.bin', 'handrail'));
const [pictures, ...chosen] = process.argv.slice(2);
const unknown = chosen.filter((name) => !chapters[name]);
if (!pictures || unknown.length) {
  console.error(`Say where the pictures go, and which chapters if not all: node walk.mjs OUT_DIR [${Object.keys(chapters).join('|')}]…`);
  process.exit(2);
}
if (!fs.existsSync(program)) {
  console.error(`There is no ${program}. Build it with "make build", or name another with HANDRAIL=…`);
  process.exit(2);
}
if (chosen.includes('odoo') && missing().length) {
  console.error(`The chapter odoo needs an Odoo. Set ${missing().join(', ')}.`);
  process.exit(2);
}
stage.pictures = path.resolve(pictures);
fs.mkdirSync(stage.pictures, { recursive: true });
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'handrail-walk-'));

async function play(name, { scenes, behindDoor, withSeat, withOdoo }) {
  const dir = path.join(scratch, name);
  fs.mkdirSync(path.join(dir, 'data'), { recursive: true });
  const [botPort, playgroundPort, doorPort] = [await freePort(), await freePort(), await freePort()];
  let door;
  try {
    stage.bot = new Bot({ program, data: path.join(dir, 'data'), port: botPort, log: path.join(dir, 'bot.log') });
    stage.endpoint = stage.bot.endpoint;
    if (behindDoor) {
      door = await openDoor({ port: doorPort, bot: stage.bot.endpoint, botID: ids.bot, tenant: ids.tenant });
      stage.bot.env = { ...door.env, BOT_SERVICE_HOSTS: `127.0.0.1:${playgroundPort}`, HANDRAIL_LEADS: ids.megan };
      stage.endpoint = door.endpoint;
    }
    if (withSeat) {
      stage.seat = await openSeat({ port: doorPort, bot: stage.bot.endpoint });
      stage.endpoint = stage.seat.endpoint;
    }
    if (withOdoo) {
      stage.office = await openOffice();
      stage.bot.env = { ...stage.office.env, HANDRAIL_TENANTS: ids.tenant };
    }
    console.log(`Chapter ${name}: the bot is ready after ${await stage.bot.start()} ms`);
    stage.playground = await startPlayground({ endpoint: stage.endpoint, port: playgroundPort, dir, log: path.join(dir, 'playground.log'), configuration });
    stage.client = await openPage(stage.playground.url);
    for (const part of scenes) await part();
    await scene('At the end', () => {
      const errors = stage.bot.errors();
      expect(`the log has no error${errors.map((line) => `\n    ${line}`).join('')}`, errors.length === 0);
      const thrown = stage.client.errors;
      expect(`the page threw nothing${thrown.map((line) => `\n    ${line}`).join('')}`, thrown.length === 0);
    });
  } finally {
    await stage.client?.close();
    await stage.playground?.stop();
    await stage.bot?.stop();
    door?.close();
    stage.seat?.close();
    await stage.office?.close();
  }
}

const began = Date.now();
try {
  for (const [name, chapter] of Object.entries(chapters)) {
    if (chosen.length ? chosen.includes(name) : !chapter.withOdoo || !missing().length) await play(name, chapter);
  }
} catch (error) {
  failures.push(error.message);
  console.error(error);
}
console.log(`\n${takenPictures()} pictures in ${stage.pictures}, ${Math.round((Date.now() - began) / 1000)} s`);
for (const failure of failures) console.log(`FAILED ${failure}`);
if (failures.length) console.log(`The logs are in ${scratch}.`);
else fs.rmSync(scratch, { recursive: true });
process.exit(failures.length ? 1 : 0);
