// What every scene of the walk uses: the programs it plays with, and the telling
// of what is seen.
import path from 'node:path';

/** The programs of the walk; walk.mjs starts them. */
export const stage = { bot: undefined, endpoint: undefined, playground: undefined, seat: undefined, office: undefined, client: undefined, pictures: undefined };

/** What did not happen as expected. */
export const failures = [];

let taken = 0;

/** How many pictures were taken. */
export const takenPictures = () => taken;

/** Takes a picture of a page, or of a part of one. */
export async function takePicture(name, of, options) {
  const file = path.join(stage.pictures, `${String(++taken).padStart(3, '0')}-${name.replace(/[^\w-]+/g, '-').toLowerCase()}.png`);
  await of.screenshot({ ...options, path: file });
}

/** Takes a picture of a card, or of the whole page of the Playground. */
export const picture = (name, card) => takePicture(name, card ?? stage.client.page);

/** Waits for a card, or whatever a locator finds, and says how long it took. */
export async function see(what, locator, seconds = 10) {
  const began = Date.now();
  await locator.last().waitFor({ timeout: seconds * 1000 }).catch(() => { throw new Error(`not seen: ${what}`); });
  console.log(`  ${what} (${Date.now() - began} ms)`);
  return locator.last();
}

export function expect(what, holds) {
  if (!holds) throw new Error(`expected: ${what}`);
  console.log(`  ${what}`);
}

/** A part of the walk. One that fails does not keep the others from being walked. */
export async function scene(name, play) {
  console.log(name);
  try {
    await play();
  } catch (error) {
    failures.push(`${name}: ${error.message}`);
    console.log(`  FAILED: ${error.stack}`);
    await picture(`failed-${name}`).catch(() => {});
  }
}
