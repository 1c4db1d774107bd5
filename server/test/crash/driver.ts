/** The process that is killed, and the one that is started after it: `driver.ts story` or `driver.ts recover`. */
import { openProgram } from './program.ts';
import { recover } from './recovery.ts';
import { playStory } from './story.ts';

const program = await openProgram();
if (process.argv[2] === 'story') {
  await playStory(program);
} else {
  console.log(JSON.stringify(await recover(program)));
}
await program.close();
